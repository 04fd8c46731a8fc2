"""What a check of the contract found, fit for a ticket: no value of the server is in it."""

import asyncio
import enum
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus

from qiscus_tui import __version__
from qiscus_tui.api.contract import SESSION_FACTS, Call
from qiscus_tui.api.observation import AnswerObserver, SeenAnswer
from qiscus_tui.errors import QiscusTuiError, StorageError
from qiscus_tui.exit_codes import ExitCode


class Verdict(enum.Enum):
    """What was found about a call."""

    CONFIRMED = "confirmed"
    DIFFERS = "differs"
    CANNOT_TELL = "can't tell"
    NOT_TRIED = "not tried"


@dataclass(frozen=True)
class Finding:
    """A verdict with its reason."""

    verdict: Verdict
    words: str


@dataclass
class Notebook:
    """What is found during a check."""

    findings: dict[Call, Finding] = field(default_factory=dict[Call, Finding])
    config: tuple[str, ...] = ()
    """Lines for config.toml that make a call work that differs."""
    left: tuple[str, ...] = ()
    """Ids of tokens made by the check that may still be valid."""
    notes: list[str] = field(default_factory=list[str])
    trouble: list[QiscusTuiError] = field(default_factory=list[QiscusTuiError], repr=False)
    """What went wrong on this machine beside the check."""

    async def store(self, what: Callable[[], None]) -> None:
        """Do it in a thread; a failure is reported with what was found."""
        try:
            await asyncio.to_thread(what)
        except StorageError as error:
            self.trouble.append(error)


@dataclass(frozen=True)
class Row:
    """A call of the contract, and what was found about it."""

    call: Call
    finding: Finding
    answers: tuple[tuple[SeenAnswer, int], ...] = ()
    """The kinds of answers, with how many there were of each."""


@dataclass(frozen=True)
class EntryField:
    """A field of the listed entries."""

    name: str
    fact: str
    """What it is read as, such as `created`; empty if the field is unknown."""
    types: tuple[str, ...]
    """JSON types, the commonest first."""
    count: int
    """How many of the entries that were read have it."""


@dataclass(frozen=True)
class ListShape:
    """How the list is written. Counts are over all readings of it."""

    places: tuple[str, ...]
    """Names under which it is in the answer."""
    paging: tuple[str, ...]
    """Names that say whether more pages follow; none if it came all at once."""
    entries: tuple[tuple[str, int], ...]
    """JSON types of the entries, with how many there were of each."""
    fields: tuple[EntryField, ...]
    token_fields: tuple[str, ...]
    """Fields in which our own tokens were found."""

    @property
    def entry_count(self) -> int:
        """How many entries were read."""
        return sum(count for _, count in self.entries)

    @property
    def known_fields(self) -> tuple[EntryField, ...]:
        """Those that are read as a fact of a session."""
        return tuple(one for one in self.fields if one.fact)

    @property
    def unknown_fields(self) -> tuple[EntryField, ...]:
        """All others."""
        return tuple(one for one in self.fields if not one.fact)


@dataclass(frozen=True)
class ContractReport:
    """The whole result."""

    server: str
    checked_at: float
    """Epoch seconds, this machine's clock."""
    rows: tuple[Row, ...]
    """The list call first."""
    shape: ListShape
    notebook: Notebook
    version: str = __version__

    @property
    def lacks_list(self) -> bool:
        """Return whether the server answered 404 to the list call."""
        return any(seen.status == HTTPStatus.NOT_FOUND for seen, _ in self.rows[0].answers)

    @property
    def exit_code(self) -> ExitCode:
        """Return DONE if every call that was tried is confirmed."""
        verdicts = {row.finding.verdict for row in self.rows}
        if Verdict.DIFFERS in verdicts:
            return ExitCode.FAILED
        if Verdict.CANNOT_TELL in verdicts:
            return ExitCode.INCOMPLETE
        return trouble[0].exit_code if (trouble := self.notebook.trouble) else ExitCode.DONE


def answers_to(observer: AnswerObserver, call: Call) -> tuple[tuple[SeenAnswer, int], ...]:
    """Return the kinds of answers to a call, with how many there were of each."""
    return tuple(observer.answers.get(call.name, Counter[SeenAnswer]()).items())


def list_shape(observer: AnswerObserver) -> ListShape:
    """Return how the list was written."""
    fields = (
        EntryField(
            name,
            _fact_of(name),
            tuple(kind for kind, _ in seen.types.most_common()),
            seen.count,
        )
        for name, seen in observer.fields.items()
    )
    return ListShape(
        tuple(sorted(observer.list_places)),
        tuple(sorted(observer.paging)),
        tuple(observer.entries.most_common()),
        tuple(sorted(fields, key=lambda one: (not one.fact, one.name))),
        tuple(sorted(observer.token_fields)),
    )


def _fact_of(path: str) -> str:
    name = path.partition(".")[0].partition("[")[0]
    return next((fact for fact, names in SESSION_FACTS.items() if name in names), "")
