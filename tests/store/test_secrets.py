import errno
import json
import os
import stat

import pytest

from qiscus_tui.errors import StorageError
from qiscus_tui.model.account import Credentials, ShortLived, Storage
from qiscus_tui.model.clock import DAY
from qiscus_tui.store import files
from qiscus_tui.store.paths import Paths
from qiscus_tui.store.secrets import EnvironmentSecrets, FileSecrets, MemorySecrets, SecretStore
from tests.store.conftest import begun, ended, new_credentials


@pytest.fixture(params=["file", "memory", "environment"])
def store(request: pytest.FixtureRequest, paths: Paths, credentials: Credentials) -> SecretStore:
    match request.param:
        case "file":
            return FileSecrets(paths)
        case "memory":
            return MemorySecrets()
        case _:
            return EnvironmentSecrets(credentials, paths)


def test_what_was_written_is_read_back_replaced_and_forgotten(
    store: SecretStore, credentials: Credentials, paths: Paths
) -> None:
    store.write("key", credentials)
    assert store.read("key") == credentials
    shown = f"{store!r} {vars(store)!r} {store.where} {credentials!r}"
    assert "SECRET" not in shown

    newer = credentials.with_short_lived(ShortLived("newer", 1.0))
    store.write("key", newer)
    store.probe()
    assert store.read("key") == newer
    for file in (paths.secrets_file, paths.short_file):
        assert "probe" not in (file.read_text() if file.exists() else "")

    store.remove("key")
    store.remove("key")
    left = store.read("key")
    assert left is None or left.short_lived is None


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS])
def test_probing_fails_where_nothing_can_be_written(
    paths: Paths, credentials: Credentials, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(number, "planted")

    monkeypatch.setattr(files.os, "rename", fail)
    for store in (FileSecrets(paths), EnvironmentSecrets(credentials, paths)):
        with pytest.raises(StorageError, match=os.strerror(number)):
            store.probe()


def test_probing_fails_where_writes_are_lost(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qiscus_tui.store.paths.ON_DISK.write", lambda *_: None)  # pyright: ignore[reportUnknownLambdaType]

    with pytest.raises(StorageError, match="does not return"):
        FileSecrets(paths).probe()


def test_each_store_says_what_and_where_it_is(paths: Paths, credentials: Credentials) -> None:
    assert FileSecrets(paths).where == str(paths.secrets_file)
    assert MemorySecrets().where == "this run only"
    assert EnvironmentSecrets(credentials, paths).storage is Storage.ENVIRONMENT
    assert str(paths.short_file) in EnvironmentSecrets(credentials, paths).where
    assert EnvironmentSecrets(Credentials(secret_key="key"), paths).where == "environment"


def test_the_file_is_private_and_neither_looking_nor_forgetting_creates_it(
    paths: Paths, credentials: Credentials
) -> None:
    store = FileSecrets(paths)
    assert store.read("key") is None
    assert not paths.data_dir.exists()
    store.remove("key")
    assert not paths.secrets_file.exists()

    store.write("key", credentials)
    assert stat.S_IMODE(paths.secrets_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(paths.data_dir.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"\0\0\0",
        b'{"version": 1, "acc',
        b"[]",
        b"{}",
        b"[" * 100_000,
        b'"\xff"',
        b'{"version": 1, "accounts": ["QEX"]}',
    ],
)
def test_a_damaged_file_is_set_aside_and_reported_once(paths: Paths, damage: bytes) -> None:
    store = FileSecrets(paths)
    store.write("key", new_credentials())
    paths.secrets_file.write_bytes(damage)

    with pytest.raises(StorageError, match=r"was damaged and is now secrets\.json\.damaged-"):
        store.read("key")

    assert store.read("key") is None
    (aside,) = paths.data_dir.glob("*.damaged-*")
    assert aside.read_bytes() == damage


def test_probing_says_that_the_file_is_damaged_and_a_new_token_is_stored_all_the_same(
    paths: Paths,
) -> None:
    store = FileSecrets(paths)
    store.write("key", new_credentials())
    paths.secrets_file.write_bytes(b"half")
    with pytest.raises(StorageError, match="damaged"):
        store.probe()
    store.write("key", new_credentials())
    paths.secrets_file.write_bytes(b"half")
    store.write("key", new_credentials(long_lived="new"))
    assert store.read("key") == new_credentials(long_lived="new")
    assert len(list(paths.data_dir.glob("*.damaged-*"))) == 2


def test_no_damage_shows_a_secret(paths: Paths) -> None:
    store = FileSecrets(paths)
    store.write("key", new_credentials())
    paths.secrets_file.write_bytes(paths.secrets_file.read_bytes()[:-5])

    with pytest.raises(StorageError) as caught:
        store.read("key")

    error: BaseException | None = caught.value
    while error is not None:
        assert "SECRET" not in f"{error!r} {vars(error)!r}"
        error = error.__cause__ or error.__context__


def test_a_newer_format_is_neither_read_nor_replaced(paths: Paths) -> None:
    store = FileSecrets(paths)
    store.write("key", new_credentials())
    text = json.dumps({"version": 2, "vault": "…"})
    paths.secrets_file.write_text(text)

    for use in (lambda: store.read("key"), lambda: store.remove("key"), store.probe):
        with pytest.raises(StorageError, match="newer qiscus-tui"):
            use()
    assert paths.secrets_file.read_text() == text


@pytest.mark.parametrize("entry", [[], {"long_lived": 1}, {"short_lived": {"token": "x"}}])
def test_an_unreadable_entry_is_not_a_missing_entry(paths: Paths, entry: object) -> None:
    FileSecrets(paths).write("other", new_credentials())
    paths.secrets_file.write_text(json.dumps({"version": 1, "accounts": {"key": entry}}))

    with pytest.raises(StorageError, match="can't be read"):
        FileSecrets(paths).read("key")


def add_twelve(paths: Paths, who: str) -> None:
    for number in range(12):
        FileSecrets(paths).write(f"{who} {number}", Credentials(f"{who}-{number}"))


def test_two_processes_lose_nothing_of_each_other(paths: Paths) -> None:
    ended(*(begun(add_twelve, paths, who) for who in ("ann", "ben")))
    stored = json.loads(paths.secrets_file.read_bytes())["accounts"]
    assert set(stored) == {f"{who} {number}" for who in ("ann", "ben") for number in range(12)}


def test_the_environments_own_token_is_never_written(
    paths: Paths, credentials: Credentials
) -> None:
    EnvironmentSecrets(credentials, paths).write("key", credentials)

    text = paths.short_file.read_text()
    assert "SHORT-lived" in text
    assert "LONG-lived" not in text
    assert "REST-key" not in text
    assert stat.S_IMODE(paths.short_file.stat().st_mode) == 0o600


def test_another_token_in_the_environment_does_not_use_the_old_ones_short_token(
    paths: Paths, credentials: Credentials
) -> None:
    EnvironmentSecrets(credentials, paths).write("key", credentials)
    changed = new_credentials(long_lived="another").with_short_lived(None)

    later = EnvironmentSecrets(changed, paths)
    assert later.read("key") == changed

    later.write("key", changed.with_short_lived(ShortLived("fresh", 2.0)))
    assert "SHORT-lived" not in paths.short_file.read_text()


@pytest.mark.parametrize(("expired_for", "stays"), [(-DAY, True), (60, True), (2 * DAY, False)])
def test_an_expired_token_of_other_credentials_goes_with_the_next_write(
    paths: Paths, expired_for: float, *, stays: bool
) -> None:
    now = 1_792_000_000.0
    old = Credentials("old", ShortLived("SHORT-old", now - expired_for, now - 30 * DAY))
    new = Credentials("new", ShortLived("SHORT-new", now + 30 * DAY, now))
    EnvironmentSecrets(old, paths).write("one", old)
    EnvironmentSecrets(new, paths).write("two", new)
    assert ("SHORT-old" in paths.short_file.read_text()) is stays
    assert EnvironmentSecrets(new, paths).read("two") == new


def test_a_changed_long_lived_token_can_not_be_put_into_the_environment(
    paths: Paths, credentials: Credentials
) -> None:
    store = EnvironmentSecrets(credentials, paths)

    with pytest.raises(StorageError, match="can't be stored there"):
        store.write("key", new_credentials(long_lived="new"))
