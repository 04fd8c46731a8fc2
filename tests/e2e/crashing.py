"""The program, but F9 crashes it with secrets in the variables of the frame that fails.

F8 does the same in a worker. Started by a test as a program of its own; the secrets are the
arguments after `--`.
"""

import sys

from textual.screen import Screen

from qiscus_tui.__main__ import main as program


def main() -> int:
    """Run the program with the two keys in it."""
    split = sys.argv.index("--")
    planted = sys.argv[split + 1 :]
    del sys.argv[split:]

    def key_f9(screen: Screen[object]) -> None:
        password, *tokens = planted
        held = {"password": password, "tokens": tokens, "screen": screen}
        raise RuntimeError(f"the words of an error may hold one, too: {held}")

    async def fail(screen: Screen[object]) -> None:
        key_f9(screen)

    def key_f8(screen: Screen[object]) -> None:
        screen.run_worker(fail(screen))

    setattr(Screen, "key_f9", key_f9)  # noqa: B010 Textual looks for the name
    setattr(Screen, "key_f8", key_f8)  # noqa: B010
    return program()


if __name__ == "__main__":
    sys.exit(main())
