import ipaddress
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qiscus_tui.errors import ConfigError, StorageError
from qiscus_tui.model.account import Storage, parse_origin
from qiscus_tui.model.clients import Known
from qiscus_tui.service.account.workspace import check_words
from qiscus_tui.store import config as settings_module
from qiscus_tui.store.config import AccountConfig, Config, Override, Policy, View
from qiscus_tui.store.config_checks import api_path

load_config = partial(settings_module.load_config, check_words=check_words)
load_named_config = partial(settings_module.load_named_config, check_words=check_words)

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")

WHOLE = """
[server]
url = "https://multichannel.qiscus.com"
timeout = "1m"
ca_bundle = "/etc/ssl/our.pem"
proxy = "http://me:pa55@proxy.example:3128"

[ui]
theme = "nord"
reload = "5m"
expiring = "2d"
mouse = false
bell = false

[storage]
backend = "keyring"

[account."a@b.c@abcd-1"]
readonly = true
label = "jump host"

[[known]]
client = "GuzzleHttp"
ip = "10.2.0.0/16"
label = "billing cron"
protect = true

[[known]]
ip = "2001:db8::/32"

[policy.nightly]
filter = "client:GuzzleHttp age:>1d"
group_by = ["client", "network"]
keep_newest = 1
keep_used_within = "24h"
keep_created_within = "1h"
include_unknown = true
include_protected = true

[policy."used only"]
keep_used_within = "2d"

[view.crons]
filter = "client:GuzzleHttp"
group_by = ["network"]
sort = "count"
reverse = true

[view.old]
sort = "created"

[api.revoke_token]
path = "/api/v3/revoke"
field = "auth_token"

[api.active_token_list]
path = "/api/v3/list"
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def refused(path: Path, text: str) -> ConfigError:
    path.write_text(text, "utf-8")
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    return caught.value


def test_no_file_means_the_usual_settings_unless_it_was_named(path: Path) -> None:
    config = load_config(path)
    assert config == Config()
    assert (config.server.timeout, config.ui.reload, config.ui.expiring) == (20, 60, 86_400)
    with pytest.raises(ConfigError, match="There is no file"):
        load_named_config(path)


def test_every_setting_is_read(path: Path) -> None:
    path.write_text(WHOLE)

    config = load_named_config(path)

    assert config.server.url == parse_origin("https://multichannel.qiscus.com")
    assert config.server.timeout == 60
    assert config.server.ca_bundle == Path("/etc/ssl/our.pem")
    assert config.server.proxy == "http://me:pa55@proxy.example:3128"
    assert "pa55" not in repr(config)
    assert (config.ui.theme, config.ui.reload, config.ui.expiring) == ("nord", 300, 172_800)
    assert not config.ui.mouse
    assert not config.ui.bell
    assert config.storage.backend is Storage.KEYRING
    assert config.accounts["a@b.c@abcd-1"] == AccountConfig(readonly=True, label="jump host")
    assert config.known == (
        Known("billing cron", "GuzzleHttp", ipaddress.ip_network("10.2.0.0/16"), protect=True),
        Known("2001:db8::/32", "", ipaddress.ip_network("2001:db8::/32")),
    )
    assert config.policies == {
        "nightly": Policy(
            name="nightly",
            filter="client:GuzzleHttp age:>1d",
            group_by=("client", "network"),
            keep_newest=1,
            keep_used_within=86_400,
            keep_created_within=3600,
            include_unknown=True,
            include_protected=True,
        ),
        "used only": Policy(name="used only", keep_used_within=172_800),
    }
    assert config.views == {
        "crons": View("crons", "client:GuzzleHttp", ("network",), "count", reverse=True),
        "old": View("old", sort="created"),
    }
    assert config.api == {
        "revoke_token": Override("/api/v3/revoke", "auth_token"),
        "active_token_list": Override("/api/v3/list"),
    }


def test_empty_texts_mean_the_usual_settings(path: Path) -> None:
    path.write_text('[server]\nurl = ""\nca_bundle = ""\nproxy = ""\n[api.revoke_token]\npath = ""')

    assert load_config(path).server == Config().server
    assert load_config(path).api == {"revoke_token": Override()}


@pytest.mark.parametrize(
    ("written", "network"),
    [
        ("10.2", "10.2.0.0/16"),
        ("10.2.", "10.2.0.0/16"),
        ("10.2.3.4", "10.2.3.4/32"),
        ("2001:db8", "2001:db8::/32"),
        ("10.2.3.4/16", "10.2.0.0/16"),
    ],
)
def test_a_known_network_is_written_as_in_a_filter(path: Path, written: str, network: str) -> None:
    path.write_text(f'[[known]]\nip = "{written}"\nprotect = true')

    (known,) = load_config(path).known
    assert known.network == ipaddress.ip_network(network)
    assert known.label == written


@pytest.mark.parametrize(
    ("text", "line", "words", "hint"),
    [
        ("[ui]\n\nrelod = '5s'", 3, "Unknown setting `relod` in [ui]", "Did you mean reload?"),
        ("[sever]\nurl = ''", 1, "Unknown setting `sever`", "Did you mean server?"),
        ("ui.mouse = 1", 1, "mouse must be true or false, not a number", None),
        ("\nui = 5", 2, "ui must be a table ([ui]), not a number", None),
        ("[ui]\nreload = 60", 2, "reload must be text in quotes, not a number", None),
        ("[ui]\nreload = 'soon'", 2, "reload must be a duration", None),
        ("[ui]\nreload = '1M'", 2, "in lower case", None),
        ("[ui]\nreload = '0s'", 2, "reload must be from 1s to 24h", None),
        ("[ui]\n[server]\n\nurl = 'http://a.example'", 4, "unencrypted", None),
        ("[server]\nurl = 'https://a:b@c'", 2, "url is not valid: A server address must", None),
        ("[server]\nca_bundle = 'ca.pem'", 2, "ca_bundle must be an absolute path", None),
        ('[server]\nca_bundle = "/x\\u0000"', 2, "must not contain control characters", None),
        ("[server]\nproxy = 'socks4://x'", 2, "proxy must be like http://host:port", None),
        ("[audit]\nreason = 'always'", 2, "reason must be optional or required", None),
        ("[storage]\nbackend = 'vault'", 2, "backend must be auto, keyring or file", None),
        ("[account.x]\nreadonly = 'yes'", 2, "readonly must be true or false, not text", None),
        (
            "[account.x]\nlabel = 'a\\nb'\n[account.y]\nlable = 'x'",
            4,
            "Unknown setting `lable`",
            None,
        ),
        ('[account.x]\nlabel = "a\\r\\nEvil: 1"', 2, "label must be at most 60 plain", None),
        ("[account]\nx = 1", 2, "x must be a table ([account.x])", None),
        ("[known]\nclient = 'x'", 1, "known must be written as [[known]]", None),
        ("known = [1]", 1, "known must be written as [[known]]", None),
        ("[[known]]\nclient = 'x'\n[[known]]\nip = '10.2.x'", 4, "ip must be an address", None),
        ("[[known]]\nip = '10'\nclient = 'Guzzle*'", 3, "not a pattern: it has *", None),
        ("[[known]]\nclient = 'curl/8'", 2, "without its version, such as curl", None),
        (
            "[[known]]\nclient = 'x'\n\n[[known]]\nlabel = 'y'",
            4,
            "needs client or ip",
            None,
        ),
        (
            "[policy.a]\nkeep_newst = 1",
            2,
            "`keep_newst` in [policy.a]",
            "Did you mean keep_newest?",
        ),
        ("[policy.a]\nname = 'b'", 2, "Unknown setting `name` in [policy.a]", None),
        ("[policy.a]\n\nkeep_newest = 0", 3, "keep_newest must be a whole number, 1 or more", None),
        ("[policy.a]\nkeep_newest = '1'", 2, "keep_newest must be a whole number, 1 or", None),
        ("[policy.a]\nkeep_used_within = '1M'", 2, "keep_used_within must be a duration", None),
        ("[policy.a]\nkeep_used_within = 24", 2, "keep_used_within must be text in quotes", None),
        ("policy.a.keep_newest = 1\npolicy.a.group_by = 'ip'", 2, "group_by must be a list", None),
        ("[policy.a]\nkeep_newest = 1\ngroup_by = [1]", 3, "group_by must be a list", None),
        (
            "[policy.a]\nkeep_newest = 1\n\ngroup_by = ['client', 'netwrk']",
            4,
            "Unknown grouping `netwrk`",
            "Did you mean network?",
        ),
        (
            "[policy.a]\nkeep_newest = 1\nfilter = 'age:>7d clint:x'",
            3,
            "filter has a mistake: Unknown key 'clint', at character 9",
            None,
        ),
        ("[view.a]\nfilter = 'age:'", 2, "filter has a mistake: ", None),
        ("[view.a]\nsort = 'creatd'", 2, "Unknown sort key `creatd`", "Did you mean created?"),
        ("[view.a]\nsort = 'count'", 2, "Unknown sort key `count`", None),
        ("[view.a]\ngroup_by = ['day']\nsort = 'expires'", 3, "Unknown sort key", None),
        ("[view.a]\ngroup_by = ['day']\nsort = 'ip'", 3, "Unknown sort key `ip`", None),
        ("[view.a]\ngroup_by = ['day', 'ip', 'day']", 2, "names a grouping twice", None),
        ("[view.a]\nreverse = true", 1, "[view.a] needs a filter, group_by or sort", None),
        ("[api.revoke_tokens]\npath = '/x'", 1, "Unknown setting `revoke_tokens` in [api]", None),
        *(
            (f"[api.{call}]\npath = '{path}'", 2, f"path {problem}", None)
            for call, path, problem in (
                ("revoke_token", "/api/v2/auth/revoke_all_token", "names a call that ends every"),
                ("revoke_token", "/api/v2/auth/revoke_all_token/", "names a call that ends every"),
                ("revoke_token", "/API/v3/Revoke-All", "names a call that ends every session"),
                ("refresh_token", "/api/v1/auth/revoke_all", "names a call that ends every"),
                ("active_token_list", "/api/v1/revoke_all", "names a call that ends every"),
                ("revoke_all_token", "/api/v2/auth/revoke_token", "is the path of revoke_token"),
                ("revoke_token", "/api/v1/auth/logout", "is the path of logout too"),
            )
        ),
        ("[api.revoke_token]\npath = 'x'", 2, "path must be a path such as", None),
        ("[api.revoke_token]\nfield = 'a\\tb'\nfeld = ''", 3, "Unknown setting `feld`", None),
        ("[keys]\nreload = 'F5'", 2, "reload must be a key, such as d, D, f5", None),
        ("[keys]\nreload = 'ctrl+s'", 2, "none that terminals or multiplexers take", None),
        ("[keys]\nreload = ','", 2, "reload must be a key", None),
        ("[keys]\nreload = 'f5,'", 2, "reload must be a key", None),
        ("[keys]\nreload = 5", 2, "reload must be text in quotes", None),
        *(
            (
                f"[keys]\n{given}",
                line,
                f"{words} the key of {other}",
                "Choose another key, or change both.",
            )
            for given, line, words, other in (
                ("revoke = 'r'", 2, "revoke can't have the key `r`: it is", "reload"),
                ("revoke = 'd,/'", 2, "it is", "filter"),
                ("revoke = 'd'\nprune = 'd'", 3, "prune can't have the key `d`: it is", "revoke"),
                ("overview = 'y'", 2, "it is", "confirm"),
                ("rules = 'c'", 2, "rules can't have the key `c`: it is", "allow_current"),
                ("rules = '7'", 2, "it is", "show_view"),
            )
        ),
        ("[api.revoke_token]\nfield = ''", 2, "field must be the name of a field", None),
        ("[ui]\ntheme = 'nrod'", 2, "Unknown theme `nrod`", "Did you mean nord?"),
        ("[keys]\nrelod = 'd'", 2, "Unknown setting `relod` in [keys]", "Did you mean reload?"),
        ("a = 1\nb = = 2", 2, "Invalid value", None),
        ("mouse = 1\nmouse = 2", 2, "Cannot overwrite", None),
        ("[server\nurl = ''", 1, "Expected ']'", None),
        ("a = 'x\nb = 1", 2, "Expected", None),
        ("a = [1,", 1, "", None),
        ("server = 2026-01-01", 1, "server must be a table ([server]), not a date", None),
    ],
)
def test_an_error_names_the_line_and_the_nearest_name(
    path: Path, text: str, line: int, words: str, hint: str | None
) -> None:
    error = refused(path, text)

    assert error.message.startswith(f"{path}, line {line}: ")
    assert words in error.message
    assert hint is None or error.hint == hint


def test_a_key_that_needs_quotes_is_found_and_shown_safe(path: Path) -> None:
    error = refused(path, '[ui]\n"a = \\u001b[31m" = 1')

    assert ", line 2: " in error.message
    assert error.message.isprintable()


def test_no_error_repeats_the_proxys_password(path: Path) -> None:
    error = refused(path, "[server]\nproxy = 'http://me:pa55@host:99999999'")

    cause: BaseException | None = error
    while cause is not None:
        assert "pa55" not in repr(cause)
        cause = cause.__cause__


def test_a_byte_order_mark_is_no_part_of_the_text(path: Path) -> None:
    path.write_text("[ui]\nmouse = false\n", encoding="utf-8-sig")
    assert not load_config(path).ui.mouse


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (b"[ui]\n# \xff", "line 2: this is not UTF-8"),
        (Path.mkdir, "could not be read: Is a directory"),
        (os.mkfifo, "is a named pipe"),
        (b"a = " + b"[" * 50_000, "config.toml"),
    ],
)
def test_what_is_no_settings_is_an_error_and_not_waited_for(
    path: Path, make: bytes | Callable[[Path], object], words: str
) -> None:
    if isinstance(make, bytes):
        path.write_bytes(make)
    else:
        make(path)
    with pytest.raises(ConfigError, match=words):
        load_config(path)


@pytest.mark.parametrize("link", ["config.toml", "qiscus-tui", ".config"])
def test_a_link_to_nowhere_is_no_missing_file(tmp_path: Path, link: str) -> None:
    path = tmp_path / ".config" / "qiscus-tui" / "config.toml"
    at = next(part for part in (path, *path.parents) if part.name == link)
    at.parent.mkdir(parents=True, exist_ok=True)
    at.symlink_to(tmp_path / "gone")

    with pytest.raises(ConfigError, match=f"{link} is a link to .*gone, which is not there"):
        load_config(path)


@pytest.mark.parametrize(
    "bad",
    [
        "api/v2", "//evil.example/x", "/a//b", "/a\\b", "/a@b", "https://evil.example/", "/a/../b",
        "/..", "/a\nb", "/a?b=1", "/a#b", "/a b", "/%2e%2e/b", "/\u202e", "/" + "a" * 300,
    ],
)  # fmt: skip
def test_an_override_that_could_lead_elsewhere_is_refused(bad: str) -> None:
    with pytest.raises(ValueError, match="must be a"):
        api_path(bad)


@settings(max_examples=100, deadline=None)
@given(st.text("/.\\@:?#%ab \n\u202e", max_size=12))
def test_no_override_leaves_the_server(text: str) -> None:
    from urllib.parse import urlsplit

    try:
        path = api_path(text)
    except ValueError:
        return
    if path is not None:
        parts = urlsplit(f"https://omnichannel.qiscus.com{path}")
        assert parts.netloc == "omnichannel.qiscus.com"
        assert parts.path == path
        assert ".." not in path


# Whoever can write it decides where our tokens go


@pytest.mark.parametrize("mode", [0o664, 0o646, 0o666])
def test_a_file_that_others_can_write_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[server]\nproxy = "http://stranger.example:1"\n')
    path.chmod(mode)
    for load in (load_config, load_named_config):
        with pytest.raises(StorageError, match="may be written by others") as refusal:
            load(path)
        assert "chmod go-w" in refusal.value.hint


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o400])
def test_a_file_that_others_can_read_at_most_is_obeyed(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "config.toml"
    path.write_text("")
    path.chmod(mode)
    assert load_named_config(path) == Config()


def test_a_folder_in_which_others_can_replace_it_is_refused_and_tmp_is_none(tmp_path: Path) -> None:
    path = tmp_path / "there" / "config.toml"
    path.parent.mkdir()
    path.write_text("")
    path.chmod(0o600)
    path.parent.chmod(0o777)
    with pytest.raises(StorageError, match="there may be written by others"):
        load_config(path)
    link = tmp_path / "config.toml"
    link.symlink_to(path)
    with pytest.raises(StorageError, match="there may be written by others"):
        load_config(link)
    path.parent.chmod(0o1777)
    assert load_config(path) == Config()


@as_root
def test_another_users_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("")
    os.chown(path, 54321, 54321)
    with pytest.raises(StorageError, match="belongs to 54321"):
        load_config(path)


def test_certificates_that_others_can_write_are_refused(tmp_path: Path) -> None:
    bundle = tmp_path / "ca.pem"
    bundle.write_text("")
    bundle.chmod(0o666)
    path = tmp_path / "config.toml"
    path.write_text(f'[server]\nca_bundle = "{bundle}"\n')
    path.chmod(0o600)
    with pytest.raises(StorageError, match=r"ca\.pem may be written by others"):
        load_config(path)
