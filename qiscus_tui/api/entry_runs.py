"""Reads runs of entries of one ordinary shape, column by column: four times as fast as singly.

A run is decoded straight into typed objects, which have exactly the fields of the shape with
exactly the ordinary types: a full token, times as text, texts. Whatever else a run has in it,
`read` returns None for, and its entries are read singly.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import repeat
from types import GenericAlias
from typing import cast

import msgspec
from msgspec.structs import astuple

from qiscus_tui.api.token_masks import some_may_be_masked
from qiscus_tui.model.durations import TOKEN_LIFETIME
from qiscus_tui.model.ids import fingerprints
from qiscus_tui.model.session import Session, SessionOrigin, SessionRun
from qiscus_tui.model.text import safe
from qiscus_tui.model.timestamps import FIRST_YEAR, LATEST
from qiscus_tui.model.unshown import Unshown

_TYPES: Mapping[str, object] = {
    "token": str,
    "id": int | str | None,
    "created": datetime | None,
    "expires": datetime | None,
    "last_used": datetime | None,
    "agent": str | None,
    "ip": str | None,
    "user": str | None,
    "current": bool | None,
}
"""The ordinary type of each fact in an entry."""

_NAIVE_EPOCH = datetime(1970, 1, 1)
_EPOCH = _NAIVE_EPOCH.replace(tzinfo=UTC)


class Texts(dict[str | None, tuple[str | None, str]]):
    """Texts with their safe forms: sessions with equal texts share them."""

    def __init__(self) -> None:
        super().__init__({None: (None, ""), "": (None, "")})

    def __missing__(self, text: str | None) -> tuple[str | None, str]:
        found = self[text] = text, safe(text or "")
        return found


_MOST_ORIGINS = 50_000
"""Different origins whose forms are remembered; more take memory."""

_Forms = tuple[SessionOrigin, str | None, str | None, str | None, str, str, str]
"""An origin, the exact texts in it, and their safe forms."""


class _Origins(dict[SessionOrigin, _Forms]):
    """The forms of each origin: sessions with the same share them."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self._texts = texts

    def __missing__(self, listed: SessionOrigin) -> _Forms:
        (agent, safe_agent), (ip, safe_ip), (user, safe_user) = map(self._texts.__getitem__, listed)
        origin = agent, ip, user
        found = origin, agent, ip, user, safe_agent, safe_ip, safe_user
        if len(self) < _MOST_ORIGINS:
            self[origin if origin == listed else listed] = found
        return found


_Column = tuple[object, ...]
_Times = Sequence[float | None]


class _NotOrdinary(Exception):
    """A value is not what it is in an ordinary entry."""


class RunReader:
    """Reads runs of one shape."""

    def __init__(
        self,
        names: Mapping[str, str],
        own_token: str | None,
        zone_offset: float | None,
        server_now: Callable[[], float],
        texts: Texts,
        without_zone: set[str],
    ) -> None:
        """`names`: the field of each fact that an entry has; its keys are those of `_TYPES`.

        The facts of which a time has no zone are added to `without_zone`.
        """
        fields = [(fact, _TYPES[fact], msgspec.field(name=name)) for fact, name in names.items()]
        entry = msgspec.defstruct(
            "Entry", fields, bases=(Unshown,), gc=False, forbid_unknown_fields=True
        )
        self._decode = cast(
            "Callable[[bytes], list[msgspec.Struct]]",
            msgspec.json.Decoder(GenericAlias(list, entry)).decode,
        )
        self._facts = names.keys()
        self._own_token = own_token
        self._epoch = _NAIVE_EPOCH + timedelta(seconds=zone_offset or 0.0)
        self._without_zone = without_zone
        self._server_now = server_now
        self._origins = _Origins(texts)

    def read(self, text: bytes) -> SessionRun | None:
        """Return the sessions of a JSON array; None if any entry of it is not ordinary."""
        try:
            return self._sessions(self._decode(text))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, _NotOrdinary):
            return None

    def _sessions(self, entries: Sequence[msgspec.Struct]) -> SessionRun:
        if not entries:
            return SessionRun((), ())
        columns = dict(zip(self._facts, zip(*map(astuple, entries), strict=True), strict=True))
        tokens = cast("tuple[str, ...]", columns["token"])
        if not all(tokens) or some_may_be_masked(tokens):
            raise _NotOrdinary
        if self._own_token in tokens:  # its times are noted as they are listed
            raise _NotOrdinary
        nothing = (None,) * len(entries)
        created, expires, last_used = (
            self._times(fact, columns.get(fact, nothing))
            for fact in ("created", "expires", "last_used")
        )
        self._check_times(created, expires, last_used)
        if any(map(_is_midnight, columns.get("last_used", nothing))):
            raise _NotOrdinary
        computed: Iterable[bool] = repeat(False)
        if None in expires:
            computed = [
                given is None and begun is not None
                for given, begun in zip(expires, created, strict=True)
            ]
            expires = [
                begun + TOKEN_LIFETIME if is_computed and begun is not None else given
                for given, begun, is_computed in zip(expires, created, computed, strict=True)
            ]
        listed = zip(*(columns.get(fact, nothing) for fact in ("agent", "ip", "user")), strict=True)
        origins, *texts = zip(*map(self._origins.__getitem__, listed), strict=True)
        sessions = tuple(
            map(
                Session,
                fingerprints(tokens),
                tokens,
                tokens,
                created,
                expires,
                computed,
                last_used,
                repeat(False),
                *texts,
                repeat(None),
            )
        )
        return SessionRun(sessions, origins)

    def _times(self, fact: str, column: _Column) -> _Times:
        moments = cast("tuple[datetime | None, ...]", column)
        first = next(filter(None, moments), None)
        if first is None:
            return cast("tuple[None, ...]", moments)
        epoch = self._epoch if first.tzinfo is None else _EPOCH
        if first.tzinfo is None:
            self._without_zone.add(fact)
        try:
            times = [
                None if moment is None else (moment - epoch).total_seconds() for moment in moments
            ]
        except TypeError:  # some have a zone and some have not
            raise _NotOrdinary from None
        known = [time for time in times if time is not None]
        if min(known) < FIRST_YEAR or max(known) > LATEST:
            raise _NotOrdinary
        return times

    def _check_times(self, created: _Times, expires: _Times, last_used: _Times) -> None:
        """Raises _NotOrdinary where `credible` might find a time that can't be right."""
        latest = self._server_now()
        if any(time is not None and time > latest for time in (*created, *last_used)):
            raise _NotOrdinary
        for begun, end, used in zip(created, expires, last_used, strict=True):
            if begun is not None and (
                (end is not None and end < begun) or (used is not None and used < begun)
            ):
                raise _NotOrdinary


def _is_midnight(moment: object) -> bool:
    return isinstance(moment, datetime) and not (moment.hour or moment.minute or moment.second)
