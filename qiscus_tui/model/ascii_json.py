"""JSON for scripts: ASCII, safe on terminals, and readable by every parser."""

import json
import re

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
