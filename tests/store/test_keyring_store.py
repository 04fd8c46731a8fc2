import threading
from collections.abc import Callable, Iterator

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import SecretService, chainer, fail, kwallet, libsecret, macOS, null
from keyring.errors import InitError, KeyringLocked, PasswordSetError

from qiscus_tui.errors import StorageError
from qiscus_tui.model.account import Credentials
from qiscus_tui.store.keyring_store import KeyringSecrets, NoKeyring, find_keyring
from tests.store.conftest import FakeKeyring, raising

Install = Callable[[KeyringBackend], None]


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Install:
    """Makes a backend the one that the keyring library chooses."""
    return lambda backend: monkeypatch.setattr(keyring, "get_keyring", lambda: backend)


@pytest.fixture
def fake(install: Install, monkeypatch: pytest.MonkeyPatch) -> FakeKeyring:
    """An unlocked Secret Service that works: a genuine class with the methods of the fake."""
    fake = FakeKeyring()
    for name in ("get_password", "set_password", "delete_password"):
        monkeypatch.setattr(SecretService.Keyring, name, deferring(fake, name))
    install(SecretService.Keyring())
    return fake


@pytest.fixture
def never() -> Iterator[Callable[..., None]]:
    """A call that does not come back while the test runs."""
    ended = threading.Event()

    def hang(*_: object) -> None:
        ended.wait(60)

    yield hang
    ended.set()


def deferring(fake: FakeKeyring, name: str) -> Callable[..., object]:
    """A method that gives the call to the fake, as it is at that moment."""

    def call(_: object, *arguments: str) -> object:
        return getattr(fake, name)(*arguments)

    return call


def found() -> KeyringSecrets:
    return find_keyring(timeout=5)


def there_is_none(reason: str) -> None:
    with pytest.raises(NoKeyring) as caught:
        found()
    assert caught.value.reason == reason


def test_a_keyring_keeps_what_is_written_and_looking_and_probing_leave_nothing(
    fake: FakeKeyring, credentials: Credentials
) -> None:
    secrets = found()
    assert secrets.where == "keyring (Secret Service)"
    secrets.probe()
    assert not fake.entries
    assert secrets.read("key") is None

    secrets.write("key", credentials)
    assert secrets.read("key") == credentials
    assert list(fake.entries) == [("qiscus-tui", "key")]
    assert "SECRET" not in f"{secrets!r} {vars(secrets)!r}"

    secrets.remove("key")
    secrets.remove("key")
    assert secrets.read("key") is None


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (KeyringLocked("dismissed"), "is locked"),
        (InitError("no collection"), r"could not be read \(InitError\)"),
        (RuntimeError("D-Bus"), r"could not be read \(RuntimeError\)"),
        (None, r"no answer in 0\.2 s"),
    ],
)
def test_a_locked_failing_or_slow_keyring_is_an_error_and_not_no_keyring(
    fake: FakeKeyring,
    monkeypatch: pytest.MonkeyPatch,
    never: Callable[..., None],
    error: Exception | None,
    words: str,
) -> None:
    monkeypatch.setattr(fake, "get_password", never if error is None else raising(error))
    with pytest.raises(StorageError, match=words) as caught:
        find_keyring(timeout=0.2 if error is None else 5)
    assert "Unlock the keyring" in caught.value.hint


def test_a_search_for_backends_that_hangs_or_fails_is_an_error(
    monkeypatch: pytest.MonkeyPatch, never: Callable[..., None]
) -> None:
    monkeypatch.setattr(keyring, "get_keyring", raising(ModuleNotFoundError("no such backend")))
    with pytest.raises(StorageError, match="could not be opened") as caught:
        find_keyring(timeout=5)
    assert "PYTHON_KEYRING_BACKEND" in caught.value.hint
    monkeypatch.setattr(keyring, "get_keyring", never)
    with pytest.raises(StorageError, match="did not answer"):
        find_keyring(timeout=0.05)


@pytest.mark.parametrize("moment", ["get_password", "set_password", "delete_password"])
def test_a_keyring_that_fails_later_is_an_error_without_the_secret(
    fake: FakeKeyring, monkeypatch: pytest.MonkeyPatch, credentials: Credentials, moment: str
) -> None:
    secrets = found()
    secrets.write("key", credentials)
    error = PasswordSetError(f"could not store {credentials.secrets}")
    monkeypatch.setattr(fake, moment, raising(error))

    with pytest.raises(StorageError) as caught:
        secrets.remove("key") if moment == "delete_password" else secrets.write("key", credentials)
    assert "SECRET" not in repr(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_a_keyring_that_forgets_what_it_took_is_not_proven(
    fake: FakeKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = found()
    monkeypatch.setattr(fake, "set_password", lambda *_: None)  # pyright: ignore[reportUnknownLambdaType]

    with pytest.raises(StorageError, match="does not return"):
        secrets.probe()


@pytest.mark.parametrize("text", ["", "no json", "[]", '{"long_lived": 5}'])
def test_an_unreadable_entry_is_not_a_missing_entry(fake: FakeKeyring, text: str) -> None:
    fake.entries["qiscus-tui", "key"] = text

    with pytest.raises(StorageError, match="can't be read"):
        found().read("key")


@pytest.mark.usefixtures("fake")
def test_the_size_of_an_entry_is_bounded() -> None:
    with pytest.raises(StorageError, match="characters are too long"):
        found().write("key", Credentials("x" * 20_000))


@pytest.mark.parametrize(
    "kind", [libsecret.Keyring, kwallet.DBusKeyring, kwallet.DBusKeyringKWallet4, macOS.Keyring]
)
def test_the_four_kinds_of_keyring_count(
    install: Install, monkeypatch: pytest.MonkeyPatch, kind: type[KeyringBackend]
) -> None:
    monkeypatch.setattr(kind, "get_password", lambda *_: None)  # pyright: ignore[reportUnknownLambdaType]
    install(kind())

    found()


@pytest.mark.parametrize(
    ("backend", "reason"),
    [(fail.Keyring, "no keyring is running"), (null.Keyring, "the keyring is switched off")],
)
def test_no_keyring_says_why(install: Install, backend: type[KeyringBackend], reason: str) -> None:
    install(backend())

    there_is_none(reason)


def plain_text(base: type[KeyringBackend] = KeyringBackend) -> KeyringBackend:
    """A backend that would write plain text; looking at it must not even ask it."""

    class PlaintextKeyring(base):
        priority = 0.5  # pyright: ignore[reportAssignmentType]

        def get_password(self, service: str, username: str) -> str | None:
            raise AssertionError("asked")

        def set_password(self, service: str, username: str, password: str) -> None:
            raise AssertionError("given a secret")

    return PlaintextKeyring()


def test_an_unknown_backend_counts_as_plain_text_also_in_disguise(install: Install) -> None:
    install(plain_text())
    there_is_none(f"{__name__} is not known to be secure")

    disguised = plain_text(SecretService.Keyring)
    type(disguised).__name__ = type(disguised).__qualname__ = "Keyring"
    type(disguised).__module__ = "keyring.backends.SecretService"
    install(disguised)
    there_is_none("keyring.backends.SecretService is not known to be secure")


def test_a_chain_counts_by_the_member_that_would_be_used_and_does_not_step_down(
    fake: FakeKeyring, install: Install, monkeypatch: pytest.MonkeyPatch, credentials: Credentials
) -> None:
    members = [SecretService.Keyring(), plain_text()]
    monkeypatch.setattr(chainer.ChainerBackend, "backends", members)
    install(chainer.ChainerBackend())
    found().write("key", credentials)
    assert ("qiscus-tui", "key") in fake.entries

    monkeypatch.setattr(fake, "set_password", raising(NotImplementedError()))
    with pytest.raises(StorageError, match="could not be written"):
        found().write("key", credentials)


@pytest.mark.usefixtures("fake")
def test_a_chain_that_starts_with_plain_text_or_is_empty_is_not_a_keyring(
    install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(chainer.ChainerBackend())
    monkeypatch.setattr(chainer.ChainerBackend, "backends", [plain_text(), SecretService.Keyring()])
    there_is_none(f"{__name__} is not known to be secure")

    monkeypatch.setattr(chainer.ChainerBackend, "backends", [])
    there_is_none("no keyring is running")


class LateBackend(FakeKeyring):
    """Writes and removes once it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.let = threading.Event()
        self.let.set()

    def set_password(self, service: str, username: str, password: str) -> None:
        assert self.let.wait(60)
        super().set_password(service, username, password)

    def delete_password(self, service: str, username: str) -> None:
        assert self.let.wait(60)
        super().delete_password(service, username)


OLD, NEW = Credentials("LLTold"), Credentials("LLTnew")
ONLY_COPY = Credentials("LLTnew", replaced="LLTold")


@pytest.mark.parametrize(
    ("before", "late", "after"),
    [(None, NEW, None), (OLD, NEW, OLD), (OLD, ONLY_COPY, ONLY_COPY), (OLD, None, None)],
)
def test_what_ends_after_it_was_given_up_is_taken_back_unless_there_is_no_other_copy(
    before: Credentials | None, late: Credentials | None, after: Credentials | None
) -> None:
    backend = LateBackend()
    patient = KeyringSecrets(backend, "keyring", timeout=5)
    hasty = KeyringSecrets(backend, "keyring", timeout=0.05)
    if before is not None:
        patient.write("key", before)
    backend.let.clear()
    with pytest.raises(StorageError, match="no answer"):
        hasty.remove("key") if late is None else hasty.write("key", late)
    with pytest.raises(StorageError, match="no answer"):
        hasty.write("key", Credentials("never begun"))
    backend.let.set()
    assert patient.read("key") == after

    patient.write("key", Credentials("newer"))
    assert patient.read("key") == Credentials("newer")
