"""The whole main job as a newcomer does it: a real socket, real files; signals, real processes."""

import json
import os
import re
import signal
import subprocess
import urllib.request
from pathlib import Path
from urllib.error import HTTPError

import pytest

from qiscus_tui.model.ids import fingerprint
from tests.e2e.processes import PROGRAM, Machine, machine

WAIT = 60


class Shell:
    """Types commands on a machine."""

    def __init__(self, on: Machine) -> None:
        self.on = on

    def __call__(self, *arguments: str, code: int = 0) -> str:
        done = self.on.run_here(*arguments)
        assert "Traceback" not in done.stderr
        assert done.returncode == code, done.stderr
        self.err = done.stderr
        return done.stdout

    @property
    def listed(self) -> set[str]:
        """Ids of the live sessions, as the server itself has them."""
        return {fingerprint(token) for token in self.on.tokens()}

    def accepts(self, token: str) -> bool:
        """Whether the server takes this short-lived token."""
        app_code = self.on.state.credentials.app_code
        headers = {"Authorization": token, "Qiscus-App-Id": app_code}
        url = f"{self.on.url}/api/v1/admin/get_profile"
        try:
            with urllib.request.urlopen(urllib.request.Request(url, None, headers), timeout=WAIT):
                return True
        except HTTPError as error:
            if error.code != 401:
                raise
            return False


def test_the_main_job(tmp_path: Path) -> None:
    with machine(tmp_path, sessions=120) as on:
        shell = Shell(on)
        assert on.login().returncode == 0
        listed = json.loads(shell("sessions", "--json"))
        assert {one["id"] for one in listed} == shell.listed
        assert len(listed) == 121
        own = next(one["id"] for one in listed if one["current"])

        # Plan some, revoke them, see that they are gone.
        chosen = [one["id"] for one in listed if one["id"] != own][:3]
        plan = json.loads(shell("revoke", *chosen, "--dry-run", "--json"))["plan"]
        assert plan["targets"] == chosen
        assert shell.listed == {one["id"] for one in listed}
        shell("revoke", *chosen, code=2)
        outcomes = json.loads(shell("revoke", *chosen, "--yes", "--json"))["outcomes"]
        assert {(one["id"], one["outcome"]) for one in outcomes} == {(c, "revoked") for c in chosen}
        assert shell.listed == {one["id"] for one in listed} - set(chosen)
        again = json.loads(shell("revoke", chosen[0], "--json"))["outcomes"]
        assert again[0]["outcome"] == "already_gone"

        # A rule, over and under what --yes covers.
        old = json.loads(shell("revoke", "--older-than", "7d", "--dry-run", "--json"))["plan"]
        number = len(old["targets"])
        assert number > 50
        shell("revoke", "--older-than", "7d", "--yes", code=2)
        shell("revoke", "--older-than", "7d", "--yes", "--max", str(number))
        assert not shell.listed & set(old["targets"])
        assert own in shell.listed

        # Our own tokens.
        token = shell("token").strip()
        assert fingerprint(token) == own
        assert shell.accepts(token)
        assert json.loads(shell("status", "--json", "--min-ttl", "7d"))["accepted"] is True
        refreshed = on.run("refresh").stdout  # it goes by the age of its process
        newer = shell("token").strip()
        assert newer != token
        assert newer not in refreshed
        before = json.loads(shell("audit", "--json"))
        assert [plan["kind"] for plan in before] == ["refresh", "revoke", "revoke", "login"]

        # All at once.
        shell("revoke-all", code=2)
        shell("revoke-all", "--yes")
        last = shell("token").strip()
        assert shell.listed == {fingerprint(last)}
        assert shell.accepts(last)
        assert not shell.accepts(newer)
        shell("logout")
        assert shell.listed == set()
        shell("sessions", code=4)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGHUP, 129)])
def test_a_signal_ends_a_revoke_in_good_order(
    tmp_path: Path, number: signal.Signals, code: int
) -> None:
    with machine(tmp_path, sessions=60, latency_ms=100) as on:
        shell = Shell(on)
        on.log_in_at_once()
        listed = json.loads(shell("sessions", "--json"))
        lasting = [one["id"] for one in listed if one["expires_in"] > 3600 and not one["current"]]
        shell("revoke", lasting.pop(), "--yes")  # so that no trial is needed
        before, sent = shell.listed, len(on.state.revoke_requests)
        words = ["revoke", "--older-than", "1s", "--yes", "--max", "60", "--concurrency", "1"]
        with on.start(*words, "--json") as process:
            while len(on.state.revoke_requests) == sent:
                pass
            process.send_signal(number)
            out, err = process.communicate(timeout=WAIT)
        assert process.returncode == code, err
        assert "Traceback" not in err
        after = shell.listed
        assert len(after) > 40
        shell("audit")
        if number is signal.SIGHUP:
            assert out == ""
            assert "was cut short" in shell.err
            shell("audit")
        assert "was cut short" not in shell.err
        if number is signal.SIGHUP:
            return
        outcomes = {one["id"]: one["outcome"] for one in json.loads(out)["outcomes"]}
        gone = {id for id, outcome in outcomes.items() if outcome == "revoked"}
        assert gone & set(lasting) == (before - after) & set(lasting)  # others may expire meanwhile
        assert {"revoked", "not_sent"} <= set(outcomes.values())


def test_the_sandbox_serves_what_its_options_say_until_it_is_ended() -> None:
    pytest.importorskip("uvicorn", reason="the sandbox needs uvicorn")
    options = ["--port", "0", "--sessions", "3", "--latency", "1", "--seed", "2"]
    with subprocess.Popen(
        [*PROGRAM, "sandbox", *options], stdout=subprocess.PIPE, text=True, env=dict(os.environ)
    ) as process:
        assert process.stdout is not None
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
        url = f"{found[0]}/api/v2/auth/active_token_list"
        with urllib.request.urlopen(urllib.request.Request(url, None, headers)) as answer:
            assert len(json.load(answer)["data"]) == 3
        process.send_signal(signal.SIGINT)
        assert process.wait(WAIT) == 130
