"""From one entry of the list to a session."""

from collections.abc import Mapping
from typing import cast

from qiscus_tui.api import contract
from qiscus_tui.api.contract import Contract, FieldNames
from qiscus_tui.api.decode import nesting_is_bounded
from qiscus_tui.model.durations import TOKEN_LIFETIME
from qiscus_tui.model.ids import fingerprint
from qiscus_tui.model.session import Session
from qiscus_tui.model.text import safe
from qiscus_tui.model.timestamps import parse_timestamp


class EntryReader:
    """Reads entries of any documented or inferred shape."""

    def __init__(self, contract: Contract, own_token: str | None, zone_offset: float) -> None:
        self._by_id = contract.revokes_by_id
        self._own_token = own_token
        self._zone_offset = zone_offset
        self._safe: dict[str, str] = {}

    def read(self, entry: object) -> Session | None:
        """The session of an entry, None where it can't be read as one."""
        if isinstance(entry, str):
            return self._session({contract.SESSION_TOKEN.names[0]: entry})
        if not isinstance(entry, dict):
            return None
        fields = cast("dict[str, object]", entry)
        if not nesting_is_bounded(fields):
            return None
        return self._session(fields)

    def _session(self, fields: Mapping[str, object]) -> Session | None:
        used: set[str] = set()

        def take(names: FieldNames) -> object:
            for name in names.names:
                value = fields.get(name)
                if value is not None and value != "":
                    used.add(name)
                    return value
            return None

        listed = take(contract.SESSION_TOKEN)
        listed = listed if isinstance(listed, str) else None
        token = None if listed is None or _is_masked(listed) else listed
        server_id = _identity(take(contract.SESSION_ID))
        if listed is None and server_id is None:
            return None
        created = self._time(take(contract.SESSION_CREATED))
        expires = self._time(take(contract.SESSION_EXPIRES))
        computed = expires is None and created is not None
        agent = _text(take(contract.SESSION_AGENT))
        ip = _text(take(contract.SESSION_IP))
        user = _text(take(contract.SESSION_USER))
        last_used = self._time(take(contract.SESSION_LAST_USED))
        mark = take(contract.SESSION_CURRENT)
        if token is not None:
            identity = token
        elif server_id is not None:
            identity = str(server_id)
        else:  # a masked token alone may stand for several: the rest tells them apart
            identity = "\n".join(map(str, (listed, created, expires, agent, ip, user)))
        extra = {name: value for name, value in fields.items() if name not in used}
        return Session(
            id=fingerprint(identity),
            revoke_with=server_id if self._by_id else token,
            token=token,
            created_at=created,
            expires_at=created + TOKEN_LIFETIME if computed and created else expires,
            expires_computed=computed,
            last_used_at=last_used,
            current=self._current(token, mark),
            user_agent=agent,
            ip=ip,
            user=user,
            safe_agent=self._shown(agent),
            safe_ip=self._shown(ip),
            safe_user=self._shown(user),
            extra=extra or None,
        )

    def _time(self, value: object) -> float | None:
        return None if value is None else parse_timestamp(value, self._zone_offset)

    def _current(self, token: str | None, mark: object) -> bool | None:
        if self._own_token is None:
            return False
        if token is not None:
            return token == self._own_token
        return _truth(mark)

    def _shown(self, text: str | None) -> str:
        if text is None:
            return ""
        shown = self._safe.get(text)
        if shown is None:
            shown = self._safe[text] = safe(text)
        return shown


def _is_masked(token: str) -> bool:
    return any(sign in token for sign in contract.MASKED_TOKEN_SIGNS)


def _identity(value: object) -> str | int | None:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return value


def _truth(mark: object) -> bool | None:
    if isinstance(mark, bool):
        return mark
    if isinstance(mark, str):
        return {"true": True, "1": True, "false": False, "0": False}.get(mark.strip().lower())
    return bool(mark) if isinstance(mark, int) else None


def _text(value: object, depth: int = 3) -> str | None:
    """A text; an object is flattened to the texts in it."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return str(value)
    inner: list[object] = []
    if isinstance(value, dict):
        inner = list(cast("dict[str, object]", value).values())
    elif isinstance(value, list):
        inner = cast("list[object]", value)
    if not depth:
        return None
    found = [text for item in inner if (text := _text(item, depth - 1))]
    return " ".join(found) or None
