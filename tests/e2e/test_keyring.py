"""The whole program before keyrings of every kind: said in words, never a silent step down.

The genuine class's methods are replaced; a real gnome-keyring: `tests/store/test_gnome_keyring.py`.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backends import SecretService
from keyring.errors import KeyringLocked

from tests.e2e.processes import Machine, machine
from tests.sandbox import PASSWORD, Call


class Service:
    """A Secret Service, which works or ails."""

    def __init__(self) -> None:
        self.entries: dict[tuple[str, str], str] = {}
        self.ails = ""

    def get_password(self, service: str, username: str) -> str | None:
        if self.ails == "locked":
            raise KeyringLocked("Failed to unlock the collection!")
        if self.ails == "failing":  # and repeats in its words what it was to keep
            raise RuntimeError(f"D-Bus is gone, and so is {self.entries}")
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.ails != "forgetful":
            self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.entries[service, username]


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Service:
    """The keyring of this machine."""
    made = Service()
    for name in ("get_password", "set_password", "delete_password"):
        monkeypatch.setattr(SecretService.Keyring, name, without_self(getattr(made, name)))
    monkeypatch.setattr(keyring, "get_keyring", SecretService.Keyring)
    return made


def without_self(method: Callable[..., object]) -> Callable[..., object]:
    """The method of another object, as one of a class."""
    return lambda _self, *given: method(*given)  # pyright: ignore[reportUnknownLambdaType]


@pytest.fixture
def here(tmp_path: Path, service: Service) -> Iterator[Machine]:
    """A machine with that keyring."""
    with machine(tmp_path / "home") as made:
        yield made


def login(here: Machine, store: str) -> "tuple[int, str]":
    done = here.run_here(*here.login_words(store), stdin=f"{PASSWORD}\n")
    return done.code, done.out + done.err


def test_a_keyring_that_works_keeps_the_account_until_it_is_logged_out(
    here: Machine, service: Service
) -> None:
    code, said = login(here, "auto")
    assert code == 0
    assert "The tokens will be stored in: keyring (Secret Service)" in said
    assert not here.paths.secrets_file.exists()
    assert here.state.long_lived_token() in str(service.entries)  # pyright: ignore[reportOperatorIssue]
    assert "keyring (Secret Service)" in here.run_here("status").out
    assert here.run_here("token").out.strip() in here.tokens()
    assert here.run_here("logout").code == 0
    assert service.entries == {}
    assert len(here.tokens()) == 5


@pytest.mark.parametrize("ails", ["locked", "failing", "forgetful"])
def test_a_keyring_that_ails_is_an_error_before_anything_is_sent_and_later_never_no_token(
    here: Machine, service: Service, ails: str
) -> None:
    service.ails = ails
    service.entries["qiscus-tui", "note"] = "PLANTED"
    code, said = login(here, "auto")
    assert (code, "--store file" in said, "PLANTED" in said) == (6, True, False)
    assert here.state.calls[Call.LOGIN] == 0
    assert not here.paths.secrets_file.exists()
    service.ails = ""
    assert login(here, "auto")[0] == 0
    service.ails = ails
    done = here.run_here("sessions")
    assert done.code == (0 if ails == "forgetful" else 6)  # what it took before is there
    assert ("keyring" in done.err) is (ails != "forgetful")
    assert here.state.long_lived_token() not in done.err  # pyright: ignore[reportOperatorIssue]
    service.ails = ""
    assert here.run_here("sessions").code == 0
    assert here.state.calls[Call.LOGIN] == 1
