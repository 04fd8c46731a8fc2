"""The program, but it notes which modules are there when a text is written first.

`first_frame.py FILE TEXT FILE TEXT`: each FILE gets their names, one a line, with the first write
that has its text. Started by a test.
"""

import sys
from pathlib import Path

from qiscus_tui.__main__ import main as program


def main() -> int:
    """Run the program with an eye on what it writes."""
    awaited = {sys.argv.pop(1): sys.argv.pop(1) for _ in range(2)}

    from qiscus_tui.tui.terminal.driver import TerminalDriver

    write = TerminalDriver.write

    def watched(self: TerminalDriver, data: str) -> None:
        for file in [file for file, text in awaited.items() if text in data]:
            del awaited[file]
            Path(file).write_text("\n".join(sys.modules))
        write(self, data)

    TerminalDriver.write = watched
    return program()


if __name__ == "__main__":
    sys.exit(main())
