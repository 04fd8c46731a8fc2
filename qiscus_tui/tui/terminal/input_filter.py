"""The terminal's own replies, taken out of what is typed before anything is made of it.

Over a slow line a reply such as `ESC [ ? 2026 ; 2 $ y` may come late, or stand still in the
middle. After a tenth of a second Textual takes its pieces for keys: `?` would open the help, `y`
would confirm. It takes a whole reply that it does not know (`ESC [ ? 62 ; 22 c`) for keys as
well, together with what is typed behind it, even inside a paste. So sequences are put together
here, however late their pieces come, and only whole ones that Textual understands go on; of a
paste, only its text does.
"""

import re
import time
from collections.abc import Callable

from qiscus_tui.tui.terminal.sequences import is_understood

LATE = 3.0
"""Seconds that a torn sequence may stand still. What comes later is typed."""

ESCAPE_DELAY = 0.1
"""Seconds after which ESC was the key of that name. (Textual waits as long.)"""

_ESC = "\x1b"
_PASTE_BEGINS, _PASTE_ENDS = "\x1b[200~", "\x1b[201~"
_LONGEST = 4096
_A_BURST = 3
"""Characters that nobody types within one read."""

_WHOLE = re.compile(
    r"\x1b(?:"
    r"\[\[[A-E]"  # F1 to F5 of the Linux console
    r"|\[M[^\x1b]{3}"  # the mouse of old terminals
    r"|\[(?![\[M])[0-?]*[ -/]*[@-~]"  # keys, mouse, replies
    r"|(?P<string>[\]PX^_][^\x07\x1b\x9c]*(?:\x07|\x9c|\x1b\\))"  # replies only
    r"|O[ -~]"  # keys
    r"|[^\[\]PX^_O\x1b]"  # Alt and a key
    r")"
)
_TORN = re.compile(r"\x1b(?:\[\[|\[M[^\x1b]{0,2}|\[[0-?]*[ -/]*|[\]PX^_][^\x07\x1b\x9c]*\x1b?|O)?")

_NOT_PASTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
"""Control characters: nobody means to paste them, and terminals act on them."""


class InputFilter:
    """Takes what arrives, read by read, and gives what may be looked at as typed."""

    def __init__(
        self,
        monotonic: Callable[[], float] = time.monotonic,
        on_reply: Callable[[str], None] = lambda _reply: None,
    ) -> None:
        self._monotonic = monotonic
        self._on_reply = on_reply
        """Is given each whole sequence that does not go on."""
        self._held = ""
        """The beginning of a sequence, or of the end of a paste."""
        self._since = 0.0
        self._escaped_at: float | None = None
        """When ESC turned out to be the key, or the first byte of something badly torn."""
        self._is_pasting = False

    @property
    def waits(self) -> float | None:
        """Seconds until `escape` should be asked; None while there is nothing to ask for."""
        if self._held != _ESC or self._is_pasting:
            return None
        return max(0.0, self._since + ESCAPE_DELAY - self._monotonic())

    def escape(self) -> bool:
        """Whether the Escape key was pressed: nothing came behind its ESC. Says so once."""
        if self.waits != 0.0:
            return False
        self._held, self._escaped_at = "", self._since
        return True

    def take(self, arrived: str) -> str:
        """Give what goes on, of this and of what was held."""
        now = self._monotonic()
        text = self._with_held(arrived, now)
        given: list[str] = []
        while text:
            if self._is_pasting:
                part, text = self._paste(text)
            elif text.startswith(_ESC):
                part, text = self._sequence(text)
            else:
                part, escape, rest = text.partition(_ESC)
                text = escape + rest
            given.append(part)
        self._since = now
        return "".join(given)

    def _with_held(self, arrived: str, now: float) -> str:
        """What is to be looked at: what is held may have grown too old."""
        held, self._held = self._held, ""
        escaped_at, self._escaped_at = self._escaped_at, None
        if held and (now - self._since <= LATE or self._is_pasting):
            # Of something endless only its kind is kept, and its end is waited for.
            return (held if len(held) <= _LONGEST else held[:2]) + arrived
        is_badly_torn = (
            escaped_at is not None
            and now - escaped_at <= LATE
            and len(arrived) >= _A_BURST
            and arrived[0] in "[]P"
        )
        return _ESC + arrived if is_badly_torn else arrived

    def _paste(self, text: str) -> tuple[str, str]:
        """What goes on of a paste, all up to its end, and the rest."""
        end = text.find(_PASTE_ENDS)
        if end >= 0:
            self._is_pasting = False
            return _plain(text[:end]) + _PASTE_ENDS, text[end + len(_PASTE_ENDS) :]
        torn_at = text.rfind(_ESC)
        if torn_at >= 0 and _PASTE_ENDS.startswith(text[torn_at:]):
            self._held = text[torn_at:]
            return _plain(text[:torn_at]), ""
        return _plain(text), ""

    def _sequence(self, text: str) -> tuple[str, str]:
        """What goes on of the sequence that the text begins with, and the rest."""
        whole = _WHOLE.match(text)
        if whole is not None:
            sequence = whole[0]
            self._is_pasting = sequence == _PASTE_BEGINS
            is_alt = sequence[1:2] not in "[O"
            goes_on = not whole["string"] and (is_alt or is_understood(sequence))
            if not goes_on:
                self._on_reply(sequence)
            return sequence if goes_on else "", text[whole.end() :]
        torn = _TORN.match(text)
        end = torn.end() if torn else 1
        if end == len(text):
            self._held = text
            return "", ""
        if end == 1:
            return _ESC, text[1:]  # ESC ESC
        # Something else breaks it off: it is nothing.
        return "", text[end - (text[end - 1] == _ESC) :]


def _plain(pasted: str) -> str:
    return _NOT_PASTED.sub("", pasted)
