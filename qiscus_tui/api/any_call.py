"""A call that the user names: any path of the same server but those that make, end or list tokens.

What a path means is decided by whoever reads it last, a proxy or the server, and each may decode
it once more. So what could mean anything but itself is refused, and a path is held against the
refused ones as the most generous reader would read it.
"""

import re
from collections.abc import Iterable
from urllib.parse import unquote, urlencode

from qiscus_tui.api.contract import Authentication, Call, Contract
from qiscus_tui.errors import UsageError

READS = ("GET", "HEAD")
"""Methods that change nothing; they have no body."""

METHODS = (*READS, "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
"""Not TRACE, whose answer repeats the headers, nor CONNECT, which leads elsewhere."""

_PLAIN = re.compile(r"/[!-~]*")
_LEADS_AWAY = ("//", "\\", "@", "..", "#")
_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_HIDDEN = re.compile(r"%(?:2[EeFf]|5[Cc]|[01][0-9A-Fa-f]|7[Ff]|[Cc][01])")
"""Dot, slash, backslash, control characters; C0 and C1 begin a dot or slash that is too long."""
_PARAMETERS = re.compile(r";[^/]*")
_MOST_DECODED = 5

_HINT = "Give a path of the account's own server, as /api/v2/…; values by -f are encoded."

Fields = Iterable[tuple[str, str]]


def any_call(
    method: str, target: str, query: Fields, contract: Contract, authentication: Authentication
) -> Call:
    """The call to `target` (a path, with or without a query). Raises UsageError.

    `query` is encoded and goes behind what the target has of its own.
    """
    path, mark, given = target.partition("?")
    _must_be_plain(target, path)
    read = _as_read(path)
    for call in contract.token_calls:
        if read == _as_read(call.path):
            raise UsageError(
                "That call makes, ends or lists tokens, which api does not do: nothing was sent",
                f"There is a verb for it: qiscus-tui {call.verb}",
            )
    more = urlencode(list(query))
    whole = "&".join(filter(None, (given, more)))
    sent = f"{path}?{whole}" if whole or mark else path
    repeatable = method in READS
    return Call("api", method, sent, authentication, repeatable=repeatable)


def _must_be_plain(target: str, path: str) -> None:
    if not _PLAIN.fullmatch(target):
        raise UsageError("The path must begin with / and be plain text without spaces", _HINT)
    for bad in _LEADS_AWAY:
        if bad in path:
            raise UsageError(f"The path must not hold {bad}", _HINT)
    if "\\" in target or "#" in target:
        raise UsageError("The query must not hold \\ or #", _HINT)
    if "." in path.split("/"):
        raise UsageError("The path must not hold /./", _HINT)
    if _ESCAPE.search(path):
        raise UsageError("The path holds a % that encodes nothing", "Write the sign itself as %25.")


def _as_read(path: str) -> str:
    """The path as the most generous server reads it. Raises UsageError."""
    for _ in range(_MOST_DECODED):
        if _HIDDEN.search(path):
            raise UsageError(
                "The path must not hold an encoded dot, slash, backslash or control character",
                _HINT,
            )
        decoded = unquote(path, encoding="latin-1")
        if decoded == path:
            break
        path = decoded
    else:
        raise UsageError("The path is encoded over and over", _HINT)
    # Without parameters, a closing slash, and the format that some servers take from the ending.
    path = _PARAMETERS.sub("", path).casefold().rstrip("/ ")
    folder, _, last = path.rpartition("/")
    return f"{folder}/{last.partition('.')[0].strip()}"
