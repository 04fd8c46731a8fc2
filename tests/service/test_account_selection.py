"""Which account a run is for: flag, then environment, then the one used last."""

from collections.abc import Mapping

import pytest

from qiscus_tui import __version__
from qiscus_tui.errors import AddressError, ConfigError, NoAccount, UsageError
from qiscus_tui.model.account import Account, Credentials, Storage, parse_origin
from qiscus_tui.service.account.connection import wire_settings
from qiscus_tui.service.account.directory import switched_to
from qiscus_tui.service.account.selection import (
    AccountOptions,
    SelectedAccount,
    environment_credentials,
)
from qiscus_tui.service.account.workspace import LocalFiles, Workspace
from qiscus_tui.store.accounts import StoredAccount
from qiscus_tui.store.config import AccountConfig, Config, ServerConfig
from tests.clocks import ManualClock

ORIGIN = parse_origin("https://omnichannel.qiscus.com")
GIVEN = {"QISCUS_LONG_LIVED_TOKEN": "long-secret", "QISCUS_APP_ID": "abcd-1"}


def keep(on: LocalFiles, *names: str) -> None:
    """Accounts of these names, logged in one after the other."""
    for name in names:
        on.book.save(StoredAccount(name, Account(ORIGIN, "abcd-1", f"{name}@b.c"), Storage.FILE))


def workspace_of(
    on: LocalFiles | None = None,
    account_options: AccountOptions | None = None,
    environ: Mapping[str, str] | None = None,
    config: Config | None = None,
) -> Workspace:
    files, options = on or LocalFiles.in_memory(), account_options or AccountOptions()
    return Workspace(environ or {}, config or Config(), files, ManualClock(0.0), options)


def chosen(
    on: LocalFiles,
    account_options: AccountOptions | None = None,
    environ: Mapping[str, str] | None = None,
    config: Config | None = None,
) -> SelectedAccount:
    return workspace_of(on, account_options, environ, config).choose()


@pytest.mark.parametrize(
    ("names", "flag", "environ", "used", "name", "by"),
    [
        (("one", "two", "three"), "three", "two", "one", "three", "--account"),
        (("one", "two"), None, "two", "one", "two", "QISCUS_TUI_ACCOUNT"),
        (("one", "two"), None, "", "two", "two", "last used"),
        (("one",), None, "", "", "one", "the only one"),
    ],
)
def test_the_flag_comes_before_the_environment_and_that_before_the_last_used(
    on_disk: LocalFiles,
    names: tuple[str, ...],
    flag: str | None,
    environ: str,
    used: str,
    name: str,
    by: str,
):
    keep(on_disk, *names)
    if used:
        assert switched_to(workspace_of(on_disk), used).name == used
    choice = chosen(on_disk, AccountOptions(account=flag), {"QISCUS_TUI_ACCOUNT": environ})
    assert (choice.name, choice.by) == (name, by)


def test_of_several_accounts_none_is_guessed_and_of_none_there_is_none(on_disk: LocalFiles):
    with pytest.raises(NoAccount) as caught:
        chosen(on_disk)
    assert caught.value.exit_code == 4
    assert workspace_of(on_disk).choose_if_any() is None
    keep(on_disk, "one")
    assert workspace_of(on_disk).choose_if_any() is not None
    keep(on_disk, "two")
    with pytest.raises(UsageError, match="2 accounts"):
        chosen(on_disk)


@pytest.mark.parametrize(
    ("options", "environ", "source"),
    [
        (AccountOptions(account="nobody"), {}, "--account"),
        (AccountOptions(), {"QISCUS_TUI_ACCOUNT": "nobody"}, "QISCUS_TUI_ACCOUNT"),
    ],
)
def test_an_unknown_account_is_said_with_where_its_name_came_from(
    on_disk: LocalFiles, options: AccountOptions, environ: dict[str, str], source: str
):
    for names in ((), ("one",)):
        keep(on_disk, *names)
        with pytest.raises(NoAccount, match="nobody") as caught:
            workspace_of(on_disk, options, environ).choose_if_any()
        assert not names or source in f"{caught.value.message} {caught.value.hint}"


def test_credentials_from_the_environment_are_an_account_of_their_own_without_login(
    on_disk: LocalFiles,
):
    keep(on_disk, "one")
    choice = chosen(on_disk, AccountOptions(server="https://flag.example"), GIVEN)
    assert choice.by == "environment"
    assert choice.stored.storage is Storage.ENVIRONMENT
    assert choice.account.app_code == "abcd-1"
    assert choice.account.origin.host == "flag.example"
    assert choice.given is not None
    assert choice.given.long_lived == "long-secret"
    assert "long-secret" not in repr(choice)
    other = chosen(on_disk, environ=GIVEN | {"QISCUS_LONG_LIVED_TOKEN": "of-bob"})
    assert other.account.key != chosen(on_disk, environ=GIVEN).account.key

    with pytest.raises(UsageError) as caught:
        chosen(on_disk, AccountOptions(account="one"), GIVEN)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    "environ",
    [
        {"QISCUS_LONG_LIVED_TOKEN": "long-secret"},
        {"QISCUS_APP_ID": "abcd-1"},
        {"QISCUS_SECRET_KEY": "key-secret"},
        {"QISCUS_LONG_LIVED_TOKEN": "  ", "QISCUS_APP_ID": "abcd-1"},
    ],
)
def test_one_variable_without_the_other_is_an_error_without_its_value(environ: dict[str, str]):
    with pytest.raises(ConfigError) as caught:
        environment_credentials(environ)
    assert caught.value.exit_code == 2
    assert "secret" not in f"{caught.value.message} {caught.value.hint}".replace("secret key", "")


@pytest.mark.parametrize("name", ["QISCUS_LONG_LIVED_TOKEN", "QISCUS_APP_ID"])
@pytest.mark.parametrize("value", ["schlüssel", "a\nb", "a\x1bb"])
def test_what_can_be_in_no_header_is_refused(name: str, value: str):
    with pytest.raises(ConfigError) as caught:
        environment_credentials(GIVEN | {name: value})
    assert value not in caught.value.message


def test_a_secret_key_alone_is_enough_for_an_account():
    found = environment_credentials({"QISCUS_SECRET_KEY": "key", "QISCUS_APP_ID": "abcd-1"})
    assert found == ("abcd-1", Credentials(secret_key="key"))
    assert environment_credentials({"QISCUS_APP_ID": " "}) is None


def test_the_server_is_the_flag_then_the_environment_then_the_configuration():
    config = Config(server=ServerConfig(url=parse_origin("https://config.example")))
    environ = {"QISCUS_TUI_SERVER": "https://environ.example"}
    flag = AccountOptions(server="https://flag.example")
    for options, given, configured, host in (
        (flag, environ, config, "flag.example"),
        (None, environ, config, "environ.example"),
        (None, {}, config, "config.example"),
        (None, {}, Config(), ORIGIN.host),
    ):
        space = workspace_of(None, options, given, configured)
        assert space.login_server().host == host


@pytest.mark.parametrize("address", ["http://other.example", "https://a.example/path", "://"])
def test_an_address_that_will_not_do_is_exit_code_2(address: str):
    with pytest.raises(AddressError) as caught:
        workspace_of(account_options=AccountOptions(server=address)).login_server()
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("address", [str(ORIGIN), "OMNICHANNEL.qiscus.com:443"])
def test_a_stored_account_goes_to_no_other_server(on_disk: LocalFiles, address: str):
    keep(on_disk, "one")
    assert chosen(on_disk, AccountOptions(server=address)).name == "one"
    with pytest.raises(UsageError, match="belongs to") as caught:
        chosen(on_disk, AccountOptions(server="https://other.example"))
    assert caught.value.exit_code == 2
    environ = {"QISCUS_TUI_SERVER": "https://other.example"}
    assert chosen(on_disk, environ=environ).account.origin == ORIGIN


@pytest.mark.parametrize("name", ["one", "one@b.c@abcd-1"])
def test_what_the_configuration_says_of_the_account_is_applied(on_disk: LocalFiles, name: str):
    keep(on_disk, "one")
    config = Config(accounts={name: AccountConfig(readonly=True, label="web-1")})
    space = workspace_of(on_disk, config=config)
    account = space.choose().account
    assert account.readonly
    assert wire_settings(space, account.label).user_agent == f"qiscus-tui/{__version__} (web-1)"
    assert wire_settings(space).user_agent == f"qiscus-tui/{__version__}"
