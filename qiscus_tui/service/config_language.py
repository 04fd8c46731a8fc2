"""The words of the API, the filter and the sort orders that config.toml may use.

Each is loaded only for a file that uses it: most have none.
"""

from collections.abc import Mapping, Sequence

from qiscus_tui.store.config import Language


def _calls() -> Sequence[str]:
    from qiscus_tui.api.contract import OVERRIDABLE

    return OVERRIDABLE


def _session_sort_keys() -> Sequence[str]:
    from qiscus_tui.query import SortKey

    return tuple(key.value for key in SortKey)


def _group_sort_keys() -> Sequence[str]:
    from qiscus_tui.service.sessions.group_order import GroupFact

    return tuple(fact.value for fact in GroupFact)


def _check_filter(text: str) -> None:
    from qiscus_tui.query import parse

    parse(text)


def _path_clash(paths: Mapping[str, str | None]) -> tuple[str, str] | None:
    from qiscus_tui.api.contract import path_clash

    return path_clash(paths)


LANGUAGE = Language(_calls, _path_clash, _session_sort_keys, _group_sort_keys, _check_filter)
