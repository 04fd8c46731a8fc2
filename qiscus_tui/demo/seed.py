"""The sessions that the demo account starts with: the same seed and clock give the same ones."""

import base64
import random
from collections.abc import Iterator
from typing import NamedTuple

from qiscus_tui.demo.clients import CLIENTS, KEPT, Client, Rhythm, Use

LIFETIME = 30 * 24 * 3600
"""Seconds from a login or refresh until its token ends."""
_MINUTE, _HOUR = 60, 3600
# Seconds left of the sessions that run out while somebody looks.
_SECONDS_LEFT = (41, 95, 170, 290, 540, 870, 1750, 3500, 7100, 20_000)


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
