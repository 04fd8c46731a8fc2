"""Short names of the clients that sessions were made with, from their user agents.

`Chrome 126 · Windows`, `Safari 17 · iPhone`, `curl 8.5`, `GuzzleHttp 7`. Agents are written by
strangers: a name is always safe, visible, on one line and short. One takes some microseconds, so
that each of 100,000 different agents has its name when the list is shown first.
"""

import re

from qiscus_tui.model.clients import OWN_PRODUCT, UNKNOWN
from qiscus_tui.model.text import safe

LONGEST = 40
"""Characters of the longest name."""

READ = 512
"""Characters of an agent that are read."""

_OWN = re.compile(rf"{OWN_PRODUCT}/[^\s()]+(?:\s+\((?P<label>.*)\))?\s*", re.DOTALL)
_PRODUCT = re.compile(
    r"\s*(?P<name>[^\s/();,]+)(?:(?:/|\s+)[vV]?(?P<major>[0-9]{1,9})(?:\.(?P<minor>[0-9]{1,9}))?)?"
)
_DISGUISE = "Mozilla/"
_ROBOT = "compatible; "
"""What comes before the name of a robot: `Mozilla/5.0 (compatible; UptimeRobot/2.0; …)`."""

_ENGINES = frozenset({"Mozilla", "AppleWebKit", "Gecko", "Mobile", "Safari"})
"""What browsers and whatever imitates them call themselves besides their name."""

_BROWSERS = (
    ("SamsungBrowser", "Samsung Internet"),
    ("UCBrowser", "UC Browser"),
    ("YaBrowser", "Yandex Browser"),
    ("MiuiBrowser", "MiuiBrowser"),
    ("Vivaldi", "Vivaldi"),
    ("FBAV", "Facebook"),
    ("Edg", "Edge"),
    ("EdgA", "Edge"),
    ("EdgiOS", "Edge"),
    ("OPR", "Opera"),
    ("HeadlessChrome", "HeadlessChrome"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Version", "Safari"),
)
"""What browsers call themselves, the most specific first: each also names its ancestors."""

_MARKS = [(f"{mark}/", name, rf"\b{mark}/([0-9]{{1,9}})") for mark, name in _BROWSERS]
_PLATFORMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "Chrome OS"),
    ("Ubuntu", "Ubuntu"),
    ("Linux", "Linux"),
)


def client_name(user_agent: str | None) -> str:
    """Return the short name: the first product and its version, or the browser behind Mozilla."""
    agent = safe((user_agent or "")[:READ], READ).strip()
    if not agent:
        return UNKNOWN
    if agent.startswith(OWN_PRODUCT) and (own := _OWN.fullmatch(agent)):
        return _joined(OWN_PRODUCT, (own["label"] or "").strip())
    if agent.startswith(_DISGUISE):
        return _disguised(agent)
    return _short(_product(agent) or agent)


def _disguised(agent: str) -> str:
    """Return the name of a browser, or of what imitates one, and its platform."""
    platform = next((name for mark, name in _PLATFORMS if mark in agent), "")
    if _ROBOT in agent and (robot := _product(agent.partition(_ROBOT)[2])):
        return _joined(robot, platform)
    for mark, name, version in _MARKS:
        if mark in agent and (found := re.search(version, agent)):
            return _joined(f"{name} {found[1]}", platform)
    words = agent.rpartition(") ")[2].split()
    products = [word for word in words if "/" in word and word.partition("/")[0] not in _ENGINES]
    return _joined(_product(products[-1] if products else agent), platform)


def _product(text: str) -> str:
    """Return the first product with its version, such as `curl 8.5`; empty where there is none."""
    product = _PRODUCT.match(text)
    if product is None:
        return ""
    name, major, minor = product["name"], product["major"], product["minor"]
    if not major:
        return name
    return f"{name} {major}.{minor}" if minor else f"{name} {major}"


def _joined(name: str, detail: str) -> str:
    return _short(f"{name} · {detail}" if detail else name)


def _short(name: str) -> str:
    shown = name.strip() or UNKNOWN
    return shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}…"
