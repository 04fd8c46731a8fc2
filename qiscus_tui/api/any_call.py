"""A call named by the user: any path of the server but those that create, end or list tokens.

A proxy and the server may each decode a path once more. So an ambiguous path is refused, and
the refused calls are compared with a path as the most lenient reader would understand it.
"""

import re
from collections.abc import Iterable
from urllib.parse import unquote, urlencode

from qiscus_tui.api.contract import Authentication, Call, Contract
from qiscus_tui.errors import UsageError

READS = ("GET", "HEAD")
"""Methods that change nothing; they have no body."""

METHODS = (*READS, "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
"""Not TRACE, whose answer repeats the headers, nor CONNECT, which opens a tunnel."""

_PLAIN = re.compile(r"/[!-~]*")
_LEADS_AWAY = ("//", "\\", "@", "..", "#")
_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_HIDDEN = re.compile(r"%(?:2[EeFf]|5[Cc]|[01][0-9A-Fa-f]|7[Ff]|[Cc][01])")
"""Dot, slash, backslash, control characters; C0 and C1 begin an overlong dot or slash."""
_PARAMETERS = re.compile(r";[^/]*")
_MOST_DECODED = 5

_HINT = "Give a path on the account's server, such as /api/v2/…; values of -f are encoded."

Fields = Iterable[tuple[str, str]]


def any_call(
    method: str, target: str, query: Fields, contract: Contract, authentication: Authentication
) -> Call:
    """Return the call to `target` (a path, with or without a query). Raises UsageError.

    `query` is encoded and appended to that of the target.
    """
    path, mark, given = target.partition("?")
    _must_be_plain(target, path)
    read = _as_read(path)
    for call in contract.token_calls:
        if read == _as_read(call.path):
            raise UsageError(
                "That call creates, ends or lists tokens, which api does not do: nothing was sent",
                f"Use this instead: qiscus-tui {call.verb}",
            )
    more = urlencode(list(query))
    whole = "&".join(filter(None, (given, more)))
    sent = f"{path}?{whole}" if whole or mark else path
    repeatable = method in READS
    return Call("api", method, sent, authentication, repeatable=repeatable)


def _must_be_plain(target: str, path: str) -> None:
    if not _PLAIN.fullmatch(target):
        raise UsageError("The path must begin with / and be plain ASCII without spaces", _HINT)
    for bad in _LEADS_AWAY:
        if bad in path:
            raise UsageError(f"The path must not contain {bad}", _HINT)
    if "\\" in target or "#" in target:
        raise UsageError("The query must not contain \\ or #", _HINT)
    if "." in path.split("/"):
        raise UsageError("The path must not contain /./", _HINT)
    if _ESCAPE.search(path):
        raise UsageError("The path has an invalid % escape", "Write a percent sign as %25.")


def _as_read(path: str) -> str:
    """Return the path as the most lenient server reads it. Raises UsageError."""
    for _ in range(_MOST_DECODED):
        if _HIDDEN.search(path):
            raise UsageError(
                "The path must not contain an encoded dot, slash, backslash or control character",
                _HINT,
            )
        decoded = unquote(path, encoding="latin-1")
        if decoded == path:
            break
        path = decoded
    else:
        raise UsageError("The path is encoded too many times", _HINT)
    # Without parameters, a trailing slash, and the suffix from which some servers take a format.
    path = _PARAMETERS.sub("", path).casefold().rstrip("/ ")
    folder, _, last = path.rpartition("/")
    return f"{folder}/{last.partition('.')[0].strip()}"
