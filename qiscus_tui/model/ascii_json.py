"""JSON for scripts: ASCII, safe on terminals, and readable by every parser."""

import contextlib
import json
import re
from collections.abc import Callable, Generator, Mapping
from typing import Self

_ESCAPES = re.compile(r"(\\\\|\\ud[89ab]..\\ud[c-f]..)|\\ud[89a-f]..")
"""An escaped backslash, a pair of surrogates, or a lone one."""


def ascii_json(value: object) -> str:
    """Return the value as ASCII JSON; what is no Unicode scalar value becomes U+FFFD.

    Python keeps lone surrogates from servers and file names, which `jq` rejects.
    """
    text = json.dumps(value, ensure_ascii=True)
    if "\\ud" not in text:
        return text
    return _ESCAPES.sub(lambda found: found[1] or "\\ufffd", text)


class JsonArray:
    """An ASCII JSON array of objects, an object a line, written while they come.

    It is ended with its block. Where an error or a signal ends that, an empty array is not written.
    """

    def __init__(self, write: Callable[[str], object]) -> None:
        self._write = write
        self.is_empty = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        if error is None or not self.is_empty:
            self._end()

    def add(self, value: Mapping[str, object]) -> None:
        """Write the next object."""
        self._begin(ascii_json(value))

    @contextlib.contextmanager
    def add_with_array(self, value: Mapping[str, object], name: str) -> Generator["JsonArray"]:
        """Write the next object, with an array of this name as its last field.

        It is ended also where a signal ends the block.
        """
        self._begin(f"{ascii_json(value)[:-1]}, {ascii_json(name)}: ")
        array = JsonArray(self._write)
        try:
            yield array
        finally:
            array._end()
            self._write("}")

    def _end(self) -> None:
        self._write("[]\n" if self.is_empty else "\n]\n")

    def _begin(self, text: str) -> None:
        self._write(("[\n" if self.is_empty else ",\n") + text)
        self.is_empty = False
