"""`scan`: which live tokens stand in these files. It never prints one."""

import io
import re
from pathlib import Path

import pytest

from qiscus_tui.cli.output.console import Console
from qiscus_tui.model.ids import fingerprint
from tests.cli.conftest import Program
from tests.program import Done, Stream
from tests.sandbox import DIALECTS, DemoSession, DemoState
from tests.sandbox.users import ADMIN

ENDED = "QEXended000000000000000000000000000000000000"


@pytest.fixture
def tokens(logged_in: Program) -> list[str]:
    """Live tokens other than our own."""
    ours = logged_in.kept_token()
    return [one.token for one in logged_in.server.sessions() if one.token != ours]


@pytest.fixture
def logs(tmp_path: Path, tokens: list[str]) -> Path:
    """Two live tokens in three places, and one that has ended."""
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / "a.log").write_text(f"x\nAuthorization: {tokens[0]}\n{ENDED}\n")
    (folder / "b.bin").write_bytes(b"\0" + tokens[1].encode() + b"\0" + tokens[0].encode())
    return folder


def shows_no_token(program: Program, done: Done) -> bool:
    every = [one.token for one in program.server.sessions()]
    return not any(token in done.out + done.err for token in [*every, ENDED])


def test_path_line_id_client_ip_and_expiry_as_text_and_as_json(
    logged_in: Program, logs: Path, tokens: list[str]
) -> None:
    done, as_json = logged_in("scan", str(logs)), logged_in("scan", "--json", str(logs))
    assert (done.code, as_json.code) == (1, 1)
    line, *binary = done.out.splitlines()
    form = rf"{logs}/a.log:2: {fingerprint(tokens[0])}  .+  [\d.]+  expires \d{{4}}-\d\d-\d\d .*"
    assert re.fullmatch(form, line)
    assert [line.split()[:2] for line in binary] == [
        [f"{logs}/b.bin:", fingerprint(tokens[one])] for one in (1, 0)
    ]
    assert "2 files, 0.0 MB: 2 live tokens in 3 places" in done.err
    first, _, last = as_json.json()
    place = (f"{logs}/a.log", 2, fingerprint(tokens[0]))
    assert (first["path"], first["line"], first["id"]) == place
    assert last["line"] is None
    listed = {one["id"]: one for one in logged_in.listed()}
    for name in ("client", "ip", "expires_at"):
        assert first[name] == listed[first["id"]][name]
    assert shows_no_token(logged_in, done)
    assert shows_no_token(logged_in, as_json)


def test_the_ids_each_once_can_be_revoked(
    logged_in: Program, logs: Path, tokens: list[str]
) -> None:
    done = logged_in("scan", str(logs), "--ids")
    ids = done.out.split()
    assert (done.code, ids) == (1, [fingerprint(token) for token in tokens[:2]])
    assert logged_in("revoke", *ids, "--yes").code == 0
    after = logged_in("scan", "--ids", str(logs))
    assert (after.code, after.out) == (0, "")


@pytest.mark.parametrize("words", [("--", "-x"), ("--ids", "--", "-x", "a.log")])
def test_a_file_called_like_an_option_is_named_after_two_dashes(
    logged_in: Program, logs: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.chdir(logs)
    (logs / "b.bin").rename("-x")
    done = logged_in("scan", *words)
    assert done.code == 1, done.err
    assert len(done.out.splitlines()) == 2


def test_nothing_found_is_0_and_an_empty_array(logged_in: Program, tmp_path: Path) -> None:
    for content in (f"{ENDED}\n", ""):
        (tmp_path / "clean").write_text(content)
        done = logged_in("scan", "--json", str(tmp_path / "clean"))
        assert (done.code, done.json()) == (0, [])
        assert "1 file, 0.0 MB: no live token" in done.err


def test_what_cannot_be_read_is_6_only_where_nothing_was_found(
    logged_in: Program, logs: Path
) -> None:
    missing = str(logs / "missing\x1b[31m")
    done = logged_in("scan", missing)
    assert (done.code, done.out) == (6, "")
    assert "missing␛[31m: No such file" in done.err
    assert logged_in("scan", missing, str(logs)).code == 1


def test_our_own_token_is_found_and_said_to_be_ours(logged_in: Program) -> None:
    done = logged_in("scan", str(logged_in.data))
    assert done.code == 1
    (line,) = done.out.splitlines()
    assert "secrets.json" in line
    assert line.endswith("(this program's own)")


def test_a_list_without_tokens_or_without_our_own_gives_no_all_clear(logged_in: Program) -> None:
    clean = logged_in.folder / "clean.log"
    clean.write_text("nothing\n")
    assert logged_in("scan", str(clean)).code == 0
    own, listed = logged_in.kept_token(), DemoState.sessions

    def without_own(state: DemoState, email: str = ADMIN.email) -> list[DemoSession]:
        return [one for one in listed(state, email) if one.token != own]

    with logged_in.monkeypatch.context() as patch:
        patch.setattr(DemoState, "sessions", without_own)
        lacking = logged_in("scan", str(clean))
    logged_in.speak(DIALECTS["masked"])
    for done, why in (
        (lacking, "own token is not in the list"),
        (logged_in("scan", str(clean)), "full tokens: can't tell which tokens are live"),
    ):
        assert (done.code, done.out, why in done.err) == (3, "", True)
        assert "no live token" not in done.err


def test_on_a_terminal_progress_is_shown_and_gone_at_the_end(
    logged_in: Program, logs: Path
) -> None:
    done = logged_in("scan", str(logs), terminal=True)
    assert "1 file, 0.0 MB" in done.err
    assert done.err.rstrip("\n").rpartition("\r")[2].endswith("3 places")


def test_a_result_never_stands_behind_the_progress() -> None:
    screen = Stream(terminal=True)
    console = Console(screen, screen, io.StringIO(), no_input=False)
    console.progress("1 file, 0.0 MB")
    console.result("a.log:2: 3fa9c01b77e2")
    assert screen.written.decode().rpartition("\r")[2] == "a.log:2: 3fa9c01b77e2\n"


def test_a_closed_stdin_is_named(logged_in: Program) -> None:
    done = logged_in("scan", "-")  # Python has no descriptor for it
    assert done.code == 2
    assert "stdin is closed" in done.err
