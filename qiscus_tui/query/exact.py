"""The test of `key:=value`: the whole value of a session, in the same case."""

from collections.abc import Callable

from qiscus_tui.model.addresses import packed
from qiscus_tui.model.client_names import client_family, client_of
from qiscus_tui.query.columns import Columns
from qiscus_tui.query.keys import Key
from qiscus_tui.query.values import address_of, label_of, text_of

Verdict = Callable[[int], bool | None]
"""True, false, or None if unknown."""


def exactly(columns: Columns, key: Key, wanted: str | None) -> Verdict:
    """Return whether a session has this value; None: whether it has none."""
    if wanted is None:
        value_of = _VALUES[key]
        return lambda i: value_of(columns, i) is None
    match key:
        case Key.CLIENT:
            return _client_is(columns, wanted)
        case Key.IP:
            return _address_is(columns, wanted)
        case Key.LABEL:
            return _label_is(columns, wanted)
        case _:
            return _text_is(columns, key, wanted)


def _client_is(columns: Columns, wanted: str) -> Verdict:
    """Whether it is the whole name, or the name without its version."""
    judged: dict[str | None, bool | None] = {None: None}

    def verdict(position: int) -> bool | None:
        name = _client(columns, position)
        if name not in judged:
            judged[name] = name is not None and wanted in {name, client_family(name)}
        return judged[name]

    return verdict


def _address_is(columns: Columns, wanted: str) -> Verdict:
    """Addresses are compared by number. What is no address may stand for any."""
    address = packed(wanted)

    def verdict(position: int) -> bool | None:
        found = address_of(columns.sessions[position].ip)
        if found is None or (isinstance(found, str) and address is not None):
            return None
        return found == (wanted if address is None else address)

    return verdict


def _text_is(columns: Columns, key: Key, wanted: str) -> Verdict:
    """A session without a user may be anybody's."""
    value_of = _VALUES[key]
    return lambda i: None if (value := value_of(columns, i)) is None else value == wanted


def _label_is(columns: Columns, wanted: str) -> Verdict:
    """A session without a label certainly has another; an uncertain label may stand for any."""

    def verdict(position: int) -> bool | None:
        known = columns.labels[position]
        is_equal = label_of(known) == wanted
        return is_equal if known is None or known.is_certain else is_equal or None

    return verdict


def _client(columns: Columns, position: int) -> str | None:
    return client_of(columns.clients[position], columns.sessions[position].user_agent)


_VALUES: dict[Key, Callable[[Columns, int], int | str | None]] = {
    Key.CLIENT: _client,
    Key.UA: lambda columns, i: text_of(columns.sessions[i].safe_agent),
    Key.USER: lambda columns, i: text_of(columns.sessions[i].safe_user),
    Key.LABEL: lambda columns, i: label_of(columns.labels[i]),
    Key.IP: lambda columns, i: address_of(columns.sessions[i].ip),
}
"""The whole value of a key; None where the session has none."""
