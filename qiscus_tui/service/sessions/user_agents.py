"""Short names of the clients that sessions were made with, from their user agents.

`Chrome 126 · Windows`, `Safari 17 · iPhone`, `curl 8.5`, `GuzzleHttp 7`. Agents are written by
strangers: a name is always safe, visible, on one line and short.

Measured with ua-parser's pure Python resolver: an ordinary agent costs 0.2 to 0.7 ms, the worst
that 512 characters could be made to cost 6 ms, and its patterns, compiled when first needed,
some 90 ms in all. 100,000 distinct agents would take a minute, so only the first distinct ones
are given to it; the rest are named by their products, at 2 to 6 microseconds each.
"""

import re
from functools import cache
from typing import TYPE_CHECKING

from qiscus_tui.model.clients import OWN_PRODUCT, UNKNOWN, client_family
from qiscus_tui.model.text import safe

if TYPE_CHECKING:
    from ua_parser.core import PartialResult, Resolver, UserAgent

LONGEST = 40
"""Characters of the longest name."""

READ = 512
"""Characters of an agent that are read: 48 KB take ua-parser 2.4 s."""

MOST_PARSED = 1000
"""Distinct agents that one `ClientNames` passes to ua-parser."""

_OWN = re.compile(rf"{OWN_PRODUCT}/[^\s()]+(?:\s+\((?P<label>.*)\))?\s*", re.DOTALL)
_PRODUCT = re.compile(
    r"\s*(?P<name>[^\s/();,]+)(?:(?:/|\s+)[vV]?(?P<major>[0-9]{1,9})(?:\.(?P<minor>[0-9]{1,9}))?)?"
)
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
"""What browsers call themselves, the most specific first: each also names its ancestors. They are
named as ua-parser names them, so that a client is of the same family by either name."""

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
_DISGUISE = "Mozilla/"
_VARIANT = re.compile(r"\b(?:Mobile|iOS|UI/WKWebView)\b")


def client_name(user_agent: str | None) -> str:
    """Return the short name of the client by ua-parser.

    Where that finds none, the first product and its major version. The first call imports
    ua-parser (50 ms): not before the first frame.
    """
    agent = _readable(user_agent)
    if not agent:
        return UNKNOWN
    own = _own_name(agent)
    if own is not None:
        return own
    read = _parsed(agent)
    if read.user_agent is None:
        return quick_name(agent)
    if agent.startswith(_DISGUISE):
        system = read.os.family if read.os is not None else None
        return _browser_name(agent, read.user_agent, system)
    return _tool_name(agent, read.user_agent)


def quick_name(user_agent: str | None) -> str:
    """Return a short name without ua-parser: the first product, or the browser behind Mozilla."""
    agent = _readable(user_agent)
    if not agent:
        return UNKNOWN
    own = _own_name(agent)
    if own is not None:
        return own
    if agent.startswith(_DISGUISE):
        for mark, name, version in _MARKS:
            if mark in agent and (found := re.search(version, agent)):
                return _joined(f"{name} {found[1]}", _platform(agent))
    product = _PRODUCT.match(agent)
    if product is None:
        return _short(agent)
    return _short(_versioned(product["name"], product["major"]))


def family_of(user_agent: str | None) -> str:
    """Return the client without its version, so that an update makes no new client of it.

    From the quick name: the full one is for a limited number of agents, which differ from list to
    list. Both are of the same family, but for rare browsers.
    """
    return client_family(quick_name(user_agent))


class ClientNames:
    """Names each distinct agent once; callable like `client_name`.

    Only the first `most` distinct agents are passed to `client_name` and cached, so that a hostile
    list of different ones costs no more than that, in time and memory.
    """

    def __init__(self, most: int = MOST_PARSED) -> None:
        self._most = most
        self._names: dict[str, str] = {}

    def __call__(self, user_agent: str | None) -> str:
        """Return the short name of the client."""
        if not user_agent:
            return UNKNOWN
        agent = user_agent[:READ]
        name = self._names.get(agent)
        if name is not None:
            return name
        if len(self._names) >= self._most:
            return quick_name(agent)
        name = self._names[agent] = client_name(agent)
        return name


def _readable(user_agent: str | None) -> str:
    return safe((user_agent or "")[:READ], READ).strip()


def _own_name(agent: str) -> str | None:
    own = _OWN.fullmatch(agent) if agent.startswith(OWN_PRODUCT) else None
    if own is None:
        return None
    return _joined(OWN_PRODUCT, (own["label"] or "").strip())


def _browser_name(agent: str, browser: "UserAgent", system: str | None) -> str:
    family = " ".join(_VARIANT.sub("", browser.family).split()) or browser.family
    if system is None:
        return _short(_versioned(family, browser.major, browser.minor))
    platform = {"Mac OS X": "macOS", "iOS": _platform(agent)}.get(system, system)
    return _joined(_versioned(family, browser.major), platform)


def _tool_name(agent: str, known: "UserAgent") -> str:
    """Return a tool's own product, which comes first; ua-parser may know only its library.

    `GuzzleHttp/6.5 curl/7.68` is Guzzle. The product keeps its spelling: `python-requests`.
    """
    product = _PRODUCT.match(agent)
    if product is None or _letters(product["name"]) != _letters(known.family):
        return quick_name(agent)
    return _short(_versioned(product["name"], known.major, known.minor))


def _platform(agent: str) -> str:
    return next((name for mark, name in _PLATFORMS if mark in agent), "")


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name)).casefold()


def _versioned(name: str, major: str | None, minor: str | None = None) -> str:
    if not major:
        return name
    return f"{name} {major}.{minor}" if minor else f"{name} {major}"


def _joined(name: str, detail: str) -> str:
    return _short(f"{name} · {detail}" if detail else name)


def _short(name: str) -> str:
    shown = safe(name, READ).strip() or UNKNOWN
    return shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}…"


def _parsed(agent: str) -> "PartialResult":
    from ua_parser.core import Domain

    return _resolver()(agent, Domain.USER_AGENT | Domain.OS)


@cache
def _resolver() -> "Resolver":
    """Return a resolver without ua-parser's own cache (ours is bounded), and with lazy patterns."""
    from ua_parser.basic import Resolver as BasicResolver
    from ua_parser.loaders import load_lazy_builtins

    return BasicResolver(load_lazy_builtins())
