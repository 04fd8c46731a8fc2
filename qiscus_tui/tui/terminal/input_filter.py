"""Removes the terminal's own replies from the input, before keys are made of it.

Over a slow line a reply such as `ESC [ ? 2026 ; 2 $ y` may come late, or pause in the middle.
After a tenth of a second Textual takes its pieces for keys: `?` would open the help, `y` would
confirm. It also takes a whole reply that it does not know (`ESC [ ? 62 ; 22 c`) for keys,
together with what is typed behind it, even inside a paste. So sequences are put together here,
however late their pieces come, and only whole ones that Textual understands pass; of a paste,
only its text does.
"""

import re
import time
from collections.abc import Callable

from textual._xterm_parser import XTermParser
from textual.message import Message

TORN_TIMEOUT = 3.0
"""Seconds that a torn sequence may pause. What comes later was typed."""

REPORT_TIMEOUT = 30.0
"""The same for one that only a terminal begins so, or that the next letter ends."""

UNENDED_TIMEOUT = 10.0
"""Seconds after which a paste whose last end does not come is over, whatever is typed meanwhile."""

ESCAPE_DELAY = 0.1
"""Seconds after which ESC was the key of that name. (Textual waits as long.)"""
OWED_ESCAPE_DELAY = 1.0
"""The same while an answer is on its way: ESC may be its first byte."""

ESCAPE_KEY = "\x1b[27u"
"""Escape in a form that no byte behind it makes another key of."""

_ESC = "\x1b"
_PASTE_BEGINS, _PASTE_ENDS = "\x1b[200~", "\x1b[201~"
_PASTE_MARK = re.compile(r"\x1b\[20[01]~")
_LONGEST = 4096
_BURST = 3
"""Characters in one read that are too many to be typed."""

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

_REPORT = re.compile(r"\x1b(?:\[|\]1|P[>!]|_G)")
"""What is the beginning of a report, or ends with the next letter."""

_NOT_PASTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
"""Control characters: terminals act on them, and no one pastes them on purpose."""

_NO_KEYS = re.compile(
    r"\x1b\[(?:"
    r"200~"  # a paste begins
    r"|[IO]"  # the terminal has the focus, or lost it
    r"|<?[-\d;]+[mM]"  # mouse
    r"|48;[\d;:]+t"  # size
    r"|\?\d+;\d\$y"  # whether a mode is known
    r"|\d+;\d+R"  # where the cursor is
    r")"
)
_PARSER = XTermParser()


class InputFilter:
    """Takes the input, read by read, and returns what was typed."""

    def __init__(
        self,
        monotonic: Callable[[], float] = time.monotonic,
        on_reply: Callable[[str], None] = lambda _reply: None,
        owed: Callable[[], int] = lambda: 0,
    ) -> None:
        """`owed` returns how many answers are on their way."""
        self._monotonic = monotonic
        self._owed = owed
        self._on_reply = on_reply
        """Called with each whole sequence that does not pass."""
        self._held = ""
        """The beginning of a sequence, or of the end of a paste."""
        self._since = 0.0
        self._escaped_at: float | None = None
        """When ESC turned out to be the key, or the first byte of something badly torn."""
        self._pastes = 0
        """How many pastes have begun and not ended: a paste may have another in its text."""
        self._has_ended = False
        """Whether one of them ended."""
        self._pasted_at = 0.0
        """When more came of a paste than is typed at once."""

    @property
    def escape_due_in(self) -> float | None:
        """Return the seconds until `escape_pressed` is to be called; None for not at all."""
        if self._held != _ESC or self._pastes:
            return None
        delay = OWED_ESCAPE_DELAY if self._owed() else ESCAPE_DELAY
        return max(0.0, self._since + delay - self._monotonic())

    def escape_pressed(self) -> bool:
        """Return, once, whether Escape was pressed: nothing came behind its ESC."""
        if self.escape_due_in != 0.0:
            return False
        self._held, self._escaped_at = "", self._since
        return True

    def filter(self, arrived: str) -> str:
        """Return what passes, of this and of what was held."""
        if not arrived:
            return ""
        now = self._monotonic()
        text = self._with_held(arrived, now)
        passed: list[str] = []
        if not _may_be_typed(arrived):
            self._pasted_at = now
        is_late = now - self._since > TORN_TIMEOUT or now - self._pasted_at > UNENDED_TIMEOUT
        if self._pastes and self._has_ended and is_late:
            self._pastes = 0  # the last end does not come
            passed.append(_PASTE_ENDS)
        while text:
            if self._pastes:
                part, text = self._paste(text)
            elif text.startswith(_ESC):
                part, text = self._sequence(text)
            else:
                part, escape, rest = text.partition(_ESC)
                text = escape + rest
            passed.append(part)
        self._since = now
        return "".join(passed)

    def _with_held(self, arrived: str, now: float) -> str:
        """Return the input with what was held, unless that is too old."""
        held, self._held = self._held, ""
        escaped_at, self._escaped_at = self._escaped_at, None
        limit = REPORT_TIMEOUT if _REPORT.match(held) else TORN_TIMEOUT
        if held and (now - self._since <= limit or self._pastes):
            # Of an endless sequence only its kind is kept, until its end comes.
            return (held if len(held) <= _LONGEST else held[:2]) + arrived
        if escaped_at is None:
            return arrived
        limit = REPORT_TIMEOUT if arrived[0] == "[" else TORN_TIMEOUT
        may_go_on = arrived[0] == "[" or (arrived[0] in "]P" and len(arrived) >= _BURST)
        return _ESC + arrived if may_go_on and now - escaped_at <= limit else arrived

    def _paste(self, text: str) -> tuple[str, str]:
        """Return what passes of a paste, and the rest. One within it ends with its own end."""
        mark = _PASTE_MARK.search(text)
        if mark is None:
            torn_at = text.rfind(_ESC)
            marks = (_PASTE_BEGINS, _PASTE_ENDS)
            if torn_at >= 0 and any(one.startswith(text[torn_at:]) for one in marks):
                self._held = text[torn_at:]
                return _plain(text[:torn_at]), ""
            return _plain(text), ""
        pasted, rest = _plain(text[: mark.start()]), text[mark.end() :]
        if mark[0] == _PASTE_BEGINS:
            self._pastes += 1
            return pasted, rest
        following = _PASTE_MARK.search(rest)
        if self._pastes == 1 and following and following[0] == _PASTE_ENDS:
            return pasted, rest  # this end was in the text: another comes
        self._pastes -= 1
        self._has_ended = True
        return pasted + ("" if self._pastes else _PASTE_ENDS), rest

    def _sequence(self, text: str) -> tuple[str, str]:
        """Return what passes of the sequence at the start of the text, and the rest."""
        whole = _WHOLE.match(text)
        if whole is not None:
            sequence = whole[0]
            if sequence == _PASTE_ENDS:
                return "", text[whole.end() :]  # of no paste
            self._pastes, self._has_ended = int(sequence == _PASTE_BEGINS), False
            is_reply = self._is_reply(sequence)
            if is_reply:
                self._on_reply(sequence)
            return "" if is_reply else sequence, text[whole.end() :]
        torn = _TORN.match(text)
        end = torn.end() if torn else 1
        if end == len(text):
            self._held = text
            return "", ""
        if end == 1:  # ESC ESC
            return ESCAPE_KEY if self._is_reply(text[1:]) else _ESC, text[1:]
        # Something else cuts it short: drop it.
        return "", text[end - (text[end - 1] == _ESC) :]

    def _is_reply(self, text: str) -> bool:
        """Return whether the text begins with a sequence that does not pass."""
        whole = _WHOLE.match(text)
        if whole is None:
            return False
        is_alt = whole[0][1:2] not in "[O"
        return bool(whole["string"]) or not (is_alt or _is_understood(whole[0]))


def _may_be_typed(arrived: str) -> bool:
    """Return whether one read may be a key or the mouse, and is no part of a longer text."""
    whole = _WHOLE.fullmatch(arrived)
    return len(arrived) < _BURST or (whole is not None and not _PASTE_MARK.fullmatch(arrived))


def _plain(pasted: str) -> str:
    return _NOT_PASTED.sub("", pasted)


def _is_understood(sequence: str) -> bool:
    """Return whether Textual understands a whole sequence: a key, the mouse, a reply it wants.

    Of any other it makes one key a character: `ESC [ 1 ; 2 X` would open "revoke all".
    """
    if _NO_KEYS.fullmatch(sequence):
        return True
    try:
        keys = _PARSER._sequence_to_key_events(sequence)  # pyright: ignore[reportPrivateUsage]
        return any(True for _ in keys)
    except (ValueError, OverflowError):  # such as a key release: ESC [ 120 ; 1 : 3 u
        return False


class CellParser(XTermParser):
    """Reads the mouse's position as cells, also where the terminal reported a cell's size."""

    def parse_mouse_code(self, code: str) -> Message | None:
        """Return the event."""
        self.mouse_pixels = False
        return super().parse_mouse_code(code)
