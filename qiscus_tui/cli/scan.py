"""`scan`: which live tokens stand in these files."""

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TextIO

from qiscus_tui.cli.all_accounts import each_account, one_result, show_failure, show_heading
from qiscus_tui.cli.output.console import Console
from qiscus_tui.cli.output.tables import gaps
from qiscus_tui.cli.output.text_table import UNKNOWN, moment
from qiscus_tui.cli.verbs import Context, Example, Verb, always
from qiscus_tui.cli.workspace import connected
from qiscus_tui.errors import CannotTell, QiscusTuiError, StorageError, UsageError
from qiscus_tui.exit_codes import ExitCode
from qiscus_tui.model.ascii_json import JsonArray, ascii_json
from qiscus_tui.model.session import Current
from qiscus_tui.model.text import counted, safe
from qiscus_tui.service.scan.files import STDIN, Event, Found, NotRead, Read, Skipped, scan
from qiscus_tui.service.scan.live_tokens import SHORTEST, LiveTokens, merged, token_to_find
from qiscus_tui.service.sessions.export import Export, Record


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    add = parser.add_argument
    add("paths", metavar="PATH", nargs="+", help="a file, a folder with all in it, or - for stdin")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--ids", action="store_true", help="one id a line, each once")
    form.add_argument("--json", action="store_true", help="one JSON array, ASCII")


BATCH = 0.05
"""Seconds of reading between two looks at signals and the progress line."""

LONGEST_PATH = 4096


async def run(context: Context) -> int:
    """Look for the tokens of each account; the files are read once. Return the worst exit code."""
    options, console = context.options, context.console
    if options.paths.count(STDIN) > 1:
        raise UsageError("- was given twice", "stdin can be read once.")
    stdin = _descriptor(console.source) if STDIN in options.paths else 0
    files = _Files(options.paths, stdin, console)
    if options.all_accounts:
        with one_result(context):
            return await _scan_for_each(context, files)
    result = _Results(context, await _listed(context))
    result.begin()
    await _read(files, [result])
    return result.end(files)


async def _scan_for_each(context: Context, files: "_Files") -> int:
    worst: int = ExitCode.DONE
    results: list[_Results] = []
    for one in each_account(context):
        try:
            results.append(_Results(one, await _listed(one), _kept()))
        except QiscusTuiError as error:
            show_heading(one)
            worst = max(worst, show_failure(one, error))
    if not results:
        return worst
    await _read(files, results)
    return max(worst, *(one.end(files) for one in results))


def _descriptor(source: TextIO) -> int:
    """Return the open file that stdin is. Raises UsageError where it is closed."""
    try:
        return source.fileno()
    except OSError as error:
        raise UsageError("stdin is closed", "Pass what to look into by a pipe or <file.") from error


async def _listed(context: Context) -> Export:
    """Return the list of an account. Raises CannotTell where it has no full token."""
    console = context.console
    async with connected(context.workspace) as connection:
        listed = await connection.read_list(console.show_read)
        secrets = frozenset((await connection.credentials()).secrets)
    console.end_progress()
    if listed.sessions and not any(map(token_to_find, listed.sessions)):
        raise CannotTell(
            "The server does not list full tokens: can't tell which tokens are live",
            "See what it lists: qiscus-tui doctor --live",
        )
    return Export(listed, (), secrets)


async def _read(files: "_Files", results: Sequence["_Results"]) -> None:
    """Read the files once, and hand what is found to the accounts that list it."""
    lists = merged([one.sessions.listed.sessions for one in results])
    for one, missing in zip(results, lists.without_token, strict=True):
        one.without_token = missing
    events = scan(files.paths, LiveTokens.of(lists.sessions), files.stdin)
    try:
        while batch := await asyncio.to_thread(_batch, events):
            for event in batch:
                files.take(event)
                if isinstance(event, Found):
                    for place in lists.places[event.at.position]:
                        results[place.list_number].show(event, place.position)
            files.console.flush()
    except asyncio.CancelledError:
        for one in results:
            one.release()
        raise
    files.console.end_progress()
    if files.skipped:
        files.console.say(
            f"{files.skipped:,} skipped: links, pipes, sockets, devices, /proc and /sys"
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


@dataclass
class _Files:
    """What is read, for all accounts together."""

    paths: Sequence[str]
    stdin: int
    console: Console
    found: int = 0
    count: int = 0
    size: int = 0
    not_read: int = 0
    skipped: int = 0

    def take(self, event: Event) -> None:
        match event:
            case Found():
                self.found += 1
            case NotRead(path, reason):
                self.not_read += 1
                self.console.say(f"{safe(path, LONGEST_PATH)}: {reason}")
            case Skipped():
                self.skipped += 1
            case Read(size, is_first):
                self.count += is_first
                self.size += size
                self.console.progress(f"{self.words}, {counted(self.found, 'token')} found")

    @property
    def words(self) -> str:
        return f"{counted(self.count, 'file')}, {self.size / 1e6:,.1f} MB"


def _kept() -> TextIO:
    """Return where an account's lines wait for their turn: a file without a name."""
    return tempfile.TemporaryFile("w+", encoding="utf-8", errors="backslashreplace")


@dataclass
class _Results:
    """The result of one account, written while it is found: only ids and numbers are held."""

    context: Context
    sessions: Export
    kept: TextIO | None = None
    """Where the lines wait until all files are read; None if they need not."""
    array: JsonArray | None = None
    """Where what is found is written as JSON at once."""
    without_token: int = 0
    found: int = 0
    records: dict[int, Record] = field(default_factory=dict[int, Record])
    """Of the sessions that were found, by position."""
    ids: set[str] = field(default_factory=set[str])

    def begin(self) -> None:
        """Say what the list lacks."""
        if self.context.options.json and self.kept is None:
            self.array = JsonArray(self.context.console.results.write)
        for gap in gaps(self.sessions.listed):
            self.context.console.say(gap)

    def show(self, found: Found, position: int) -> None:
        """Write what was found, in the form that the options ask for."""
        session = self.sessions.listed.sessions[position]
        record = self.records.get(position)
        if record is None:
            record = self.records[position] = self.sessions.record(position)
        is_new = session.id not in self.ids
        self.found += 1
        self.ids.add(session.id)
        options = self.context.options
        if options.json:
            fields = {name: record[name] for name in ("id", "client", "ip", "expires_at")}
            row = {"path": found.path, "line": found.at.line, **fields}
            if self.array is not None:
                self.array.add(row)
            else:
                self._line(ascii_json(row))
        elif not options.ids:
            line = "" if found.at.line is None else f":{found.at.line}"
            own = "  (this program's own)" if session.current else ""
            self._line(
                f"{safe(found.path, LONGEST_PATH)}{line}: {session.id}  "
                f"{_text(record['client'])}  {_text(record['ip'])}  "
                f"expires {moment(session.expires_at)}{own}"
            )
        elif is_new:
            self._line(session.id)

    def release(self) -> None:
        """Write the lines that waited, under the account's name, and the end of what is JSON."""
        if self.array is not None:
            self.array.end()
        if self.kept is None:
            return
        show_heading(self.context)
        self.begin()
        console = self.context.console
        self.kept.seek(0)
        document = console.results.document
        if document is None:
            for line in self.kept:
                console.result(line.removesuffix("\n"))
        else:
            with document.add_with_array(console.account_fields, "found") as array:
                for line in self.kept:
                    array.add(json.loads(line))
        self.kept.close()

    def end(self, files: _Files) -> int:
        """Write the rest of the result. Return the exit code."""
        self.release()
        console = self.context.console
        listed = self.sessions.listed
        is_own_missing = listed.current is Current.UNKNOWN
        is_sure = listed.is_whole and not self.without_token and not is_own_missing
        what = "no live token" if is_sure else "no token of a session that is listed in full"
        if self.found:
            what = f"{counted(len(self.ids), 'live token')}, {counted(self.found, 'time')}"
        console.say(f"{files.words}: {what}")
        if self.without_token:
            console.say(
                f"{counted(self.without_token, 'session')} could not be looked for: the server "
                f"lists no full token, or one of fewer than {SHORTEST} characters."
            )
        if is_own_missing:
            console.say(
                "This program's own token is not in the list: the server may list no full tokens. "
                "To make sure: qiscus-tui refresh, then scan again."
            )
        if self.found:
            return ExitCode.FAILED
        if files.not_read:
            return StorageError.exit_code
        return ExitCode.DONE if is_sure else ExitCode.INCOMPLETE

    def _line(self, text: str) -> None:
        if self.kept is None:
            self.context.console.result(text)
        else:
            self.kept.write(f"{text}\n")


def _text(value: object) -> str:
    return UNKNOWN if value is None else safe(str(value))


VERB = Verb(
    add_options,
    run,
    not_done=(
        "It looks for live sessions' tokens of this user: not for the long-lived token, the secret "
        "key, tokens that have ended, or other archives than gzip. It prints no token."
    ),
    examples=(
        Example("qiscus-tui scan /etc /srv/app/.env", "which live tokens are there?"),
        Example("qiscus-tui scan --ids backup/ | xargs -r qiscus-tui revoke --yes", "and end them"),
    ),
    words_anywhere=True,
    finds=always,
    takes_all_accounts=True,
)
