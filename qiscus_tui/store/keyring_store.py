"""The system's keyring: Secret Service, libsecret, KWallet, the macOS keychain.

Only these four keep secrets from other users and from backups; any other backend counts as plain
text. A keyring that is locked, broken or slow is an error and never "no token": otherwise a
second login would orphan the first one's tokens.
"""

import contextlib
import json
import os
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from typing import Protocol, TypeVar, cast

import msgspec

from qiscus_tui.errors import StorageError
from qiscus_tui.model.account import Credentials, Storage
from qiscus_tui.store.jsonfile import decoded, parse_object

SERVICE = "qiscus-tui"
WAIT = 3.0
"""Seconds to wait for one answer of a keyring."""

MOST_CHARACTERS = 16_384
"""Some keyrings reject longer entries, and no token is that long."""

_UNLOCK = "Unlock the keyring and try again, or log in with --store file."

T = TypeVar("T")


class Backend(Protocol):
    """The methods used of the keyring library's backends."""

    def get_password(self, service: str, username: str) -> str | None: ...
    def set_password(self, service: str, username: str, password: str) -> None: ...
    def delete_password(self, service: str, username: str) -> None: ...


class NoKeyring(StorageError):
    """There is no usable keyring."""

    def __init__(self, reason: str) -> None:
        """`reason` is why not, for the user."""
        hint = "Unlock or start it, or log in with --store file."
        super().__init__(f"The keyring cannot be used: {reason}", hint)
        self.reason = reason


class KeyringSecrets:
    """Secrets in the system's keyring, one entry per account."""

    storage = Storage.KEYRING

    def __init__(self, backend: Backend, where: str, timeout: float = WAIT) -> None:
        self.where = where
        self._backend = backend
        self._timeout = timeout

    def read(self, key: str) -> Credentials | None:
        text = self._get(key)
        if text is None:
            return None
        credentials = decoded(parse_object(text.encode("utf-8", "surrogatepass")), Credentials)
        if credentials is None:
            raise StorageError(
                f"The entry of this account in the {self.where} can't be read",
                "Log in again: qiscus-tui login",
            )
        return credentials

    def write(self, key: str, credentials: Credentials) -> None:
        # A long-lived token that replaced another may have no other copy: it stays, if late.
        text = json.dumps(msgspec.to_builtins(credentials))
        self._set(key, text, can_undo=credentials.replaced is None)

    def remove(self, key: str) -> None:
        if self._get(key) is not None:
            self._bounded(lambda: self._backend.delete_password(SERVICE, key), "forget an entry")

    def probe(self) -> None:
        key = f"probe {os.urandom(4).hex()}"
        self._set(key, json.dumps({"probe": os.urandom(8).hex()}))
        self.remove(key)

    def answer(self) -> None:
        """Read an entry that need not exist, to see that the keyring answers."""
        self._get("probe")

    def _get(self, key: str) -> str | None:
        return self._bounded(lambda: self._backend.get_password(SERVICE, key), "be read")

    def _set(self, key: str, text: str, *, can_undo: bool = True) -> None:
        if len(text) > MOST_CHARACTERS:
            raise StorageError(
                f"{len(text):,} characters are too long for an entry in the {self.where}",
                "Log in with --store file.",
            )
        before = self._get(key) if can_undo else None
        self._bounded(
            lambda: self._backend.set_password(SERVICE, key, text),
            "be written",
            undo=(lambda: self._restore(key, before)) if can_undo else None,
        )
        if self._get(key) != text:  # KWallet's backend ignores the answer to a write
            raise StorageError(f"The {self.where} does not return what was written", _UNLOCK)

    def _restore(self, key: str, before: str | None) -> None:
        if before is not None:
            self._backend.set_password(SERVICE, key, before)
        else:
            self._backend.delete_password(SERVICE, key)

    def _bounded(
        self, call: Callable[[], T], what: str, undo: Callable[[], object] | None = None
    ) -> T:
        done = _ask(call, self._timeout, undo)
        if done is None:
            raise StorageError(
                f"The {self.where} could not {what}: no answer in {self._timeout:g} s "
                "(it may be locked)",
                _UNLOCK,
            )
        if (error := done.exception()) is not None:
            # Without the cause: a backend's message may repeat the secret.
            raise _error(self.where, what, error)
        return done.result()


def find_keyring(timeout: float = WAIT) -> KeyringSecrets:
    """Return this machine's keyring, after a real read from it.

    Raises NoKeyring where there is none; StorageError if it is locked, broken or does not answer.
    """
    done = _ask(_choose, timeout)
    if done is None:
        raise StorageError(f"The keyring did not answer in {timeout:g} s", _UNLOCK)
    error = done.exception()
    if error is not None and not isinstance(error, NoKeyring):
        raise StorageError(
            f"The keyring could not be opened ({type(error).__name__})",
            "Check PYTHON_KEYRING_BACKEND and keyringrc.cfg, or log in with --store file.",
        ) from error
    backend, where = done.result()
    found = KeyringSecrets(backend, where, timeout)
    found.answer()
    return found


def _choose() -> tuple[Backend, str]:
    """Return the backend that the keyring library uses, with its name. Raises NoKeyring."""
    try:
        import keyring
        from keyring.backends import chainer, fail, null
    except ImportError as error:
        raise NoKeyring("the keyring library is not installed") from error
    backend = keyring.get_keyring()
    if type(backend) is chainer.ChainerBackend:
        members = backend.backends
        if not members:
            raise NoKeyring("no keyring is running")
        backend = members[0]  # used directly: the chain would fall back to the next
    if type(backend) is fail.Keyring:
        raise NoKeyring("no keyring is running")
    if type(backend) is null.Keyring:
        raise NoKeyring("the keyring is switched off")
    # The classes themselves: names can be imitated, and a subclass may do anything.
    for kind, name in _trusted():
        if type(backend) is kind:
            return cast("Backend", backend), name
    raise NoKeyring(f"{type(backend).__module__} is not known to be secure")


def _trusted() -> tuple[tuple[type, str], ...]:
    from keyring.backends import SecretService, kwallet, libsecret, macOS

    return (
        (SecretService.Keyring, "keyring (Secret Service)"),
        (libsecret.Keyring, "keyring (libsecret)"),
        (kwallet.DBusKeyring, "keyring (KWallet)"),
        (kwallet.DBusKeyringKWallet4, "keyring (KWallet)"),
        (macOS.Keyring, "keychain"),
    )


# Every call runs in one daemon thread, one after the other: one that hangs in D-Bus blocks neither
# us nor our exit, and no other call comes between one that ends late and what undoes it.

_calls = queue.SimpleQueue[Callable[[], None]]()


def _work() -> None:
    while True:
        _calls.get()()


threading.Thread(target=_work, name="keyring", daemon=True).start()


def _ask(
    call: Callable[[], T], timeout: float, undo: Callable[[], object] | None = None
) -> Future[T] | None:
    """Return the call, which has ended; None where it took too long.

    One that has not begun by then is dropped. `undo` reverts one that succeeds afterwards.
    """
    future: Future[T] = Future()

    def run() -> None:
        if future.set_running_or_notify_cancel():
            try:
                future.set_result(call())
            except Exception as error:  # noqa: BLE001 backends raise anything; the caller reports it
                future.set_exception(error)

    def revert(late: Future[T]) -> None:
        if undo is not None and late.exception() is None:
            with contextlib.suppress(Exception):  # no one waits for the result
                undo()

    _calls.put(run)
    wait([future], timeout)
    if future.done():
        return future
    if not future.cancel():
        future.add_done_callback(revert)
    return None


def _error(where: str, what: str, error: BaseException) -> StorageError:
    from keyring.errors import KeyringLocked

    if isinstance(error, KeyringLocked):
        return StorageError(f"The {where} is locked", _UNLOCK)
    return StorageError(f"The {where} could not {what} ({type(error).__name__})", _UNLOCK)
