"""Hides secrets in texts and JSON values: whole, in pieces, escaped, or broken up."""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import NamedTuple, cast

MASK = "[hidden]"
MAX_DEPTH = 32
"""Nesting beyond which a value is not searched."""

RUN = 8
"""Characters in a row of a secret that are hidden; a shorter secret is hidden as a whole."""

_ORDINARY = frozenset({"password"})
"""Words of ordinary errors, which reveal nothing about a password that contains them."""

_SECRET_NAME = re.compile("token|secret|key|password|otp", re.IGNORECASE)

_ESCAPE = re.compile(
    r"\\u(?P<json>[0-9A-Fa-f]{4})|\\(?P<letter>[^u])"
    r"|(?P<url>(?:%[0-9A-Fa-f]{2})+)|&\#(?P<number>[0-9]{1,7});|&(?P<name>amp|lt|gt|quot);"
)
_LETTERS = {**dict.fromkeys("bfnrt", " "), "amp": "&", "lt": "<", "gt": ">", "quot": '"'}
_LEVELS = 3
"""How many times a text may be escaped."""

_PROBE = RUN // 2
"""Every run contains such a piece that begins at a multiple of `_PROBE + 1`."""


def names_a_secret(name: str) -> bool:
    """Return whether a value with this name counts as a secret."""
    return _SECRET_NAME.search(name) is not None


class KnownSecrets:
    """Secrets that must not be shown, nor `RUN` or more characters in a row of one.

    They are also found escaped (JSON, URL, HTML; several times over), and with spaces, line ends
    or invisible characters in between.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        found = {solid for text in texts for solid in _solids(text) if solid}
        self._secrets = tuple(found)
        self._short = tuple(secret for secret in found if len(secret) < RUN)
        self._joined = "\n".join(found)

    def occur_in(self, text: str) -> bool:
        """Return whether one of them, or a piece, is in the text."""
        return bool(self._secrets) and any(map(self._occur_in_solid, _solids(text)))

    def hidden(self, text: str) -> str:
        """Return the text with a mask for each. Slow: for a few thousand characters."""
        if not self.occur_in(text):
            return text
        parts: list[str] = []
        at = 0
        for start, end in self._places(text):
            parts += text[at:start], MASK
            at = end
        return "".join((*parts, text[at:]))

    def _occur_in_solid(self, solid: str) -> bool:
        if any(secret in solid for secret in self._short):
            return True
        for at in range(0, len(solid) - _PROBE + 1, _PROBE + 1):
            if solid[at : at + _PROBE] in self._joined:
                starts = range(max(0, at - _PROBE), at + 1)
                if any(self._is_run(solid[start : start + RUN]) for start in starts):
                    return True
        return False

    @cached_property
    def _runs(self) -> frozenset[str]:
        return frozenset(
            secret[at : at + RUN]
            for secret in self._secrets
            for at in range(max(1, len(secret) - RUN + 1))
        )

    def _is_run(self, text: str) -> bool:
        return text in self._runs and text not in _ORDINARY

    def _places(self, text: str) -> list[tuple[int, int]]:
        """Return where they are: starts and ends, in order, without overlap."""
        lengths = sorted({len(run) for run in self._runs})
        found: list[tuple[int, int]] = []
        for form in _forms(text):
            solid = _text_of(form)
            found += (
                (form[at].start, form[at + length - 1].end)
                for length in lengths
                for at in range(len(solid) - length + 1)
                if solid[at : at + length] in self._runs
            )
        merged: list[tuple[int, int]] = []
        for start, end in sorted(found):
            if merged and start <= merged[-1][1]:
                merged[-1] = merged[-1][0], max(end, merged[-1][1])
            else:
                merged.append((start, end))
        return [(start, end) for start, end in merged if text[start:end] not in _ORDINARY]


def _solids(text: str) -> Iterable[str]:
    """Return the text as it is, and unescaped once, twice …; each without blanks."""
    if text.isprintable() and "\\" not in text and "%" not in text and "&" not in text:
        return (text.replace(" ", ""),)
    return _read_solids(text)


def _read_solids(text: str) -> Iterator[str]:
    for _ in range(_LEVELS + 1):
        yield "".join(filter(_is_solid, text))
        before, text = text, _ESCAPE.sub(_meant, text)
        if text == before:
            return


class _Part(NamedTuple):
    """A character, and where its escape begins and ends in the text."""

    char: str
    start: int
    end: int


def _forms(text: str) -> Iterator[list[_Part]]:
    """Yield the same as `_solids`, with the places."""
    form = [_Part(char, at, at + 1) for at, char in enumerate(text)]
    for _ in range(_LEVELS + 1):
        yield [part for part in form if _is_solid(part.char)]
        read: list[_Part] = []
        at = 0
        for escape in _ESCAPE.finditer(_text_of(form)):
            first, last = form[escape.start()], form[escape.end() - 1]
            read += form[at : escape.start()]
            read += (_Part(char, first.start, last.end) for char in _meant(escape))
            at = escape.end()
        form = read + form[at:]


def _text_of(form: Iterable[_Part]) -> str:
    return "".join(part.char for part in form)


def _is_solid(char: str) -> bool:
    return char.isprintable() and char != " "


def _meant(escape: re.Match[str]) -> str:
    if escape["json"]:
        return chr(int(escape["json"], 16))
    if escape["url"]:
        return bytes.fromhex(escape["url"].replace("%", "")).decode("utf-8", "replace")
    if escape["number"]:
        return chr(min(int(escape["number"]), 0x10FFFF))
    letter = escape["letter"] or escape["name"]
    return _LETTERS.get(letter, letter)


def pieces_of(text: str) -> frozenset[str]:
    """Return pieces of the text: any secret that it has a run of contains one of them."""
    return frozenset(
        solid[at : at + _PROBE]
        for solid in _solids(text)
        for at in range(0, len(solid) - _PROBE + 1, _PROBE + 1)
    )


def may_be_in(secret: str, pieces: Iterable[str]) -> bool:
    """Return whether `KnownSecrets` may find the secret in the text with these pieces.

    For many secrets and few texts: no text is read again.
    """
    if len(secret) < RUN or _solids(secret) != (secret,):
        return True
    for piece in pieces:  # noqa: SIM110 - a generator costs twice as much
        if piece in secret:
            return True
    return False


NOTHING_KNOWN = KnownSecrets(())


def masked(
    value: object,
    known: KnownSecrets = NOTHING_KNOWN,
    is_secret: Callable[[str], bool] = lambda _: False,
    depth: int = 0,
) -> object:
    """Return a copy of a JSON value without values of secret names and texts with known secrets.

    `is_secret` recognises further secrets, of which there may be many.
    """
    if isinstance(value, str):
        return MASK if is_secret(value) or known.occur_in(value) else value
    if depth >= MAX_DEPTH and isinstance(value, dict | list):
        return MASK
    if isinstance(value, dict):
        return {
            str(masked(name, known, is_secret)): MASK
            if names_a_secret(name)
            else masked(inner, known, is_secret, depth + 1)
            for name, inner in cast("dict[str, object]", value).items()
        }
    if isinstance(value, list):
        items = cast("list[object]", value)
        return [masked(item, known, is_secret, depth + 1) for item in items]
    return value
