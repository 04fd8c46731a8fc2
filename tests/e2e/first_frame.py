"""The program, but it notes which slow modules are there when its first frame is written.

`first_frame.py FILE …`: FILE gets their names, one a line. Started by a test.
"""

import sys
from pathlib import Path

from qiscus_tui.__main__ import main as program

SLOW = ("httpx", "keyring", "starlette", "uvicorn", "ua_parser", "qiscus_tui.api.client")


def main() -> int:
    """Run the program with an eye on its first frame."""
    told = Path(sys.argv.pop(1))

    from qiscus_tui.tui.terminal.driver import TerminalDriver

    write = TerminalDriver.write

    def watched(self: TerminalDriver, data: str) -> None:
        if ("qiscus" in data or "sessions" in data) and not told.exists():
            told.write_text("\n".join(name for name in SLOW if name in sys.modules))
        write(self, data)

    TerminalDriver.write = watched
    return program()


if __name__ == "__main__":
    sys.exit(main())
