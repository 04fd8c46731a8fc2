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
_QUERY = re.compile(r"[?#].*", re.DOTALL)
"""What follows the path: a server that decodes it once more sees an encoded `?` as one."""
_AFTER_A_WORD = re.compile(r"[^\w-]")
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
    calls = {call: _words(_as_read(call.path)) for call in contract.token_calls}
    for call, words in calls.items():
        is_folder = any(other[:-1] == words for other in calls.values())
        if _leads_to(read, words, is_folder=is_folder):
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
    leads_away = "." in path.split("/") or any(bad in path for bad in _LEADS_AWAY)
    if not _PLAIN.fullmatch(target) or leads_away or "\\" in target or "#" in target:
        raise UsageError(
            "The path must begin with /, be plain ASCII without spaces, and have no //, /./, .., "
            "\\, @ or #",
            _HINT,
        )
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
    return _QUERY.sub("", path).casefold()


def _words(path: str) -> list[str]:
    """Return the names in a path, each up to a format, parameter or query that may follow."""
    return [_AFTER_A_WORD.split(name.strip(), 1)[0] for name in path.strip("/ ").split("/")]


def _leads_to(path: str, words: list[str], *, is_folder: bool) -> bool:
    """Return whether a lenient server may read the path as that of the call with these words.

    The path may begin with the name of a script, as in `/index.php/api`, and go on with values.
    If the words are a folder of other calls, it may not go on with another name.
    """
    names = path.strip("/ ").split("/")
    found = _words(path)
    for begin in range(len(names)):
        end = begin + len(words)
        is_begin = begin == 0 or "." in names[begin - 1]
        if is_begin and found[begin:end] == words:
            rest = found[end:]
            if not is_folder or not rest or not rest[0].isidentifier():
                return True
    return False
