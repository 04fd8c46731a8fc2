"""The program, but it notes which modules are there when its first frame is written, or its list.

`first_frame.py FILE TEXT …`: FILE gets their names, one a line, with the first write that has the
text. Started by a test.
"""

import sys
from pathlib import Path

from qiscus_tui.__main__ import main as program


def main() -> int:
    """Run the program with an eye on what it writes."""
    told, text = Path(sys.argv.pop(1)), sys.argv.pop(1)

    from qiscus_tui.tui.terminal.driver import TerminalDriver

    write = TerminalDriver.write

    def watched(self: TerminalDriver, data: str) -> None:
        if text in data and not told.exists():
            told.write_text("\n".join(sys.modules))
        write(self, data)

    TerminalDriver.write = watched
    return program()


if __name__ == "__main__":
    sys.exit(main())
