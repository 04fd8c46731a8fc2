"""Many programs that want a token at once make one refresh call, and all get the same token."""

import os
import subprocess
from pathlib import Path

import pytest

from qiscus_tui.model.ids import fingerprint
from tests.e2e.processes import Machine, machine
from tests.sandbox import Call

AT_ONCE = int(os.environ.get("QISCUS_TUI_AT_ONCE", "8"))
"""How many; fifty by hand."""
HOW = ["mixed"] if AT_ONCE < 50 else ["refresh", "refresh --if", "mixed"]


def all_at_once(here: Machine, commands: list[tuple[str, ...]]) -> list[str]:
    """What each of them printed; all of them end well."""
    behind, gate = os.pipe()
    programs = [
        subprocess.Popen(
            ["sh", "-c", 'read gate; "$@" </dev/null', "sh", *here.program, *command],
            env=here.environ,
            stdin=behind,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for command in commands
    ]
    os.close(behind)
    os.close(gate)  # all of them read its end now
    results: list[str] = []
    for program in programs:
        out, err = program.communicate(timeout=120)
        assert program.returncode == 0
        # `--if` says so where another one was faster.
        assert not err or err.startswith("Not refreshed: ")
        results.append(out.strip())
    return results


def the_one_token(here: Machine) -> str:
    """The kept token, which the server takes; and one refresh call made it."""
    _, kept = here.kept()
    assert here.state.calls[Call.REFRESH] == 1
    assert kept.short_lived is not None
    assert kept.short_lived.token in here.tokens()
    return kept.short_lived.token


def test_token_that_needs_a_refresh(tmp_path: Path) -> None:
    with machine(tmp_path, latency_ms=100) as here:
        here.keep_long_lived_at_once()
        printed = all_at_once(here, [("token",)] * AT_ONCE)
        assert set(printed) == {the_one_token(here)}


@pytest.mark.parametrize("how", HOW)
def test_refresh(tmp_path: Path, how: str) -> None:
    with machine(tmp_path, latency_ms=100) as here:
        here.log_in_at_once()
        _, before = here.kept()
        assert before.short_lived is not None
        only_if = ("refresh", "--if", fingerprint(before.short_lived.token))
        kinds = {"refresh": [("refresh",)], "refresh --if": [only_if]}
        commands: list[tuple[str, ...]] = kinds.get(how, [("refresh",), only_if])
        printed = all_at_once(here, (commands * AT_ONCE)[:AT_ONCE])
        token = the_one_token(here)
        assert token != before.short_lived.token
        assert {line.partition(" ")[0] for line in printed} == {fingerprint(token)}
