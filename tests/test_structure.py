"""What keeps the program readable: a module is one idea, and classes stand on few others."""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from types import ModuleType

from msgspec import Struct

import qiscus_tui
from tests.pages import PROJECT

MOST_LINES = 600
MOST_ABOVE = 2
TEXTS = {str(path): path.read_text() for path in (PROJECT / "qiscus_tui").rglob("*.py")}


def test_no_module_is_too_long_to_be_one_idea() -> None:
    lengths = {path: len(text.splitlines()) for path, text in TEXTS.items()}
    assert {path: lines for path, lines in lengths.items() if lines > MOST_LINES} == {}


def test_no_class_stands_on_more_than_two_others_of_ours() -> None:
    above = {ours: sum(map(is_ours, ours.__mro__[1:])) for ours in our_classes()}
    assert {str(ours) for ours, depth in above.items() if depth > MOST_ABOVE} == set()


TOKENS = {"token", "secret", "long_lived", "short_lived"}
SECRET_FIELDS = TOKENS | {"password", "secret_key", "proxy", "body"}


def test_a_value_with_secrets_is_shown_neither_by_repr_nor_by_rich() -> None:
    """Rich, which draws tracebacks, asks a Struct by another method than `repr` does."""
    holding = [
        ours
        for ours in our_classes()
        if issubclass(ours, Struct) and SECRET_FIELDS & set(ours.__struct_fields__)
    ]
    assert len(holding) > MOST_ABOVE
    for ours in holding:
        for method in ("__repr__", "__rich_repr__"):
            assert getattr(ours, method) is not getattr(Struct, method), (ours, method)


def our_classes(package: ModuleType = qiscus_tui) -> Iterator[type]:
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        module = importlib.import_module(found.name)
        for _, ours in inspect.getmembers(module, inspect.isclass):
            if ours.__module__ == found.name:
                yield ours


def is_ours(kind: type) -> bool:
    return kind.__module__.startswith("qiscus_tui.")


def test_workers_are_given_their_work_not_a_coroutine_that_may_never_begin() -> None:
    """Python complains about such a one on the terminal that a crash leaves behind."""
    begun = re.compile(r"run_worker\(\s*(?!partial\()[\w.]+\(")
    assert [path for path, text in TEXTS.items() if begun.search(text)] == []
