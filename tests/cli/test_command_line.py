"""What holds for every verb: options, help, errors, output."""

import io
import re
import shlex
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from qiscus_tui import __version__
from qiscus_tui.cli.main import run
from qiscus_tui.cli.parser import EXAMPLES, full_parser, parse
from qiscus_tui.cli.verbs import VERBS, load
from qiscus_tui.errors import UsageError
from tests.cli.conftest import EMAIL, SERVER, Closed, Full, Program
from tests.sandbox import PASSWORD
from tests.sandbox.calls import Call, Fault


@pytest.mark.parametrize("name", ["", *VERBS])
def test_help_has_the_options_and_examples_that_can_be_run(program: Program, name: str) -> None:
    done = program(*([name] if name else []), "--help")
    assert (done.code, "--account" in done.out) == (0, True)
    assert ("\nglobal options:\n" in done.out) == (not name)  # once, in the help of all
    each = not name or load(name).each_account
    assert bool(re.search(r"^  --all-accounts", done.out, re.MULTILINE)) == each
    assert done == program("help", *([name] if name else []), "--debug")
    assert max(map(len, done.out.splitlines())) <= 80
    for example in load(name).examples if name else EXAMPLES:
        assert f"\n  {example.command}\n      {example.does}\n" in done.out
        assert max(map(len, (example.command, example.does))) <= 76
        for command in example.command.split(" | "):
            program_name, *words = shlex.split(re.sub(r" [<>]\S+$", "", command))
            if program_name == "qiscus-tui":
                parse(words)


def test_global_options_stand_before_or_after_the_verb() -> None:
    values = ("--account=a", "--server=https://x", "--config=/c.toml", "--log=/l", "--timeout=9s")
    for option in (*values, "--demo", "--no-input", "--debug", "--quiet", "--all-accounts"):
        before, after = parse([option, "sessions"]), parse(["sessions", option])
        assert vars(before) == vars(after) != vars(parse(["sessions"]))
    listed = {one.option_strings[-1] for one in full_parser()[0].actions() if one.option_strings}
    assert {option.partition("=")[0] for option in values} < listed
    assert len(listed) == 12  # with --help, --version, and those above


def test_the_version_is_told(program: Program) -> None:
    for arguments in (["--version"], ["-V"], ["sessions", "--version"]):
        done = program(*arguments)
        assert (done.code, done.out) == (0, f"qiscus-tui {__version__}\n")


VALUES = {
    "ADDRESS": ("127.0.0.1:1", "127.0.0.1:2"),
    "TIME": ("1h", "1m"),
    "ID": ("0123456789ab", "ba9876543210"),
    "KEYS": ("client", "network"),
}


def _valued_options() -> list[tuple[str, str, str, str]]:
    """Verb, option and two values, for all options that take one and do not add up."""
    found: list[tuple[str, str, str, str]] = []
    for verb, parser in full_parser()[1].items():
        for action in parser.actions():
            if (
                action.option_strings
                and action.nargs is None
                and action.dest not in {"filter", "older_than", "fields"}
            ):
                usual = VALUES.get(str(action.metavar), ("1", "2"))
                first, second = [*map(str, action.choices or usual)][:2]
                found.append((verb, action.option_strings[-1], first, second))
    return found


def test_an_option_given_twice_with_different_values_is_refused() -> None:
    for verb, option, first, second in _valued_options():
        with pytest.raises(UsageError, match=f"{option} was given twice"):
            parse([verb, f"{option}={first}", f"{option}={second}"])
    with pytest.raises(UsageError, match="--account was given twice"):
        parse(["--account", "a", "sessions", "--account", "b"])
    assert parse(["--account", "a", "sessions", "--account", "a"]).account == "a"


def test_two_dashes_are_the_value_of_an_option_or_end_the_options(program: Program) -> None:
    assert parse(["sessions", "--account=--"]).account == "--"
    assert parse(["--account=--", "sessions"]).account == "--"
    assert parse(["sessions", "--json", "--"]).json
    said = program("sessions", "--", "--csv").err
    assert said == "qiscus-tui: Unknown argument: --csv\n  See: qiscus-tui sessions --help\n"


def test_a_value_that_is_none_is_refused_in_two_short_lines(program: Program) -> None:
    numbers = ("-1", "+5", "1.5", "", "x", "1_000", "\u0663", "9" * 5000)
    for option in ("revoke --max", "revoke --concurrency", "sandbox --port"):
        verb, name = option.split()
        for number in numbers:
            done = program(verb, f"{name}={number}")
            assert (done.code, done.out, len(done.err) < 200) == (2, "", True)
            assert "must be a whole number from" in done.err


def test_values_of_unknown_options_are_not_shown(program: Program) -> None:
    for arguments in (
        ["login", "--password", "hunter2"],
        ["login", "--password=hunter2", "h2"],
        ["--password", "hunter2", "login"],
        ["--account", "a", "--password=hunter2", "login"],
    ):
        done = program(*arguments)
        assert done.code == 2
        assert "--password" in done.err
        assert "hunter2" not in done.err
    nearest = program("login", "--pasword-stdin").err
    assert "Did you mean --password-stdin? See: qiscus-tui login --help" in nearest


def test_debug_shows_places_and_no_values(program: Program) -> None:
    done = program(
        *("--debug", "login", "--server", SERVER, "--email", EMAIL),
        *("--password-stdin", "--store", "file"),
        stdin="hunter2",
    )
    assert done.code == 4
    assert "client.py:" in done.err
    assert "hunter2" not in done.err


def test_without_debug_there_is_no_traceback(program: Program) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError(PASSWORD) from ValueError(PASSWORD)

    program.monkeypatch.setattr("qiscus_tui.cli.workspace.open_for", broken)
    done = program("sessions")
    assert done.code == 1
    assert "RuntimeError" in done.err
    assert PASSWORD not in done.err
    assert "workspace" not in done.err
    in_full = program("--debug", "sessions").err
    assert "from ValueError" in in_full
    assert PASSWORD not in in_full


def test_the_configuration_in_the_documentation_is_read(program: Program, tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / ".github" / "REFERENCE.md").read_text()
    blocks = re.findall(r"^```toml\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    assert blocks
    config = tmp_path / "readme.toml"
    config.write_text("\n".join(blocks))
    assert program("--config", str(config), "accounts").code == 0


def test_a_reader_that_went_away_is_no_error(logged_in: Program) -> None:
    for form in ([], ["--json"], ["--csv"]):
        done = logged_in("sessions", *form, out=Closed())
        assert (done.code, "Broken" in done.err) == (0, False)
        assert ("sessions" in done.err) == (not form)  # what can be long ends with its reader


def test_a_reader_that_went_away_stops_no_revoke(logged_in: Program) -> None:
    first = logged_in.ids()[0]
    assert logged_in("revoke", first, "--yes", out=Closed()).code == 0
    assert first not in logged_in.ids()
    logged_in.server.fail_next(Call.REVOKE, *[Fault(503)] * 5)
    assert logged_in("revoke", logged_in.ids()[0], "--yes", out=Closed()).code != 0


def test_a_result_that_cannot_be_written_is_6(logged_in: Program) -> None:
    for line in ("sessions --json", "sandbox"):
        done = logged_in(*line.split(), out=Full())
        assert (done.code, len(done.err.splitlines())) == (6, 2)
        assert "The result could not be written: full" in done.err
        assert "Port" not in done.err
    mistake = logged_in("sessions", "--wrong", "--json", out=Full())
    assert (mistake.code, len(mistake.err.splitlines())) == (2, 2)


# Quiet, for cron; and errors for scripts


def test_quiet_shows_what_was_asked_for_and_nothing_else_where_all_is_well(
    logged_in: Program,
) -> None:
    first, *_ = logged_in.ids()
    for line in (
        *("refresh", "status", "status --min-ttl 7d", "check --max-live 99", "doctor"),
        *(f"revoke {first} --yes", "prune --keep-newest 99 --yes", "revoke-all --yes"),
        *("known add --client curl --label probe", "known forget probe", "logout"),
    ):
        done = logged_in("--quiet", *line.split())
        assert (done.code, done.out, done.err) == (0, "", ""), line
    assert logged_in.login(EMAIL, "--quiet").err == ""
    for line in ("token", "sessions", "sessions --json", "accounts", "audit", "id"):
        words = line.split()
        quiet, loud = (logged_in(*more, *words, stdin="QEXone") for more in (["--quiet"], []))
        assert (quiet.code, quiet.err) == (0, ""), line
        assert quiet.out == loud.out != "", line


def test_quiet_shows_everything_where_something_is_wrong(logged_in: Program) -> None:
    first, second, *_ = logged_in.ids()
    found = logged_in("check", "--quiet", "--max-live", "1")
    assert (found.code, found.out) == (1, logged_in("check", "--max-live", "1").out)
    logged_in("revoke", first, "--yes")
    logged_in.server.fail_next(Call.REVOKE, Fault(422))
    failed = logged_in("revoke", second, "--yes", "--quiet")
    assert (failed.code, "1 failed" in failed.out) == (3, True)
    assert "1 session to revoke" in failed.err
    asked = logged_in("revoke", second, "--quiet", stdin="n\n", terminal=True)
    assert (asked.code, "1 session to revoke" in asked.err) == (2, True)
    dry = logged_in("revoke", second, "--quiet", "--dry-run")
    assert (dry.code, second in dry.out, dry.err) == (0, True, "")


def test_an_error_is_the_document_where_json_was_asked_for(logged_in: Program) -> None:
    logged_in.server.fail_next(Call.LIST, Fault(401))
    for line, code in (
        ("sessions --json --sort x", 2),
        ("revoke --json --filter=age:soon", 2),
        ("--account=none token --json", 4),
        ("check --json", 4),
        ("revoke 0123456789ab --json --wrong", 2),
    ):
        done = logged_in(*line.split())
        answer = done.json()
        assert (done.code, list(answer)) == (code, ["error", "hint", "exit"]), line
        assert answer["exit"] == code
        what, hint = done.err.splitlines()
        assert (f"qiscus-tui: {answer['error']}", f"  {answer['hint']}") == (what, hint)
    logged_in.server.fail_next(Call.PROFILE, *[Fault(503)] * 5)
    assert logged_in("status", "--json").json()["accepted"] is None  # one document
    assert logged_in("exec", "--wrong", "--", "x", "--json").out == ""


# The demo


def test_the_demo_looks_at_no_environment_and_writes_nothing(program: Program, home: Path) -> None:
    program.monkeypatch.setenv("QISCUS_LONG_LIVED_TOKEN", "half of a pair")
    program.monkeypatch.setenv("QISCUS_TUI_SERVER", "http://not.allowed.example/path")
    program.monkeypatch.setenv("QISCUS_TUI_ACCOUNT", "nobody")
    program.monkeypatch.setenv("QISCUS_TUI_DATA_DIR", "not/absolute")
    program.monkeypatch.setenv("QISCUS_TUI_LOG", str(program.folder / "log"))
    program.monkeypatch.setenv("QISCUS_TUI_CONFIG_DIR", str(program.folder / "config"))
    (program.folder / "config" / "config.toml").write_text("broken")
    before = sorted((*program.folder.rglob("*"), *home.rglob("*")))
    file = str(program.folder / "file")
    for arguments in (
        ["audit", "--log", file],
        ["check", "--metrics", file],
        ["prune", "--keep-newest", "1", "--dry-run", "--out", file],
        ["sessions", "--json"],
        ["revoke", "--older-than", "7d", "--dry-run"],
        ["revoke", "--older-than", "29d", "--yes", "--max", "400"],
        ["revoke-all", "--yes"],
        ["token"],
        ["refresh"],
        ["status", "--json"],
        ["accounts", "--json"],
        ["audit", "--json"],
        ["logout"],
    ):
        done = program("--demo", *arguments)
        assert done.code == 0, (arguments, done.err)
        assert ("The demo writes no files" in done.err) is (file in arguments)
    assert sorted((*program.folder.rglob("*"), *home.rglob("*"))) == before


def test_the_demo_has_integrations_that_its_admin_protects_unless_a_configuration_is_named(
    program: Program, tmp_path: Path
) -> None:
    config = tmp_path / "demo.toml"
    config.write_text('[[known]]\nclient = "GuzzleHttp"\nlabel = "mine"\nprotect = true\n')
    named = ("--config", str(config))
    for more, label in (((), "billing cron"), ((), "month-end report"), (named, "mine")):
        rule = ("--filter", f'label:"{label}"', "--yes", "--json")
        plan = program("--demo", *more, "revoke", *rule).json()["plan"]
        assert {one["reason"] for one in plan["left_out"]} == {f"protected: {label}"}
    config.write_text("colour = 1\n")
    assert program("--demo", *named, "sessions").code == 2
    assert program("--demo", "--config", str(tmp_path / "none.toml"), "sessions").code == 2


# The log


NO_LOGS = ("/dev/null", "/dev/tty", "folder")


@pytest.mark.parametrize("by_variable", [False, True])
def test_the_log_holds_names_statuses_and_no_secret(
    logged_in: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, by_variable: bool
) -> None:
    log, first = tmp_path / "log", logged_in.ids()[0]
    if by_variable:
        monkeypatch.setenv("QISCUS_TUI_LOG", str(log))
    asked = [] if by_variable else ["--log", str(log)]
    assert logged_in(*asked, "revoke", first, "--yes").code == 0
    logged_in.server.fail_next(Call.LIST, Fault(403))
    said = logged_in(*asked, "sessions").err
    text = log.read_text()
    for words in (
        *("qiscus-tui revoke begins", "revoke_token: 200 after", "active_token_list: 200 after"),
        *("active_token_list: 403", "Forbidden"),
    ):
        assert words in text
    assert not any(line.removeprefix("qiscus-tui: ") in text for line in said.splitlines())
    secrets = [one.token for one in logged_in.server.sessions()]
    for secret in (*secrets, logged_in.server.credentials.long_lived_token, "Authorization"):
        assert secret not in text
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_what_others_can_read_or_is_no_file_is_no_log_and_stays_where_it_is(
    program: Program, tmp_path: Path
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "log").touch(0o644)
    for path, command in (("log", "chmod 600"), *((one, "") for one in NO_LOGS)):
        done = program("--log", str(tmp_path / path), "sessions")
        assert (done.code, command in done.err, "mv " in done.err) == (6, True, False), path


# The app


@pytest.mark.parametrize(("terminal", "stdin"), [("xterm", False), ("dumb", True), ("", True)])
def test_the_app_needs_a_real_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], terminal: str, stdin: bool
) -> None:
    monkeypatch.setenv("TERM", terminal)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    for stream in ("stdin", "stdout"):
        monkeypatch.setattr(f"sys.{stream}.isatty", lambda: stdin, raising=False)
    assert run([], lambda _: 0) == 2
    assert "qiscus-tui sessions" in capsys.readouterr().err


NOBODY = {
    "accounts": (0, "There are no accounts"),
    "accounts --json": (0, ""),
    "audit": (0, "Nothing is recorded here."),
    "audit --json": (0, ""),
    "sessions": (4, "qiscus-tui login"),
    "status": (4, "qiscus-tui login"),
    "token": (4, "qiscus-tui login"),
    "logout": (4, "qiscus-tui login"),
    "exec -- true": (4, "qiscus-tui login"),
    "exec --rest -- true": (4, "qiscus-tui login"),
    "proxy --account nobody": (4, "There is no account 'nobody' here (--account)"),
}


def test_where_nobody_is_logged_in_a_verb_says_so_and_creates_nothing(program: Program) -> None:
    for line, (code, said) in NOBODY.items():
        done = program(*line.split())
        assert (done.code, said in done.err) == (code, True), line
        assert done.out == ("[]\n" if "--json" in line else ""), line
    assert not program.data.exists()


# A configuration that can't be read: what it protects would not be protected


def _folder_links_nowhere(config: Path) -> None:
    config.rmdir()
    config.symlink_to(config.parent / "gone")


UNUSABLE: dict[str, Callable[[Path], object]] = {
    "links nowhere": lambda config: (config / "config.toml").symlink_to(config / "gone.toml"),
    "folder is gone": lambda config: config.rmdir(),
    "folder links nowhere": _folder_links_nowhere,
    "unknown key": lambda config: (config / "config.toml").write_text('[keys]\nnope = "f5"\n'),
    "unknown theme": lambda config: (config / "config.toml").write_text('[ui]\ntheme = "nope"\n'),
}


@pytest.mark.parametrize("spoil", UNUSABLE.values(), ids=UNUSABLE)
def test_a_configuration_that_cannot_be_used_stops_every_verb_but_doctor(
    logged_in: Program, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    spoil(tmp_path / "config")
    for words in (["sessions"], ["revoke", "--filter=client:curl", "--yes"], ["id"], ["token"]):
        done = logged_in(*words)
        assert (done.code, done.out) == (2, ""), words
        assert len(done.err.splitlines()) == 2
    assert logged_in.server.calls[Call.REVOKE] == 0
    found = logged_in("doctor")
    assert found.code == 1
    assert "bad     config: " in found.out
    assert done.err.splitlines()[0].removeprefix("qiscus-tui: ") in found.out
    live = logged_in("doctor", "--live", "--yes")
    assert (live.code, live.out) == (2, "")


def test_no_folder_of_the_variable_is_needed_beside_a_named_file(logged_in: Program) -> None:
    (logged_in.folder / "config").rmdir()
    (logged_in.folder / "mine.toml").write_text("")
    assert logged_in("--config", str(logged_in.folder / "mine.toml"), "sessions").code == 0
