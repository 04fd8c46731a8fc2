"""A revoke that a signal ends, and the sandbox: on real sockets, as processes."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from qiscus_tui.model.ids import fingerprint
from tests.e2e.processes import Machine, keep_that_revoking_works, machine

WAIT = 60


def listed(on: Machine) -> set[str]:
    """Ids of the live sessions, as the server itself has them."""
    return {fingerprint(token) for token in on.tokens()}


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGHUP, 129)])
def test_a_signal_ends_a_revoke_in_good_order(
    tmp_path: Path, number: signal.Signals, code: int
) -> None:
    with machine(tmp_path, sessions=60, latency_ms=100) as on:
        on.log_in_at_once()
        keep_that_revoking_works(on.paths, on.url, on.state.credentials.app_code)
        rows = on.run_here("sessions", "--json").json()
        lasting = {one["id"] for one in rows if one["expires_in"] > 3600 and not one["current"]}
        before = listed(on)
        words = ["revoke", "--older-than", "1s", "--yes", "--max", "60", "--concurrency", "1"]
        with on.start(*words, "--json") as process:
            while not on.state.revoke_requests:
                pass
            process.send_signal(number)
            out, err = process.communicate(timeout=WAIT)
        assert process.returncode == code, err
        assert "Traceback" not in err
        after = listed(on)
        assert len(after) > 40
        said = on.run_here("audit").err
        assert ("was cut short" in said) is (number is signal.SIGHUP)
        assert "was cut short" not in on.run_here("audit").err
        if number is signal.SIGHUP:
            assert out == ""
            return
        outcomes = {one["id"]: one["outcome"] for one in json.loads(out)["outcomes"]}
        gone = {id for id, outcome in outcomes.items() if outcome == "revoked"}
        assert gone & lasting == (before - after) & lasting  # others may expire meanwhile
        assert {"revoked", "not_sent"} <= set(outcomes.values())


def test_programs_that_need_a_new_token_at_once_share_one_refresh(tmp_path: Path) -> None:
    with machine(tmp_path, sessions=3, latency_ms=300) as on:
        on.log_in_at_once(with_token=True)
        before = on.tokens()
        begun = [on.start("token") for _ in range(5)]
        ended = [(*process.communicate(timeout=WAIT), process.returncode) for process in begun]
        (new,) = on.tokens() - before
        assert ended == [(f"{new}\n", "", 0)] * 5


def test_the_sandbox_serves_what_its_options_say_until_it_is_ended() -> None:
    pytest.importorskip("uvicorn", reason="the sandbox needs uvicorn")
    options = ["--port", "0", "--sessions", "3", "--latency", "1", "--seed", "2"]
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "qiscus_tui", "sandbox", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=dict(os.environ),
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        said = ""
        while "Stop with" not in said:
            said += process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", said)
        assert found is not None, said
        words = dict(re.findall(r"^  (\S.*?)  +(\S+)$", said, re.MULTILINE))
        headers = {
            "Authorization": words["long-lived token"],
            "Qiscus-App-Id": words["app code"],
        }
        # Its idle connection must not keep the sandbox from ending.
        with httpx.Client(base_url=found[0], trust_env=False) as http:
            answer = http.get("/api/v2/auth/active_token_list", headers=headers)
            assert len(answer.json()["data"]) == 3
            # One Date, the demo's own, and no word of what serves it.
            assert len(answer.headers.get_list("Date")) == 1
            assert "Server" not in answer.headers
            process.send_signal(signal.SIGINT)
            assert process.wait(WAIT) == 130
        assert process.stderr.read() == ""
