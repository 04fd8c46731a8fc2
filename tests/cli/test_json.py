"""REFERENCE's section "JSON" has every field of every `--json`, with its type and in order."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.cli.conftest import EMAIL, Program
from tests.sandbox import DIALECTS, DemoState
from tests.sandbox.calls import Call, Fault
from tests.sandbox.dialects import Pages

PAGE = (Path(__file__).parents[2] / ".github" / "REFERENCE.md").read_text()
SECTION = PAGE.partition("\n## JSON\n")[2].partition("\n## ")[0]
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
ID = re.compile("[0-9a-f]{12}")


class Field(NamedTuple):
    """What the page says of a field."""

    type: str
    nullable: bool

    def fits(self, value: object) -> bool:
        """Return whether the value is as the page says."""
        match self.type:
            case "time":
                return isinstance(value, str) and bool(TIME.fullmatch(value))
            case "id":
                return isinstance(value, str) and bool(ID.fullmatch(value))
            case "integer":
                return type(value) is int
            case "number":
                return type(value) in {int, float}
            case name:
                kinds = {"string": str, "boolean": bool, "object": dict, "array": list}
                return type(value) is kinds[name]


def tables() -> Iterator[tuple[str, dict[str, Field]]]:
    """Yield the fields of each table of the page, under the names in its head."""
    for head, rows in re.findall(
        r"^\| (.*?) \| type .*\n\|.*\n((?:\|.*\n)+)", SECTION, re.MULTILINE
    ):
        fields: dict[str, Field] = {}
        for row in rows.splitlines():
            names, kind, null, _ = (cell.strip() for cell in row[1:-1].split("|"))
            assert null in {"yes", "no"}, row
            for name in re.findall("`(.+?)`", names):
                fields[name] = Field(kind, null == "yes")
        for one in re.findall("`(.+?)`", head):
            yield one, fields


FIELDS = dict(tables())


def leaves(value: object, fields: dict[str, Field], path: str = "") -> Iterator[tuple[str, object]]:
    """Yield every value below, with its path; what the page has as an object is one."""
    if path in fields or not isinstance(value, dict | list):
        yield path, value
    elif isinstance(value, list):
        for one in value:
            yield from leaves(one, fields, f"{path}[]" if path else "")
    else:
        for name, one in value.items():
            yield from leaves(one, fields, f"{path}.{name}" if path else name)


def doctor_finds(server: DemoState) -> Iterator[None]:
    """Have each `doctor --live` find something else to report."""
    server.fail_next(Call.REVOKE, Fault(404, b'{"errors": "no"}', after=True))
    yield
    server.fail_next(Call.REVOKE, *[Fault(503)] * 99)
    server.fail_next(Call.LOGOUT, *[Fault(503)] * 99)
    yield
    server.faults.clear()
    server.dialect = replace(DIALECTS["revoke-renamed"], pages=Pages.NUMBERED, page_size=20)
    yield
    server.dialect = DIALECTS["extra"]


@pytest.fixture
def busy(program: Program, tmp_path: Path) -> Program:
    """An account of which every verb has something to say."""
    program.log_in_to(DIALECTS["extra"], sessions=60)
    program("check", "--new")
    own, *others = (one.token for one in program.server.sessions())
    (tmp_path / "log").write_text(f"{own}\n{others[0]}\n")
    (tmp_path / "binary").write_bytes(b"\0" + others[0].encode())
    program("known", "add", "--client", "curl", "--label", "probe", "--protect")
    program("known", "add", "--ip", "10.2", "--label", "office")
    program.login(EMAIL, "--name", "work")
    return program


def test_the_page_has_every_field_of_every_output(busy: Program, tmp_path: Path) -> None:
    keys = "client,network,ip,user,label,day"
    lines = {
        "error": ("sessions --sort x", "token --account none"),
        "sessions": ("sessions",),
        "sessions --group-by": (f"sessions --group-by {keys}",),
        "status": ("status",),
        "accounts": ("accounts",),
        "known": ("known",),
        "token": ("token",),
        "check": ("check --new --max-live 1", "check"),
        "scan": (f"scan {tmp_path / 'log'} {tmp_path / 'binary'}",),
        "prune": (
            "prune --keep-newest 1 --dry-run",
            "revoke 0123456789ab --yes",
            "prune --keep-newest 1 --yes --max 99",
        ),
        "doctor": ("doctor --live --yes",) * 3,
        "revoke-all": ("revoke-all --dry-run", "revoke-all --yes"),
        "audit": ("audit",),
    }
    assert {*lines} | {"revoke"} == {*FIELDS}
    findings = doctor_finds(busy.server)
    for name, typed in lines.items():
        fields, seen = FIELDS[name], set[str]()
        for line in typed:
            if name == "doctor":
                next(findings)
            done = busy(*line.split(), "--json")
            assert done.out.isascii()
            found = done.json()
            for row in found if isinstance(found, list) else [found]:
                order: dict[str, None] = {}
                for path, value in leaves(row, fields):
                    order[path] = None
                    assert path in fields, f"{line}: {path} is not on the page"
                    known = fields[path]
                    fits = known.nullable if value is None else known.fits(value)
                    assert fits, f"{line}: {path} is {value!r}"
                assert [*order] == [path for path in fields if path in order], line
                seen |= {*order}
        if name == "doctor":
            next(findings, None)
        assert {*fields} == seen, f"{name}: on the page, and never seen"
