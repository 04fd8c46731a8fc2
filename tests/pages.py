"""What the project's pages say, table by table."""

import re
from pathlib import Path

PROJECT = Path(__file__).parents[1]
README = (PROJECT / "README.md").read_text()
REFERENCE = (PROJECT / ".github" / "REFERENCE.md").read_text()
SECURITY = (PROJECT / ".github" / "SECURITY.md").read_text()


def cells(page: str, header: str) -> list[list[str]]:
    """Return the cells of each row of the table that begins with this header."""
    _, found, table = page.partition(f"\n{header}\n")
    assert found, header
    rows = table.partition("\n\n")[0].splitlines()[1:]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows]
