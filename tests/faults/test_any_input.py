"""Whatever is in the configuration or in a file of ours, it is read or refused.

On the wire: `tests/api/test_any_answer.py`; times: `tests/model/test_timestamps.py`.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qiscus_tui.errors import ConfigError, QiscusTuiError, StorageError
from qiscus_tui.model.account import Credentials
from qiscus_tui.service.account.workspace import check_words
from qiscus_tui.store.accounts import AccountBook
from qiscus_tui.store.audit import AuditLog
from qiscus_tui.store.audit_records import from_line, to_line
from qiscus_tui.store.config import load_named_config
from qiscus_tui.store.jsonfile import decoded
from qiscus_tui.store.known import KnownFile
from qiscus_tui.store.paths import Paths, find_paths
from qiscus_tui.store.secrets import FileSecrets
from qiscus_tui.store.state import VerifiedCalls, Visits


def _is_told_well(error: QiscusTuiError, of: str = "") -> None:
    assert error.message.isprintable()
    assert of in error.message
    assert error.hint
    assert PASSWORD not in error.message + error.hint


PASSWORD = "hunter2"
INPUTS = int(os.environ.get("QISCUS_TUI_INPUTS", "40"))
"""Of each property; a hundred thousand by hand."""


def _dumped(value: object) -> bytes:
    return json.dumps(value).encode()


# config.toml

_LINES = (
    "[server]", "[ui]", "[storage]", '[account."a@b.c@abcd-1"]', "[[known]]", "[api.revoke_token]",
    'url = "https://a.example"', 'url = "http://a.example"', 'timeout = "20s"', "timeout = 20",
    'timeout = "0s"', 'ca_bundle = "/x"', 'ca_bundle = ""', 'proxy = "http://u:hunter2@h:1"',
    'theme = "qiscus-dark"', 'reload = "60s"', 'expiring = "24h"', "mouse = true", "mouse = 1",
    'backend = "auto"', 'backend = "nowhere"', "readonly = true", 'label = "x"',
    'label = "\\u001b"',
    'client = "GuzzleHttp"', 'ip = "10.2.0.0/16"', 'ip = "999"', "protect = true",
    'path = "/api/v2/x"', 'path = "//x"', 'path = "/a/../b"', 'field = "token"', "unknown = 1",
    "server = 3", "[server", "= 1", "x = [1, {y = 2}]", "d = 2026-10-01", "f = nan",
)  # fmt: skip
CONFIGS = st.one_of(
    st.lists(st.one_of(st.sampled_from(_LINES), st.text(max_size=10)), max_size=8).map(
        lambda lines: "\n".join(lines).encode("utf-8", "surrogatepass")
    ),
    st.binary(max_size=40),
)


def any_config_is_read_or_refused_in_words(text: bytes, folder: Path) -> None:
    """The error names the file, and quotes no password."""
    file = folder / "config.toml"
    file.write_bytes(text)
    try:
        load_named_config(file, check_words)
    except ConfigError as error:
        _is_told_well(error, of="config.toml")


# The store's files.

SMALL = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-5, 5), st.floats(), st.text(max_size=6)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=2),
        st.dictionaries(
            st.sampled_from(
                ["accounts", "k", "long_lived", "short_lived", "token", "expires_at", "version",
                 "obtained_at", "name", "origin", "app_code", "user", "role", "storage", "seen",
                 "verified", "key", "pending", "state", "secret_key", "clock_ahead", "salt"]
            ),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=8,
)  # fmt: skip
CONTENTS = st.one_of(
    st.binary(max_size=30),
    SMALL.map(_dumped),
    SMALL.map(lambda inner: _dumped({"version": 1, "accounts": {"k": inner}, "k": inner})),
    SMALL.map(lambda inner: _dumped({"version": 1, "seen": {"k": inner}, "verified": inner})),
)


def any_file_of_ours_is_read_or_refused(content: bytes, folder: Path) -> None:
    """Read, and then written: with the words of a StorageError, or without any."""
    paths = find_paths(
        {"QISCUS_TUI_CONFIG_DIR": str(folder), "QISCUS_TUI_DATA_DIR": str(folder / "data")}
    )
    paths.state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    for file, look in _LOOKS:
        path = file(paths)
        path.write_bytes(content)
        path.chmod(0o600)
        try:
            look(paths)
        except StorageError as error:
            _is_told_well(error)
        for left in path.parent.glob(f"{path.name}*"):
            left.unlink()


_LOOKS: tuple[tuple[Callable[[Paths], Path], Callable[[Paths], object]], ...] = (
    (lambda paths: paths.secrets_file, lambda paths: FileSecrets(paths).read("k")),
    (lambda paths: paths.accounts_file, lambda paths: AccountBook(paths).all()),
    (lambda paths: paths.chosen_file, lambda paths: AccountBook(paths).last_used()),
    (lambda paths: paths.visits_file, lambda paths: Visits(paths).last("k")),
    (lambda paths: paths.verified_file, lambda paths: VerifiedCalls(paths, *"abc").is_verified()),
    (lambda paths: paths.known_file, lambda paths: KnownFile(paths, "a", "b").entries()),
    (lambda paths: paths.audit_file, lambda paths: AuditLog(paths, environ={}).read()),
)  # fmt: skip


def any_record_of_secrets_is_read_or_refused(value: object, _: Path) -> None:
    """What was read is what would be written."""
    found = decoded(value, Credentials)
    if found is not None:
        assert (
            decoded(msgspec.to_builtins(found), Credentials) == found
            or "nan" in repr(value).lower()
        )


def any_line_of_the_audit_is_read_or_passed_over(line: bytes, _: Path) -> None:
    """What was read can be written again."""
    record = from_line(line)
    if record is not None:
        assert from_line(to_line(record)) == record or b"NaN" in line


AUDIT_LINES = st.one_of(
    st.binary(max_size=30),
    st.dictionaries(
        st.sampled_from(
            ["event", "kind", "time", "plan", "plan_id", "ids", "account", "app", "host", "counts",
             "outcome", "session", "reason", "pid", "started", "version", "what"]
        ),
        st.one_of(
            SMALL,
            st.sampled_from(
                ["intent", "outcome", "summary", "tokens_stored", "revoke", "acknowledged"]
            ),
        ),
        max_size=8,
    ).map(_dumped),
)  # fmt: skip


PROPERTIES: dict[str, tuple[st.SearchStrategy[Any], Callable[[Any, Path], None]]] = {
    "config.toml": (CONFIGS, any_config_is_read_or_refused_in_words),
    "secrets": (SMALL, any_record_of_secrets_is_read_or_refused),
    "lines of the audit": (AUDIT_LINES, any_line_of_the_audit_is_read_or_passed_over),
    "files of ours": (CONTENTS, any_file_of_ours_is_read_or_refused),
}


@pytest.mark.parametrize("name", PROPERTIES)
def test_any_input_is_read_or_refused(name: str, tmp_path: Path) -> None:
    inputs, check = PROPERTIES[name]

    @settings(
        max_examples=INPUTS,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(inputs)
    def holds(given_input: object) -> None:
        check(given_input, tmp_path)

    holds()
