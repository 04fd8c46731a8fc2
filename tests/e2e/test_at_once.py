"""Many programs at once: one refresh call and one token for all; no state is harmed."""

import os
import subprocess
from pathlib import Path

import pytest

from qiscus_tui.model.ids import fingerprint
from tests.e2e.processes import machine
from tests.sandbox import Call

AT_ONCE = int(os.environ.get("QISCUS_TUI_AT_ONCE", "4"))
"""How many; fifty by hand."""


def all_at_once(
    program: tuple[str | Path, ...], environ: dict[str, str], commands: list[tuple[str, ...]]
) -> list[str]:
    """What each of them printed; all of them end well."""
    behind, gate = os.pipe()
    programs = [
        subprocess.Popen(
            ["sh", "-c", 'read gate; "$@" </dev/null', "sh", *program, *command],
            env=environ,
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
    for running in programs:
        out, err = running.communicate(timeout=120)
        assert running.returncode == 0, err
        # `--if` says so where another one was faster.
        assert not err or err.startswith("Not refreshed: ")
        results.append(out.strip())
    return results


@pytest.mark.parametrize("has_token", [True, False])
def test_whoever_needs_a_new_token_gets_the_same(tmp_path: Path, *, has_token: bool) -> None:
    with machine(tmp_path, latency_ms=100) as here:
        here.log_in_at_once(with_token=not has_token)
        commands: list[tuple[str, ...]] = [("token",)]
        if has_token:
            _, before = here.kept()
            assert before.short_lived is not None
            commands = [("refresh",), ("refresh", "--if", fingerprint(before.short_lived.token))]
        printed = all_at_once(here.program, here.environ, (commands * AT_ONCE)[:AT_ONCE])
        assert here.state.calls[Call.REFRESH] == 1
        _, kept = here.kept()
        assert kept.short_lived is not None
        token = kept.short_lived.token
        assert token in here.tokens()
        said = fingerprint(token) if has_token else token
        assert {line.partition(" ")[0] for line in printed} == {said}
