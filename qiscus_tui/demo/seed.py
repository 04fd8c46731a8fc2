"""The sessions that the demo account starts with: of scripts that never log out, and of people.

The same seed and clock give the same ones.
"""

import base64
import random
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import NamedTuple

LIFETIME = 30 * 24 * 3600
"""Seconds from a login or refresh until its token ends."""
_MINUTE, _HOUR = 60, 3600
# Seconds left of the sessions that run out while somebody looks.
_SECONDS_LEFT = (41, 95, 170, 290, 540, 870, 1750, 3500, 7100, 20_000)


class Rhythm(Enum):
    """How a client's logins lie over the 30 days."""

    STEADY = auto()
    """Evenly, on the minute, as cron does; the hosts take turns."""
    RANDOM = auto()
    """At any time."""
    LONG_AGO = auto()
    """In the first third only: not used any more."""


class Use(Enum):
    """How long a client goes on using the token it got."""

    ONCE = auto()
    """Within two seconds, and never again."""
    ON = auto()
    """At any time up to now."""
    UNTIL_NEXT = auto()
    """Until the same host logs in again: only the newest token of each host is in use."""


@dataclass(frozen=True, slots=True)
class Client:
    """One integration or person: its share of the sessions, where from, and how it behaves."""

    share: int
    """Parts of the whole; shares need not sum to anything."""
    agents: tuple[str | None, ...]
    ips: tuple[str | None, ...]
    rhythm: Rhythm = Rhythm.RANDOM
    use: Use = Use.ON


_MOZILLA = "Mozilla/5.0 "
_WEBKIT = " AppleWebKit/537.36 (KHTML, like Gecko) "
_SAFARI = " AppleWebKit/605.1.15 (KHTML, like Gecko) "

CHROME_WINDOWS = f"{_MOZILLA}(Windows NT 10.0; Win64; x64){_WEBKIT}Chrome/126.0.0.0 Safari/537.36"
CHROME_MAC = f"{_MOZILLA}(Macintosh; Intel Mac OS X 10_15_7){_WEBKIT}Chrome/130.0.0.0 Safari/537.36"
EDGE_WINDOWS = f"{CHROME_WINDOWS} Edg/126.0.0.0"
FIREFOX_LINUX = f"{_MOZILLA}(X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0"
FIREFOX_WINDOWS = f"{_MOZILLA}(Windows NT 10.0; Win64; x64; rv:131.0) Gecko/20100101 Firefox/131.0"
SAFARI_MAC = f"{_MOZILLA}(Macintosh; Intel Mac OS X 10_15_7){_SAFARI}Version/17.6 Safari/605.1.15"
IPHONE = (
    f"{_MOZILLA}(iPhone; CPU iPhone OS 17_6 like Mac OS X){_SAFARI}"
    "Version/17.6 Mobile/15E148 Safari/604.1"
)
ANDROID = f"{_MOZILLA}(Linux; Android 14; SM-S911B){_WEBKIT}Chrome/129.0.0.0 Mobile Safari/537.36"
CHROME_WINDOWS_7 = f"{_MOZILLA}(Windows NT 6.1; Win64; x64){_WEBKIT}Chrome/109.0.0.0 Safari/537.36"
CHROME_LINUX = f"{_MOZILLA}(X11; Linux x86_64){_WEBKIT}Chrome/128.0.0.0 Safari/537.36"
OLD_ANDROID = (
    f"{_MOZILLA}(Linux; Android 9; SM-G950F){_WEBKIT}Chrome/81.0.4044.138 Mobile Safari/537.36"
)
OLD_IPHONE = (
    f"{_MOZILLA}(iPhone; CPU iPhone OS 12_5_7 like Mac OS X){_SAFARI}"
    "Version/12.1.2 Mobile/15E148 Safari/604.1"
)

CRON_AGENT = "GuzzleHttp/7"
_GO = "Go-http-client/1.1"
_REQUESTS = "python-requests/2.32.3"

CLIENTS: tuple[Client, ...] = (
    # The script that went wrong: a cron that logs in for each run, and never logs out.
    Client(
        461, (CRON_AGENT,), ("10.2.0.11", "10.2.0.12", "10.2.0.13"), Rhythm.STEADY, Use.UNTIL_NEXT
    ),
    # The same program on the billing host; the admin knows it and protects it.
    Client(238, (CRON_AGENT,), ("10.2.7.31",), Rhythm.STEADY, Use.UNTIL_NEXT),
    # The webhook and what people clicked together log in for every message that they handle.
    Client(
        120,
        ("python-requests/2.31.0", _REQUESTS),
        ("203.0.113.20", "203.0.113.21"),
        use=Use.ONCE,
    ),
    Client(52, ("n8n/1.64.0",), ("203.0.113.44",), use=Use.ONCE),
    Client(38, ("Zapier",), ("203.0.113.90", "203.0.113.91"), use=Use.ONCE),
    Client(18, ("WordPress/6.6.2; https://shop.example",), ("203.0.113.155",), use=Use.ONCE),
    # The deployment checks; the allocation service next to them needs its one token (KEPT).
    Client(110, (_GO,), ("10.4.1.8", "10.4.1.9"), Rhythm.STEADY, Use.ONCE),
    Client(24, ("Grafana/11.2.0",), ("10.4.9.2",), Rhythm.STEADY, Use.ONCE),
    Client(8, ("axios/1.7.7",), ("10.4.9.2", None), use=Use.ONCE),
    # People.
    Client(22, (CHROME_WINDOWS,), ("198.51.100.7",)),
    Client(16, (CHROME_MAC,), ("198.51.100.23", "198.51.100.24")),
    Client(12, (FIREFOX_LINUX,), ("198.51.100.41",)),
    Client(12, (FIREFOX_WINDOWS, EDGE_WINDOWS), ("198.51.100.58",)),
    Client(10, (SAFARI_MAC,), ("198.51.100.77", "2001:db8:51::77")),
    Client(12, (IPHONE,), ("2001:db8:9c::1a", "2001:db8:9c::4f", "203.0.113.180")),
    Client(10, (ANDROID,), ("203.0.113.201", "203.0.113.202", "203.0.113.219")),
    # Phones that were replaced, and were never logged out.
    Client(8, (OLD_ANDROID, OLD_IPHONE), ("203.0.113.201", "203.0.113.180"), Rhythm.LONG_AGO),
    # A laptop that nobody knows, from where nobody works: was a password leaked?
    Client(3, (CHROME_LINUX,), ("198.18.7.66",)),
    # The office that was given up; its machines were never logged out.
    Client(
        36,
        (CHROME_WINDOWS_7, CHROME_WINDOWS),
        ("192.0.2.10", "192.0.2.14", "192.0.2.15", "192.0.2.200"),
        Rhythm.LONG_AGO,
    ),
    Client(30, ("curl/8.5.0", "curl/7.81.0"), ("203.0.113.9", "10.2.0.5"), use=Use.ONCE),
    Client(6, ("PostmanRuntime/7.42.0",), ("198.51.100.7",), use=Use.ONCE),
    # Older sessions of which the server kept nothing.
    Client(6, (None,), (None, "203.0.113.9")),
)


@dataclass(frozen=True, slots=True)
class KeptToken:
    """An integration that logged in once, long ago, and still works with that one token."""

    agent: str
    ip: str
    age: float
    """Days since it logged in."""
    idle: float
    """Hours since it was last used."""


KEPT: tuple[KeptToken, ...] = (
    # Used all day. Newer tokens of its group are of no use to anybody: "the newest" is not it.
    KeptToken(_GO, "10.4.1.7", 26.4, 0.6),
    # Used every night. By client alone, the webhook has far newer ones.
    KeptToken(_REQUESTS, "10.6.0.4", 22.2, 9.5),
    # Used once a month: no rule about age or use keeps it, so the admin protects it.
    KeptToken("Java-http-client/21.0.4", "10.8.0.15", 24.6, 24.5 * 24),
)


class DemoSession(NamedTuple):
    """A short-lived token and where it came from. Times are epoch seconds."""

    id: int
    token: str
    email: str
    created: float
    expires: float
    last_used: float | None
    agent: str | None
    ip: str | None


def new_token(rng: random.Random) -> str:
    """Give a token shaped as a real one (43 characters, `QEX…`) that says it is not one."""
    return "QEXdemo" + _letters(rng, 27)


def new_long_lived(rng: random.Random) -> str:
    """Give a long-lived token; its real shape is not known, so it only has the length."""
    return "LLTdemo" + _letters(rng, 27)


def _letters(rng: random.Random, size: int) -> str:
    # Three bytes are four letters without padding, far cheaper than choosing each.
    return base64.urlsafe_b64encode(rng.randbytes(size)).decode("ascii")


class _Draft(NamedTuple):
    created: int
    last_used: int | None
    agent: str | None
    ip: str | None


def seeded_sessions(count: int, *, seed: int, now: float, email: str) -> list[DemoSession]:
    """Give `count` live sessions of one user, oldest first, with ids from 1."""
    rng = random.Random(f"{seed}:sessions")
    kept = _kept(int(now))[: count // 8]
    drafts = list(_drafts(count - len(kept), rng, int(now)))
    drafts.sort(key=lambda draft: draft.created)
    _age_the_oldest(drafts, int(now))
    drafts += kept
    drafts.sort(key=lambda draft: draft.created)
    # Of their own, so that ids stay the same whatever clients there are.
    rng = random.Random(f"{seed}:tokens")
    return [
        DemoSession(
            id=number,
            token=new_token(rng),
            email=email,
            created=float(draft.created),
            expires=float(draft.created + LIFETIME),
            last_used=None if draft.last_used is None else float(draft.last_used),
            agent=draft.agent,
            ip=draft.ip,
        )
        for number, draft in enumerate(drafts, start=1)
    ]


def _drafts(count: int, rng: random.Random, now: int) -> Iterator[_Draft]:
    for client, share in _shares(count):
        for index in range(share):
            yield _draft(client, index, share, now, rng)


def _kept(now: int) -> list[_Draft]:
    return [
        _Draft(now - int(one.age * 24 * _HOUR), now - int(one.idle * _HOUR), one.agent, one.ip)
        for one in KEPT
    ]


def _draft(client: Client, index: int, share: int, now: int, rng: random.Random) -> _Draft:
    """Give login number `index` of `share` by this client, the newest first."""
    created = _created(client.rhythm, index, share, now, rng)
    ip = rng.choice(client.ips)
    match client.rhythm:
        case Rhythm.STEADY:
            ip = client.ips[index % len(client.ips)]
            until = min(now, created + LIFETIME * len(client.ips) // share)
        case Rhythm.RANDOM:
            until = now
        case Rhythm.LONG_AGO:
            until = created + (now - created) // 3
    used = _used(client.use, created, until, rng)
    return _Draft(created, used, rng.choice(client.agents), ip)


def _shares(count: int) -> Iterator[tuple[Client, int]]:
    """Divide `count` among the clients; what rounding leaves goes to the first, the cron."""
    whole = sum(client.share for client in CLIENTS)
    shares = [count * client.share // whole for client in CLIENTS]
    shares[0] += count - sum(shares)
    return zip(CLIENTS, shares, strict=True)


def _created(rhythm: Rhythm, index: int, share: int, now: int, rng: random.Random) -> int:
    match rhythm:
        case Rhythm.STEADY:
            created = now - int(LIFETIME * (index + 0.5) / share)
            created += 1 + int(rng.random() * 3) - created % _MINUTE
        case Rhythm.RANDOM:
            created = now - int(rng.random() * LIFETIME)
        case Rhythm.LONG_AGO:
            created = now - int((2 + rng.random()) * LIFETIME / 3)
    return _bounded(created, now)


def _bounded(created: int, now: int) -> int:
    return min(max(created, now - LIFETIME + _MINUTE // 2), now - 1)


def _used(use: Use, created: int, until: int, rng: random.Random) -> int | None:
    if use is Use.UNTIL_NEXT:
        return max(created, until - int(rng.random() * 15 * _MINUTE))
    chance = rng.random()
    if chance < 0.1:
        return None
    match use:
        case Use.ONCE:
            return min(created + int(chance * 3), until)
        case Use.ON:
            # Most of what is kept open was used lately.
            return until - int(chance**3 * (until - created))


def _age_the_oldest(drafts: list[_Draft], now: int) -> None:
    """Move a few sessions to the end of their life, so that some expire within minutes."""
    for index, left in enumerate(_SECONDS_LEFT[: len(drafts) // 8]):
        created = now - LIFETIME + left
        old = drafts[index]
        used = None if old.last_used is None else created + old.last_used - old.created
        drafts[index] = old._replace(created=created, last_used=used)
    drafts.sort(key=lambda draft: draft.created)
