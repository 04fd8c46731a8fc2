"""A place of its own for every test of the stores, and accounts to put into it."""

import multiprocessing
from collections.abc import Callable
from multiprocessing.process import BaseProcess

import pytest

from qiscus_tui.model.account import Account, Credentials, Role, ShortLived, parse_origin

SECRETS = ("LONG-lived-SECRET", "SHORT-lived-SECRET", "REST-key-SECRET")
"""Planted: must be found in the secret stores alone."""


@pytest.fixture
def account() -> Account:
    return new_account("a@b.c")


@pytest.fixture
def credentials() -> Credentials:
    return new_credentials()


def new_account(user: str, app_code: str = "abcd-gzu41e4e4dv9fu3f") -> Account:
    origin = parse_origin("https://omnichannel.qiscus.com")
    return Account(origin, app_code, user, "Ann", "Tech Corp.", Role.ADMIN, zone_offset=25200.0)


def new_credentials(
    long_lived: str = SECRETS[0], short_lived: str = SECRETS[1], secret_key: str = SECRETS[2]
) -> Credentials:
    """All three kinds of secrets."""
    return Credentials(long_lived, ShortLived(short_lived, 1_793_000_000.0), secret_key)


class FakeKeyring:
    """A keyring whose entries are in memory."""

    def __init__(self) -> None:
        self.entries: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.entries[service, username]


def raising(error: Exception) -> Callable[..., None]:
    """A call that fails so."""

    def fail_with_it(*_: object) -> None:
        raise error

    return fail_with_it


def begun(work: Callable[..., object], *arguments: object) -> BaseProcess:
    """Another process of ours that does this."""
    process = multiprocessing.get_context("spawn").Process(target=work, args=arguments)
    process.start()
    return process


def ended(*processes: BaseProcess) -> None:
    """Wait until they are gone; each must end well."""
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0] * len(processes)
