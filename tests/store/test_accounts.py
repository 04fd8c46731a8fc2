import json

import pytest
from msgspec.structs import replace

from qiscus_tui.errors import NoAccount, StorageError
from qiscus_tui.model.account import Account, Storage
from qiscus_tui.store.accounts import AccountBook, StoredAccount
from qiscus_tui.store.paths import Paths
from tests.store.conftest import new_account


@pytest.fixture
def book(paths: Paths) -> AccountBook:
    return AccountBook(paths)


def stored(account: Account, name: str = "") -> StoredAccount:
    return StoredAccount(name, account, Storage.FILE, "3fa9c01b77be", 1_792_000_000.0)


def test_an_account_comes_back_as_it_was(book: AccountBook, account: Account) -> None:
    kept = book.save(stored(account))

    assert kept.name == "a@b.c@abcd-gzu41e4e4dv9fu3f"
    assert book.all() == (kept,)
    assert book.find(kept.name) == kept
    assert kept.account == account


def test_the_same_account_is_updated_in_place_and_keeps_its_date(
    book: AccountBook, account: Account
) -> None:
    book.save(stored(account, "work"))
    book.save(stored(new_account("z@b.c")))
    later = StoredAccount("", replace(account, app_name="New"), Storage.KEYRING, "", 5.0)

    kept = book.save(later)

    assert kept.name == "work"
    assert kept.created_at == 1_792_000_000.0
    assert book.all()[0] == kept
    assert len(book.all()) == 2


def test_another_name_renames_the_account_and_a_taken_one_gets_a_number(
    book: AccountBook, account: Account, paths: Paths
) -> None:
    book.save(stored(account, "work"))
    book.save(stored(new_account("z@b.c"), "home"))
    book.use("work")

    assert book.save(stored(account, "office")).name == "office"
    assert [one.name for one in book.all()] == ["office", "home"]
    assert AccountBook(paths).last_used() == "office"  # still the chosen one
    assert book.save(stored(account, "home")).name == "home-2"
    assert book.save(stored(new_account("b"), "home")).name == "home-3"


def test_an_unknown_account_can_not_be_used(book: AccountBook) -> None:
    with pytest.raises(NoAccount, match="no account 'nobody'"):
        book.use("nobody")


def test_a_forgotten_account_is_no_longer_the_last_used(
    book: AccountBook, account: Account
) -> None:
    book.save(stored(account, "work"))
    book.use("work")

    book.remove(account.key)
    book.remove(account.key)

    assert book.all() == ()
    assert book.last_used() is None


@pytest.mark.parametrize(
    ("field", "value"),
    [("origin", "http://evil.example"), ("role", "king"), ("name", 5), ("zone_offset", "x")],
)
def test_an_unreadable_account_is_reported(
    book: AccountBook, account: Account, paths: Paths, field: str, value: object
) -> None:
    book.save(stored(account))
    content = json.loads(paths.accounts_file.read_bytes())
    content["accounts"][account.key][field] = value
    paths.accounts_file.write_text(json.dumps(content))

    with pytest.raises(StorageError, match="account that can't be read"):
        book.all()


def test_the_texts_of_an_account_come_back_fit_to_be_shown(
    book: AccountBook, account: Account, paths: Paths
) -> None:
    book.save(stored(replace(account, user="a\x1b[2J", user_name="\x9d0;", app_name="\u202eX")))

    found = book.all()[0].account

    assert (found.user, found.user_name) == ("a\u241b[2J", "\\x9d0;")
    assert found.app_name == "\\u202eX"
