"""The server that config.toml names, read without `tomllib`, which takes long to load.

Nearly every config.toml is plain: one setting a line, its value written as JSON has it too. One
line of another form, and the whole file is left to `tomllib`.
"""

import json

_READER = json.JSONDecoder()


class _NotPlainError(Exception):
    """The text needs `tomllib`."""


def configured_server(text: str) -> object:
    """Return `url` under `[server]` of a TOML text, None without one.

    Raises ValueError or AttributeError where the text is no configuration.
    """
    try:
        urls = _plain_urls(text)
    except _NotPlainError:
        import tomllib

        return tomllib.loads(text).get("server", {}).get("url")
    return urls[0] if urls else None


def _plain_urls(text: str) -> list[object]:
    """Return the `url` under `[server]`, if there is one. Raises _NotPlainError."""
    urls: list[object] = []
    tables: list[str] = [""]
    for line in (one.strip(" \t") for one in text.split("\n")):
        if not line or line.startswith("#"):
            continue
        if "\\" in line or not line.isprintable():
            raise _NotPlainError
        if line.startswith("["):
            tables.append(_table(line))
            continue
        key, _, written = line.partition("=")
        value = _value(written)
        match tables[-1], _word(key):
            case "", "server":
                raise _NotPlainError
            case "server", "url":
                urls.append(value)
            case _:
                pass
    if tables.count("server") > 1 or len(urls) > 1:
        raise _NotPlainError
    return urls


def _table(line: str) -> str:
    """Return the first name of a table's head; `server` only for the table itself."""
    head, end, rest = line.partition("]")
    if (head, end) == ("[server", "]") and rest.strip(" ")[:1] in {"", "#"}:
        return "server"
    name = _word(line.lstrip("[ ").partition("]")[0].partition(".")[0])
    if name == "server":
        raise _NotPlainError
    return name


def _word(text: str) -> str:
    """Return a key that is one plain word. Raises _NotPlainError."""
    word = text.strip(" ")
    if not (word.isascii() and word.replace("-", "_").isidentifier()):
        raise _NotPlainError
    return word


def _value(text: str) -> object:
    """Return a text, number, truth value or list of these. Raises _NotPlainError."""
    start = text.lstrip(" ")
    try:
        found: tuple[object, int] = _READER.raw_decode(start)
    except (ValueError, RecursionError) as error:
        raise _NotPlainError from error
    value, end = found
    if type(value) not in {str, int, bool, list} or start[end:].strip(" ")[:1] not in {"", "#"}:
        raise _NotPlainError
    return value
