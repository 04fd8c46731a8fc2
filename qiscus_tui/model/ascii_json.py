"""JSON as scripts get it: ASCII, so that a terminal can show it, and readable by every parser."""

import json
import re

_ESCAPES = re.compile(r"(\\\\|\\ud[89ab]..\\ud[c-f]..)|\\ud[89a-f]..")
"""An escaped backslash, a pair of surrogates, or a lone one."""


def ascii_json(value: object) -> str:
    """Return the value as ASCII JSON; what is no Unicode scalar value becomes U+FFFD.

    Python keeps the lone surrogates that servers and file names hold, and `jq` takes none.
    """
    text = json.dumps(value, ensure_ascii=True)
    if "\\ud" not in text:
        return text
    return _ESCAPES.sub(lambda found: found[1] or "\\ufffd", text)
