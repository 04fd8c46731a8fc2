"""`scan`: which live tokens stand in these files."""

import argparse
import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from qiscus_tui.cli.console import Console
from qiscus_tui.cli.opening import connected
from qiscus_tui.cli.table import UNKNOWN, gaps, moment
from qiscus_tui.cli.verbs import Context, Verb
from qiscus_tui.errors import StorageError, UsageError
from qiscus_tui.exit_codes import ExitCode
from qiscus_tui.model.ascii_json import ascii_json
from qiscus_tui.model.text import counted, safe
from qiscus_tui.service.scan.files import STDIN, Event, Found, NotRead, Read, Skipped, scan
from qiscus_tui.service.scan.live_tokens import SHORTEST, LiveTokens
from qiscus_tui.service.sessions.export import Export, Record
from qiscus_tui.service.sessions.session_list import SessionList

BATCH = 0.05
"""Seconds of reading between two looks at signals and the progress line."""

LONGEST_PATH = 4096


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    add = parser.add_argument
    add("paths", metavar="PATH", nargs="+", help="a file, a folder with all in it, or - for stdin")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--ids", action="store_true", help="one id a line, each once")
    form.add_argument("--json", action="store_true", help="one JSON array, ASCII")


async def run(context: Context) -> int:
    """Look for the tokens. Return FAILED if there are any."""
    options, console = context.options, context.console
    if options.paths.count(STDIN) > 1:
        raise UsageError("- was given twice", "stdin can be read once.")
    async with connected(context.workspace) as connection:
        listed = await connection.read_list(
            lambda read: console.progress(f"{counted(read, 'session')} so far")
        )
        secrets = frozenset((await connection.credentials()).secrets)
    console.end_progress()
    tokens = LiveTokens.of(listed.sessions)
    _check(listed, tokens)
    for gap in gaps(listed):
        console.say(gap)
    stdin = console.source.fileno() if STDIN in options.paths else 0
    results = _Results(Export(listed, (), secrets), console, _format(options))
    events = scan(options.paths, tokens, stdin)
    while batch := await asyncio.to_thread(_batch, events):
        for event in batch:
            results.take(event)
        console.flush()
    results.end()
    if tokens.without_token:
        console.say(
            f"{counted(tokens.without_token, 'session')} could not be looked for: the server lists "
            f"no full token, or one of fewer than {SHORTEST} characters."
        )
    if results.found:
        return ExitCode.FAILED
    if results.not_read:
        return StorageError.exit_code
    return ExitCode.DONE if listed.is_whole and not tokens.without_token else ExitCode.INCOMPLETE


def _check(listed: SessionList, tokens: LiveTokens) -> None:
    """Raise UsageError where the list has no token to look for."""
    if listed.sessions and not tokens.positions:
        raise UsageError(
            "The server does not list full tokens: there is nothing to look for",
            "See what it lists: qiscus-tui doctor",
        )


def _batch(events: Iterator[Event]) -> list[Event]:
    """Return the next events; none at the end. Runs in a thread: reading may wait."""
    until = time.monotonic() + BATCH
    batch: list[Event] = []
    found = False
    for event in events:
        batch.append(event)
        found = found or isinstance(event, Found)
        if time.monotonic() > until or (found and isinstance(event, Read)):
            break  # what was found must not wait for a slow pipe
    return batch


def _format(options: argparse.Namespace) -> str:
    return "json" if options.json else "ids" if options.ids else "text"


@dataclass
class _Results:
    """Writes what is found while it is found: nothing is held but ids and numbers."""

    sessions: Export
    console: Console
    form: str
    found: int = 0
    files: int = 0
    size: int = 0
    not_read: int = 0
    skipped: int = 0
    records: dict[int, Record] = field(default_factory=dict[int, Record])
    """Of the sessions that were found, by position."""
    ids: set[str] = field(default_factory=set[str])

    def take(self, event: Event) -> None:
        match event:
            case Found():
                self._show(event)
            case NotRead(path, reason):
                self.not_read += 1
                self.console.say(f"{safe(path, LONGEST_PATH)}: {reason}")
            case Skipped():
                self.skipped += 1
            case Read(size, is_first):
                self.files += is_first
                self.size += size
                self.console.progress(f"{self._read_words}, {counted(self.found, 'token')} found")

    def _show(self, found: Found) -> None:
        position = found.at.position
        session = self.sessions.listed.sessions[position]
        record = self.records.get(position)
        if record is None:
            record = self.records[position] = self.sessions.record(position)
        is_new = session.id not in self.ids
        self.found += 1
        self.ids.add(session.id)
        match self.form:
            case "json":
                shown = {
                    **self.console.account_field,
                    "path": found.path,
                    "line": found.at.line,
                    **{name: record[name] for name in ("id", "client", "ip", "expires_at")},
                }
                self.console.result(("," if self.found > 1 else "[") + ascii_json(shown))
            case "ids":
                if is_new:
                    self.console.result(session.id)
            case _:
                line = "" if found.at.line is None else f":{found.at.line}"
                own = "  (this program's own)" if session.current else ""
                self.console.result(
                    f"{safe(found.path, LONGEST_PATH)}{line}: {session.id}  "
                    f"{_text(record['client'])}  {_text(record['ip'])}  "
                    f"expires {moment(session.expires_at)}{own}"
                )

    def end(self) -> None:
        console = self.console
        console.end_progress()
        if self.form == "json":
            console.result("]" if self.found else "[]")
        if self.skipped:
            console.say(f"{self.skipped:,} skipped: links, pipes, sockets and devices")
        what = "no live token"
        if self.found:
            what = f"{counted(len(self.ids), 'live token')}, {counted(self.found, 'time')}"
        console.say(f"{self._read_words}: {what}")

    @property
    def _read_words(self) -> str:
        return f"{counted(self.files, 'file')}, {self.size / 1e6:,.1f} MB"


def _text(value: object) -> str:
    return UNKNOWN if value is None else safe(str(value))


VERB = Verb(
    add_options,
    run,
    "It looks for live sessions' tokens of this user: not for the long-lived token, the secret "
    "key, tokens that have ended, or other archives than gzip. It prints no token.",
    words_anywhere=True,
)
