"""Plan files: made with --dry-run --out, applied later with revoke --plan."""

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qiscus_tui.store.plan_file import sealed
from tests.cli.conftest import Program
from tests.cli.test_prune import ALL, client
from tests.sandbox.calls import Call

PRUNE = ["prune", "--keep-newest=1", "--dry-run"]


@pytest.fixture
def file(crowded: Program, tmp_path: Path) -> Path:
    """The plan of a prune."""
    path = tmp_path / "plan.json"
    done = crowded(*PRUNE, f"--out={path}")
    assert done.code == 0
    assert f"revoke --plan {path}" in done.err
    return path


def end(program: Program, *ids: object) -> None:
    """Somebody else ends these."""
    assert program("revoke", *map(str, ids), "--yes", "--max=999", "--include-current").code == 0


def test_it_says_what_and_why_and_has_no_token(crowded: Program, file: Path) -> None:
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    text = file.read_text()
    assert text.isascii()
    assert not any(session.token in text for session in crowded.server.sessions())
    fields = json.loads(text)
    plan = crowded(*PRUNE, "--json").json()["plan"]
    assert fields["version"] == 2
    assert fields["account"].startswith("admin@demo.example")
    assert fields["server"] == "https://demo.invalid"
    assert fields["time"].endswith("Z")
    assert fields["rule"]["words"] == "by client, network: keep the newest 1"
    assert fields["ids"] == plan["targets"]
    assert fields["groups"] == plan["groups"]


def test_what_it_names_is_revoked_and_nothing_else(crowded: Program, file: Path) -> None:
    before, ids = crowded.live(), set(json.loads(file.read_text())["ids"])
    assert crowded("revoke", f"--plan={file}").code == 2  # nobody to ask
    assert crowded("revoke", f"--plan={file}", "--yes").code == 2  # more than 50
    dry = crowded("revoke", f"--plan={file}", "--dry-run", "--json")
    assert set(dry.json()["plan"]) == {"targets", "left_out"}
    assert crowded.live() == before
    crowded.clock.advance(6)
    done = crowded("revoke", f"--plan={file}", *ALL)
    assert done.code == 0, done.err
    assert "since then: nothing changed" in done.err
    assert crowded.live() == before - ids
    assert "plan " in crowded("audit", "--json").json()[0]["rule"]
    again = crowded("revoke", f"--plan={file}", *ALL, "--json")
    assert again.code == 0
    outcomes = again.json()["outcomes"]
    assert {(o["id"], o["outcome"]) for o in outcomes} == {(one, "already_gone") for one in ids}


def test_what_changed_since_is_not_sent_and_is_said(crowded: Program, file: Path) -> None:
    plan = crowded(*PRUNE, "--json").json()["plan"]
    group = next(g for g in plan["groups"] if g["targets"] == 2 and g["kept"] == 1)
    name = f"{group['client']} · {group['network']}"
    by_id = {entry["id"]: entry for entry in crowded.listed()}
    kept = next(one["id"] for one in plan["kept"] if one["reason"].endswith(f" {name}"))
    gone = str(plan["targets"][0])
    end(crowded, kept, gone)
    crowded.protect("PostmanRuntime", "api tests")
    done = crowded("revoke", f"--plan={file}", *ALL, "--json")
    assert done.code == 3
    found: dict[str, set[str]] = {}
    for one in done.json()["outcomes"]:
        reason = one["reason"] or ""
        found.setdefault(f"{one['outcome']} {reason.partition(' of ')[0]}", set()).add(one["id"])
    assert found["already_gone "] == {gone}
    (next_newest,) = found["not_sent kept now: newest 1"]
    assert client(by_id[next_newest]) == client(by_id[str(kept)])
    protected = found.pop("not_sent protected: api tests", set())
    assert protected <= {e["id"] for e in crowded.listed() if "Postman" in e["client"]}
    assert next_newest in crowded.live()
    assert f"1 no longer listed, {1 + len(protected)} left out of " in done.err


def test_what_became_our_own_session_is_not_sent(crowded: Program, tmp_path: Path) -> None:
    own = next(entry["id"] for entry in crowded.listed() if entry["current"])
    path = tmp_path / "own.json"
    planned = crowded("revoke", own, "--include-current", "--dry-run", f"--out={path}")
    assert planned.code == 0
    assert f"revoke --plan {path} --include-current" in planned.err
    done = crowded("revoke", f"--plan={path}", "--yes", "--json")
    assert done.code == 3
    assert [o["outcome"] for o in done.json()["outcomes"]] == ["not_sent"]
    assert own in crowded.live()
    assert crowded("revoke", f"--plan={path}", "--yes", "--include-current").code == 0
    assert own not in crowded.live()


def edited(file: Path, change: Callable[[dict[str, Any]], object]) -> None:
    fields = json.loads(file.read_text())
    change(fields)
    file.write_text(json.dumps(fields))


def changed(file: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """By somebody who holds the key of the seal."""
    edited(file, change)
    key = json.loads((file.parent / "data" / "state" / "plan_key.json").read_text())["key"]
    file.write_text(json.dumps(sealed(json.loads(file.read_text()), key.encode())))


def rules(fields: dict[str, Any]) -> dict[str, Any]:
    return fields["rule"]["retention"]["rules"]


DAMAGES: dict[str, Callable[[Path], object]] = {
    "empty": lambda file: file.write_text(""),
    "cut off": lambda file: file.write_text(file.read_text()[:-20]),
    "no object": lambda file: file.write_text("[1]"),
    "not text": lambda file: file.write_bytes(b"\xff\xfe\x00"),
    "nested": lambda file: file.write_text("[" * 100_000),
    "newer": lambda file: changed(file, lambda f: f.update(version=3)),
    "older": lambda file: changed(file, lambda f: f.update(version=1)),
    "no version": lambda file: changed(file, lambda f: f.pop("version")),
    "another field": lambda file: changed(file, lambda f: f.update(token="x")),
    "no ids": lambda file: changed(file, lambda f: f.pop("ids")),
    "a token as an id": lambda file: changed(file, lambda f: f.update(ids=["QEX-secret-1"])),
    "keep none": lambda file: changed(file, lambda f: rules(f).update(keep_newest=0)),
    "unknown key": lambda file: changed(file, lambda f: f["rule"]["retention"].update(keys=["x"])),
    "another account": lambda file: changed(file, lambda f: f.update(account="b@c.d@x")),
    "another token": lambda file: changed(file, lambda f: f.update(token_id="0123456789ab")),
    "another server": lambda file: changed(file, lambda f: f.update(server="https://x.invalid")),
    "a line end in an id": lambda file: changed(file, lambda f: f.update(ids=[f["ids"][0] + "\n"])),
    "no time zone": lambda file: changed(file, lambda f: f.update(time="2026-11-25T10:00:00")),
    "no seal": lambda file: edited(file, lambda f: f.pop("seal")),
    "no filter": lambda file: changed(file, lambda f: f["rule"].update(filter="age:")),
    "an id added": lambda file: edited(file, lambda f: f["ids"].append("0123456789ab")),
    "an id removed": lambda file: edited(file, lambda f: f["ids"].pop()),
    "the kept ones removed": lambda file: edited(file, lambda f: f["kept"].clear()),
    "another rule": lambda file: edited(file, lambda f: rules(f).update(keep_newest=2)),
    "the rule removed": lambda file: edited(file, lambda f: f["rule"].update(retention=None)),
    "missing": lambda file: file.unlink(),
    "too large": lambda file: os.truncate(file, 40 * 1024 * 1024),
}  # fmt: skip


def test_a_damaged_file_or_anothers_is_refused(crowded: Program, file: Path) -> None:
    whole = file.read_bytes()
    for name, damage in DAMAGES.items():
        damage(file)
        done = crowded("revoke", f"--plan={file}", *ALL)
        assert (done.code, done.out, len(done.err.splitlines())) == (2, "", 2), name
        assert "QEX-secret" not in done.err
        file.write_bytes(whole)
        file.chmod(0o600)
    (crowded.data / "state" / "plan_key.json").unlink()
    done = crowded("revoke", f"--plan={file}", *ALL)
    assert (done.code, "by another user or on another machine" in done.err) == (2, True)
    assert crowded.server.calls[Call.REVOKE] == 0


def test_a_file_that_others_could_have_written_is_6(crowded: Program, file: Path) -> None:
    link = file.with_name("link.json")
    link.symlink_to(file)
    for path, mode in ((link, 0o600), (file, 0o644)):
        file.chmod(mode)
        done = crowded("revoke", f"--plan={path}", *ALL)
        assert (done.code, done.out, len(done.err.splitlines())) == (6, "", 2)
    assert crowded.server.calls[Call.REVOKE] == 0


def test_no_file_is_overwritten(crowded: Program, file: Path, tmp_path: Path) -> None:
    before = file.read_bytes()
    link = tmp_path / "link.json"
    link.symlink_to(tmp_path / "elsewhere.json")
    for path in (file, link, tmp_path, tmp_path / "none" / "plan.json"):
        done = crowded(*PRUNE, f"--out={path}")
        assert (done.code, done.out) == (6, "")
        assert len(done.err.splitlines()) == 2
    assert file.read_bytes() == before
    assert not (tmp_path / "elsewhere.json").exists()
