"""The demo's API with escape sequences in every text of every answer, yes and no alike.

And what of them must not come out: `foreign`.
"""

import json
import re
import unicodedata
from collections.abc import Awaitable, Callable, MutableMapping

EVIL = (
    "\x1b]52;c;cHduZWQ=\x07\x1b]0;owned\x07\x1b[6n\x1b[5A\x9d0;C1\x9c\x9b2J"
    "\u202egnp\u2066\u200b\u2060\ufeff\u2028\r\n\x08\x7f[/][@click=app.quit]x[/]{evil}"
)
"""OSC 52, OSC 0, CSI, C1, bidi, zero width, line ends, a backspace, markup."""

_WORKING = frozenset(
    ("authentication_token", "long_lived_token", "token", "app_code", "secret_key", "created_at")
)
"""Without these as they are no call after the login would be made, or no session is dated."""

Message = MutableMapping[str, object]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]


def planted(value: object, name: str = "") -> object:
    """The value with the escapes before each text in it, and one more field in each object."""
    if isinstance(value, dict):
        fields = {key: planted(inner, key) for key, inner in value.items()}
        return {**fields, f"note{EVIL}": EVIL}
    if isinstance(value, list):
        return [planted(inner, name) for inner in value]
    return EVIL + value if isinstance(value, str) and name not in _WORKING else value


def planting(app: App) -> App:
    """The app with its JSON answers rewritten."""

    async def rewriting(scope: Message, receive: Receive, send: Send) -> None:
        begun: list[Message] = []
        body = bytearray()

        async def rewritten(message: Message) -> None:
            if message["type"] == "http.response.start":
                begun.append(message)
                return
            body.extend(bytes(message.get("body", b"")))  # pyright: ignore[reportArgumentType]
            if message.get("more_body"):
                return
            sent = json.dumps(planted(json.loads(body))).encode() if body else b""
            headers = [h for h in begun[0]["headers"] if h[0] != b"content-length"]  # pyright: ignore[reportGeneralTypeIssues, reportIndexIssue, reportUnknownVariableType]
            headers.append((b"content-length", str(len(sent)).encode()))
            await send({**begun[0], "headers": headers})
            await send({"type": "http.response.body", "body": sent})

        await app(scope, receive, rewritten)

    return rewriting


_OWN = re.compile(
    r"\x1b\[[\d;:]*[mHGCLMr]"  # colours, the cursor's place, rows that move
    r"|\x1b\[\?[\d;]+[hl]"  # modes
    r"|\x1b\[\?\d+\$p"  # is a mode known?
    r"|\x1b\[[<>=]\d*u"  # kitty's keyboard
    r"|\x1b\[>?c|\x1b\[5n"  # who is there, is all shown?
    r"|\x1b\]11;\?\x1b\\"  # on which background?
)
_HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Controls, invisible formats (bidi, zero width, tags), surrogates, line separators."""


def foreign(raw: bytes) -> list[str]:
    """Every control or invisible character that is in no sequence of the program's own."""
    whole = raw[: raw.rfind(b"\x1b")]  # the last sequence may still be on its way
    text = _OWN.sub("", whole.decode())
    return [
        ascii(text[max(0, place - 12) : place + 24])
        for place, character in enumerate(text)
        if unicodedata.category(character) in _HIDDEN and character not in "\r\n"
    ]
