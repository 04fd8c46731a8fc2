"""`scan`: which live tokens stand in these files."""

import argparse
import asyncio
import contextlib
import os
import stat
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TextIO

from qiscus_tui.cli.options import flag
from qiscus_tui.cli.output.console import Console
from qiscus_tui.cli.output.text_table import UNKNOWN, moment
from qiscus_tui.cli.verbs import Example, Verb, VerbContext, always
from qiscus_tui.cli.workspace import connected
from qiscus_tui.errors import CannotTell, StorageError, UsageError
from qiscus_tui.exit_codes import ExitCode
from qiscus_tui.model.ascii_json import JsonArray
from qiscus_tui.model.clock import Pace, read_words
from qiscus_tui.model.session import Current
from qiscus_tui.model.text import counted, safe
from qiscus_tui.service.scan import (
    SHORTEST,
    STDIN,
    Event,
    Found,
    LiveTokens,
    NotRead,
    Read,
    Skipped,
    scan,
    token_to_find,
)
from qiscus_tui.service.sessions.export import Export, Record

if TYPE_CHECKING:
    from qiscus_tui.service.account.connection import Connection


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    add = parser.add_argument
    add(
        "paths",
        metavar="PATH",
        nargs="+",
        help="a file, a folder with all that is in it, or -: stdin",
    )
    form = parser.add_mutually_exclusive_group()
    flag(form, "--ids", "one id a line, each once")
    flag(form, "--json", "one JSON array, ASCII")


BATCH = 0.05
"""Seconds of reading between two looks at signals and the progress line."""

LONGEST_PATH = 4096


async def run(context: VerbContext) -> int:
    """Look for the tokens of the account in the files."""
    options, console = context.options, context.console
    stdin = 0
    if STDIN in options.paths:
        if options.all_accounts or options.paths.count(STDIN) > 1:
            raise UsageError("stdin can be read once", "Give - once, and without --all-accounts.")
        stdin = _descriptor(console.source)
    async with connected(context.workspace) as connection:
        sessions = await _listed(console, connection)
    for gap in sessions.listed.gaps:
        console.say(gap)
    with _rows(context) as add:
        result = _Result(console, sessions, options.ids, add, _size_of(options.paths))
        tokens = LiveTokens.of(sessions.listed.sessions)
        events = scan(options.paths, tokens, stdin)
        while batch := await asyncio.to_thread(_batch, events):
            for event in batch:
                result.take(event)
            console.results.flush()
    return result.end(tokens.without_token)


def _descriptor(source: TextIO) -> int:
    """Return the open file that stdin is. Raises UsageError where it is closed."""
    try:
        return source.fileno()
    except OSError as error:
        raise UsageError("stdin is closed", "Pass what to look into by a pipe or <file.") from error


async def _listed(console: Console, connection: "Connection") -> Export:
    """Return the list of an account. Raises CannotTell where it has no full token."""
    listed = await connection.read_list(console.show_read)
    secrets = frozenset((await connection.credentials()).secrets)
    console.end_progress()
    if listed.sessions and not any(map(token_to_find, listed.sessions)):
        raise CannotTell(
            "The server does not list full tokens: can't tell which tokens are live",
            "See what it lists: qiscus-tui doctor --live",
        )
    return Export(listed, (), secrets)


def _size_of(paths: Sequence[str]) -> int | None:
    """Return the bytes of these files; None where one of them is a folder, a pipe, or missing."""
    with contextlib.suppress(OSError):
        stats = [os.stat(path) for path in paths if path != STDIN]
        if len(stats) == len(paths) and all(stat.S_ISREG(one.st_mode) for one in stats):
            return sum(one.st_size for one in stats)
    return None


@contextlib.contextmanager
def _rows(context: VerbContext) -> Generator[JsonArray | None]:
    """Give the array that is written while tokens are found, also where a signal ends it.

    With `--all-accounts` it is a field of the account's object. None where no JSON is wanted.
    """
    results, fields = context.console.results, context.console.account_fields
    if not context.options.json:
        yield None
    elif results.document is not None:
        with results.document.add_with_array(fields, "found") as array:
            yield array
    else:
        with results.json_array() as array:
            yield array


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
class _Result:
    """The result for one account, written while it is found: only ids and numbers are held."""

    console: Console
    sessions: Export
    only_ids: bool
    array: JsonArray | None
    total: int | None
    """Bytes of all files; None where that is not known before they are read."""
    records: dict[str, Record] = field(default_factory=dict[str, Record])
    """Of the sessions that were found, by id."""
    found: int = 0
    files: int = 0
    size: int = 0
    not_read: int = 0
    skipped: int = 0
    pace: Pace = field(default_factory=Pace)

    def take(self, event: Event) -> None:
        """Show what was found, or what could not be read, and how far it is."""
        match event:
            case Found():
                self.found += 1
                self._show(event)
            case NotRead(path, reason):
                self.not_read += 1
                self.console.tell(f"{safe(path, LONGEST_PATH)}: {reason}")
            case Skipped():
                self.skipped += 1
            case Read(size, is_first):
                self.files += is_first
                self.size += size
                words = read_words(self.size, self.total, self.pace.at(self.size))
                files, found = counted(self.files, "file"), counted(self.found, "token")
                self.console.progress(f"{files}, {words}; {found} found")

    @property
    def _read(self) -> str:
        return f"{counted(self.files, 'file')}, {self.size / 1e6:,.1f} MB"

    def _show(self, found: Found) -> None:
        position = found.position
        session = self.sessions.listed.sessions[position]
        is_new = session.id not in self.records
        if is_new:
            self.records[session.id] = self.sessions.record(position)
        record = self.records[session.id]
        if self.array is not None:
            fields = {name: record[name] for name in ("id", "client", "ip", "expires_at")}
            self.array.add({"path": found.path, "line": found.line, **fields})
        elif not self.only_ids:
            line = "" if found.line is None else f":{found.line}"
            own = "  (this program's own)" if session.current else ""
            self.console.result(
                f"{safe(found.path, LONGEST_PATH)}{line}: {session.id}  "
                f"{_text(record['client'])}  {_text(record['ip'])}  "
                f"expires {moment(session.expires_at)}{own}"
            )
        elif is_new:
            self.console.result(session.id)

    def end(self, without_token: int) -> int:
        """Say what was read, and what could not be looked for. Return the exit code."""
        console, listed = self.console, self.sessions.listed
        if self.skipped:
            words = "skipped: links, pipes, sockets, devices, /proc and /sys"
            console.say(f"{self.skipped:,} {words}")
        is_own_missing = listed.current is Current.UNKNOWN
        is_sure = listed.is_whole and not without_token and not is_own_missing
        what = "no live token" if is_sure else "no token of a session that is listed in full"
        if self.found:
            what = f"{counted(len(self.records), 'live token')} in {counted(self.found, 'place')}"
        console.say(f"{self._read}: {what}")
        if without_token:
            console.say(
                f"{counted(without_token, 'session')} could not be looked for: the server "
                f"lists no full token, or one of fewer than {SHORTEST} characters."
            )
        if is_own_missing:
            console.say(
                "This program's own token is not in the list: the server may list no full tokens. "
                "To make sure: qiscus-tui refresh, then scan again."
            )
        if self.found:
            return ExitCode.FAILED
        if self.not_read:
            return StorageError.exit_code
        return ExitCode.DONE if is_sure else ExitCode.INCOMPLETE


def _text(value: object) -> str:
    return UNKNOWN if value is None else safe(str(value))


VERB = Verb(
    add_options,
    run,
    not_done=(
        "It looks for the tokens of this user's live sessions, and for nothing else: not for the "
        "long-lived token, the secret key or tokens that have ended. Of archives it reads gzip "
        "only. It prints no token."
    ),
    examples=(
        Example("qiscus-tui scan /etc /srv/app/.env", "which live tokens are in these files?"),
        Example("qiscus-tui scan --ids backup/ | qiscus-tui revoke - --yes", "and end them"),
    ),
    finds=always,
    each_account=True,
)
