"""Sessions as JSON and CSV, and as files."""

import csv
import io
import json
import os
import stat
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qiscus_tui.errors import StorageError
from qiscus_tui.model.clients import Known
from qiscus_tui.model.ids import fingerprint
from qiscus_tui.model.masking import MASK
from qiscus_tui.model.session import Session
from qiscus_tui.model.text import safe
from qiscus_tui.service.sessions.export import (
    CSV_COLUMNS,
    Export,
    ExportFormat,
    export_to,
    named_path,
)
from qiscus_tui.service.sessions.session_list import SessionList
from tests.sandbox.hostile import HOSTILE_AGENTS
from tests.service import scripted
from tests.service.scripted import START as NOW
from tests.service.scripted import new_session

TOKEN = "QEXtoken-of-the-first-session"


def session(**fields: object) -> Session:
    """A session with these fields."""
    usual = {"id": "77be02d4aa01", "token": TOKEN, "revoke_with": TOKEN, "user": None}
    times = {"created_at": NOW - 3600, "expires_at": NOW + 7200}
    return new_session(1, **{**usual, **times, "ip": "203.0.113.9", **fields})


def listed(*sessions: Session, label: str = "", client: str = "curl 8.5") -> SessionList:
    """A list of these, all of one client."""
    labels = [Known(label, client="x") if label else None] * len(sessions)
    found = scripted.listed(sessions, read_at=NOW - 5)
    return replace(found, clients=[client] * len(sessions), labels=labels, offset=5.0)


def text(
    kind: ExportFormat,
    what: SessionList,
    positions: Sequence[int] | None = None,
    secrets: tuple[str, ...] = (),
) -> str:
    """What is written of these sessions; of all of them unless they are named."""
    out = io.StringIO(newline="")
    at = range(len(what)) if positions is None else positions
    Export(what, at, secrets).write(kind, out)
    return out.getvalue()


def rows(what: SessionList) -> list[dict[str, str]]:
    """The CSV read back."""
    return list(csv.DictReader(io.StringIO(text(ExportFormat.CSV, what), newline="")))


def array(
    what: SessionList, secrets: tuple[str, ...] = (), positions: Sequence[int] | None = None
) -> list[dict[str, object]]:
    """The JSON read back."""
    written = text(ExportFormat.JSON, what, positions, secrets)
    assert written.isascii()
    found: list[dict[str, object]] = json.loads(written)
    return found


def test_a_record_has_the_fields_of_the_contract_in_their_order() -> None:
    assert Export(listed(session(), label="billing cron"), ()).record(0) == {
        "id": "77be02d4aa01",
        "created_at": "2026-10-14T16:46:40Z",
        "expires_at": "2026-10-14T19:46:40Z",
        "expires_computed": False,
        "expires_in": 7200,
        "last_used_at": None,
        "client": "curl 8.5",
        "user_agent": "curl/8.5",
        "ip": "203.0.113.9",
        "user": None,
        "current": False,
        "revocable": True,
        "label": "billing cron",
        "extra": {},
    }
    exported = Export(listed(session()), (), server_now=NOW + 7201)
    assert list(exported.record(0)) == [*CSV_COLUMNS, "extra"]
    assert exported.record(0)["expires_in"] == -1


def test_what_is_unknown_is_null() -> None:
    unknown = session(
        created_at=None, expires_at=None, user_agent=None, ip=None, current=None, revoke_with=None
    )
    record = Export(listed(unknown, client="unknown"), ()).record(0)
    names = (
        *("created_at", "expires_at", "expires_in", "last_used_at", "client", "user_agent"),
        *("ip", "user", "current", "label"),
    )
    assert [record[name] for name in names] == [None] * len(names)
    assert record["revocable"] is False
    blank = listed(session(user_agent="  "), client="unknown")
    assert Export(blank, ()).record(0)["client"] is None


def test_json_gives_the_exact_text_as_ascii() -> None:
    agents = [session(user_agent=agent) for agent in HOSTILE_AGENTS]
    exact = [agent.encode("utf-16", "surrogatepass") for agent in HOSTILE_AGENTS]
    scalars = [agent.decode("utf-16", "replace") for agent in exact]
    assert [entry["user_agent"] for entry in array(listed(*agents))] == scalars


def test_positions_choose_the_sessions_and_their_order_and_may_be_none() -> None:
    what = listed(session(id="a" * 12), session(id="b" * 12), session(id="c" * 12))
    assert [entry["id"] for entry in array(what, positions=(2, 0))] == ["c" * 12, "a" * 12]
    assert array(listed()) == []
    assert text(ExportFormat.CSV, listed()) == ",".join(CSV_COLUMNS) + "\n"


def test_unknown_fields_show_no_secret_nor_the_token_of_another_listed_session() -> None:
    other = "QEX-of-the-second-session"
    extra: dict[str, object] = {
        "refresh_token": "abc",
        "note": f"was {TOKEN}",
        "list": ["long-lived", {"deep": "fine"}],
        "seen": [{"with": other}],
        other: 1,
        "words": f"see (session={other}), please",
    }
    both = listed(session(extra=extra), session(id=fingerprint(other), token=other))
    assert array(both, ("long-lived", ""))[0]["extra"] == {
        "refresh_token": MASK,
        "note": MASK,
        "list": [MASK, {"deep": "fine"}],
        "seen": [{"with": MASK}],
        MASK: 1,
        "words": MASK,
    }


def test_a_token_is_hidden_in_the_known_fields_too() -> None:
    other = session(id=fingerprint("QEXanother"), token="QEXanother")
    tells = session(user_agent="QEXanother", ip="QEXanother", user="QEXanother")
    for what, token in (
        (listed(tells, other, client="QEXanother"), "QEXanother"),
        (listed(session(user_agent=f"bot {TOKEN}"), client=f"bot {TOKEN}"), TOKEN),
    ):
        assert token not in json.dumps([array(what), rows(what)])


def test_csv_has_every_column_but_extra() -> None:
    (row,) = rows(listed(session(current=None)))
    assert tuple(row) == CSV_COLUMNS
    assert row["expires_computed"] == "false"
    assert row["current"] == ""
    assert row["expires_in"] == "7200"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_of_a_csv_is_a_formula(start: str) -> None:
    (row,) = rows(listed(session(user_agent=f"{start}1+1")))
    assert row["user_agent"] == f"'{safe(start)}1+1"


def test_csv_holds_nothing_that_moves_a_terminal() -> None:
    agents = listed(*[session(user_agent=agent) for agent in HOSTILE_AGENTS])
    assert text(ExportFormat.CSV, agents).replace("\n", "").isprintable()
    assert len(rows(agents)) == len(HOSTILE_AGENTS)


@given(st.text(st.characters(exclude_categories=()), max_size=30))
@settings(max_examples=100, deadline=None)
def test_any_text_is_one_cell_of_one_row(text: str) -> None:
    (row,) = rows(listed(session(user_agent=text)))
    assert row["user_agent"] in {safe(text), f"'{safe(text)}"}


@pytest.mark.parametrize("kind", list(ExportFormat))
def test_an_export_is_a_new_file_for_this_user_alone(tmp_path: Path, kind: ExportFormat) -> None:
    path = tmp_path / f"out.{kind.value}"
    before = os.umask(0)
    try:
        export_to(path, kind, Export(listed(session()), [0]))
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "77be02d4aa01" in path.read_text()


def test_an_export_overwrites_nothing_follows_no_symbolic_link_and_makes_no_folder(
    tmp_path: Path,
) -> None:
    path, link = tmp_path / "out.csv", tmp_path / "link.csv"
    path.write_text("mine")
    link.symlink_to(tmp_path / "elsewhere")
    for taken in (path, link):
        with pytest.raises(StorageError, match="exists already"):
            export_to(taken, ExportFormat.CSV, Export(listed(session()), [0]))
    with pytest.raises(StorageError, match="No such file"):
        export_to(tmp_path / "no" / "out.csv", ExportFormat.CSV, Export(listed(), ()))
    assert path.read_text() == "mine"
    assert not (tmp_path / "elsewhere").exists()


def test_half_an_export_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match="No space left"):
        export_to(tmp_path / "out.csv", ExportFormat.CSV, Export(listed(session()), [0]))
    assert list(tmp_path.iterdir()) == []


def test_a_name_may_begin_at_the_home(home: Path) -> None:
    assert named_path(" ~/a.csv ") == home / "a.csv"
    assert named_path("a.csv") == Path.cwd() / "a.csv"


@pytest.mark.parametrize("name", ["", "  ", "a\x00b", "~nobody-of-this-name/a"])
def test_what_is_no_file_name_is_said(name: str) -> None:
    with pytest.raises(StorageError):
        named_path(name)
