"""Short names of clients, friendly and hostile."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qiscus_tui.service.sessions.user_agents import LONGEST, UNKNOWN, client_name

WINDOWS_CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/126.0.0.0 Safari/537.36"
)
IPHONE_SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
)
MAC_SAFARI = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/17.4 Safari/605.1.15"
)
ANDROID_CHROME = (
    "Mozilla/5.0 (Linux; Android 14; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/125.0.0.0 Mobile Safari/537.36"
)
BROWSERS = [
    (WINDOWS_CHROME, "Chrome 126 · Windows"),
    (f"{WINDOWS_CHROME} Edg/126.0.1", "Edge 126 · Windows"),
    (IPHONE_SAFARI, "Safari 17 · iPhone"),
    (MAC_SAFARI, "Safari 17 · macOS"),
    (ANDROID_CHROME, "Chrome 125 · Android"),
    ("Mozilla/5.0 (X11; Linux x86_64; rv:126.0) Gecko/20100101 Firefox/126.0",
     "Firefox 126 · Linux"),
    ("Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:126.0) Gecko/20100101 Firefox/126.0",
     "Firefox 126 · Ubuntu"),
    (ANDROID_CHROME.replace("Chrome/", "SamsungBrowser/20.0 Chrome/"),
     "Samsung Internet 20 · Android"),
    (ANDROID_CHROME.replace("Mobile", "UCBrowser/13.4.0.1306 Mobile"), "UC Browser 13 · Android"),
    (WINDOWS_CHROME.replace("Safari/", "YaBrowser/23.3.0 Safari/"), "Yandex Browser 23 · Windows"),
    (f"{ANDROID_CHROME} XiaoMi/MiuiBrowser/13.5.2-gn", "MiuiBrowser 13 · Android"),
    (f"{WINDOWS_CHROME} Vivaldi/5.7", "Vivaldi 5 · Windows"),
    (WINDOWS_CHROME.replace("Chrome/", "HeadlessChrome/"), "HeadlessChrome 126 · Windows"),
    (f"{ANDROID_CHROME} EdgA/110.0.1587.50", "Edge 110 · Android"),
    (IPHONE_SAFARI.replace("Mobile", "EdgiOS/110.0.1587.63 Mobile"), "Edge 110 · iPhone"),
    (f"{WINDOWS_CHROME} OPR/95.0.4635.46", "Opera 95 · Windows"),
    (IPHONE_SAFARI.replace("Safari/604.1", "[FBAN/FBIOS;FBAV/404.0]"), "Facebook 404 · iPhone"),
]  # fmt: skip


@pytest.mark.parametrize(("agent", "name"), BROWSERS)
def test_a_browser_is_told_with_its_platform(agent: str, name: str) -> None:
    assert client_name(agent) == name


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("curl/8.5.0", "curl 8.5"),
        ("python-requests/2.31.0", "python-requests 2.31"),
        ("PostmanRuntime/7.36.1", "PostmanRuntime 7.36"),
        ("GuzzleHttp/7", "GuzzleHttp 7"),
        ("GuzzleHttp/6.5.5 curl/7.68.0 PHP/7.4.3", "GuzzleHttp 6.5"),
        ("billing-cron/v3.1 (+https://example.org)", "billing-cron 3.1"),
        ("n8n", "n8n"),
        ("(strange)", "(strange)"),
        ("x/1 " + "A" * 100_000 + WINDOWS_CHROME, "x 1"),
    ],
)
def test_a_tool_is_told_by_its_first_product(agent: str, name: str) -> None:
    assert client_name(agent) == name


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)",
         "UptimeRobot 2.0"),
        ("Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0) Chrome/103",
         "bingbot 2.0"),
        ("Mozilla/5.0 (Windows NT; Windows NT 10.0; de-DE) WindowsPowerShell/5.1.19041",
         "WindowsPowerShell 5.1 · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1 Mobile/15E148",
         "Mozilla 5.0 · iPhone"),
        ("Mozilla/5.0 (compatible; )", "Mozilla 5.0"),
    ],
)  # fmt: skip
def test_what_only_imitates_a_browser_is_told_by_its_own_name(agent: str, name: str) -> None:
    assert client_name(agent) == name


def test_our_own_sessions_show_which_machine_made_them() -> None:
    assert client_name("qiscus-tui/0.1.0 (db server)") == "qiscus-tui · db server"
    assert client_name("qiscus-tui/0.1.0") == "qiscus-tui"


@pytest.mark.parametrize("agent", [None, "", "  ", "\u00a0"])
def test_no_agent_is_unknown(agent: str | None) -> None:
    assert client_name(agent) == UNKNOWN


def test_an_agent_that_hides_is_shown_as_what_it_is() -> None:
    assert client_name("\x1b]0;pwned\x07 curl/8.5.0") == "␛]0"
    assert client_name("\u202e\u200b") == "\\u202e\\u200b"


@given(agent=st.text(max_size=80) | st.from_regex(r"(Mozilla/5.0 |qiscus-tui/1 \()?.{0,60}[/)]?"))
@example(agent="\ud800/1")
@example(agent="Mozilla/5.0 Chrome/\u0661")
@example(agent="qiscus-tui/1 (\x1b[2J)")
@example(agent="e" + "\u0301" * 300)
@example(agent="\U000e0100" * 300)
def test_any_agent_has_a_safe_visible_short_name(agent: str) -> None:
    name = client_name(agent)
    assert name.strip()
    assert name.isprintable()
    assert len(name) <= LONGEST
