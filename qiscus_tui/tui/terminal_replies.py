"""The terminal's own replies, taken out of what is typed before anything is made of it.

Over a slow line a reply such as `ESC [ ? 2026 ; 2 $ y` may come late, or stand still in the
middle. After a tenth of a second Textual takes its pieces for keys: `?` would open the help, `y`
would confirm. It takes a whole reply that it does not know (`ESC [ ? 62 ; 22 c`) for keys as
well, together with what is typed behind it. So sequences are put together here, however late
their pieces come, and only whole ones that are keys, mouse, paste, or asked for by Textual, go on.
"""

import re
import time
from collections.abc import Callable

LATE = 3.0
"""Seconds that a torn sequence may stand still. What comes later is typed."""

_ESC = "\x1b"
_PASTE_BEGINS, _PASTE_ENDS = "\x1b[200~", "\x1b[201~"
_LONGEST = 4096

_WHOLE = re.compile(
    r"\x1b(?:"
    r"\[[0-?]*[ -/]*[@-~]"  # CSI: keys, mouse, replies
    r"|(?P<string>[\]PX^_](?:[^\x07\x1b\x9c])*(?:\x07|\x9c|\x1b\\))"  # OSC, DCS, …: replies only
    r"|O[ -~]"  # keys
    r"|[^\[\]PX^_O\x1b]"  # Alt and a key
    r")"
)
_TORN = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|[\]PX^_](?:[^\x07\x1b\x9c])*\x1b?|O)?")

_REPLY = re.compile(
    r"\x1b\[(?:"
    r"[?=>].*(?<!\$)[@-~]"  # attributes, keyboard flags, status
    r"|[?=>].*\$(?!y)[@-~]"
    r"|[\d;]*[cnx]"  # attributes, status, parameters
    r"|(?!48;)[\d;:]*t"  # sizes; Textual asks for 48 alone
    r"|\d*;?\d*\$y"
    r")"
)


class TypedOnly:
    """Takes what arrives, piece by piece, and gives what may be looked at as typed."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._held = ""
        self._since = 0.0
        self._escaped_at: float | None = None
        """When a lone ESC was handed on: the key, or the first byte of something torn."""
        self._is_pasting = False

    def take(self, arrived: str) -> str:
        """Give what goes on of this and of what was held; a key is never held."""
        now = self._monotonic()
        text = self._with_held(arrived, now)
        self._since = now
        given: list[str] = []
        while text:
            if self._is_pasting:
                part, text = self._paste(text)
            elif not text.startswith(_ESC):
                part, escape, text = text.partition(_ESC)
                text = escape + text
            else:
                part, text, is_torn = self._sequence(text)
                if is_torn:
                    break
            given.append(part)
        return "".join(given)

    def _with_held(self, arrived: str, now: float) -> str:
        """What is to be looked at: what is held may have grown too old, or too long."""
        held, self._held = self._held, ""
        escaped_at, self._escaped_at = self._escaped_at, None
        if held and (now - self._since <= LATE or self._is_pasting) and len(held) <= _LONGEST:
            return held + arrived
        is_torn = escaped_at is not None and now - escaped_at <= LATE
        return _ESC + arrived if is_torn and arrived[:1] in "[]P" else arrived

    def _paste(self, text: str) -> tuple[str, str]:
        """All up to the end of the paste goes on as it is; its end may be torn."""
        end = text.find(_PASTE_ENDS)
        if end >= 0:
            self._is_pasting = False
            end += len(_PASTE_ENDS)
            return text[:end], text[end:]
        kept = next(
            (size for size in range(len(_PASTE_ENDS) - 1, 0, -1) if _PASTE_ENDS[:size] == text[-size:]),
            0,
        )
        self._held = text[len(text) - kept :]
        return text[: len(text) - kept], ""

    def _sequence(self, text: str) -> tuple[str, str, bool]:
        """What a sequence at the beginning comes to, the rest, and whether it is torn."""
        whole = _WHOLE.match(text)
        if whole is not None:
            sequence, rest = whole[0], text[whole.end() :]
            self._is_pasting = sequence == _PASTE_BEGINS
            is_reply = bool(whole["string"]) or _REPLY.fullmatch(sequence) is not None
            return ("" if is_reply else sequence), rest, False
        torn = _TORN.match(text)
        if torn is None or torn.end() < len(text):
            # ESC ESC, or a sequence that something else breaks off: it is no key.
            end = max(1, torn.end() if torn else 1)
            end -= text[end - 1] == _ESC and end > 1
            return (_ESC if end == 1 else ""), text[end:], False
        if text == _ESC:
            self._escaped_at = self._since
            return _ESC, "", False
        self._held = text
        return "", "", True
