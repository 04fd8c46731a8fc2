"""The words of the API, the filter and the sort orders that config.toml may use."""

from qiscus_tui.api.contract import OVERRIDABLE, path_clash
from qiscus_tui.query import SortKey, parse
from qiscus_tui.service.sessions.groups import GroupFact
from qiscus_tui.store.config import Language

LANGUAGE = Language(
    calls=OVERRIDABLE,
    path_clash=path_clash,
    session_sort_keys=tuple(key.value for key in SortKey),
    group_sort_keys=tuple(fact.value for fact in GroupFact),
    check_filter=parse,
)
