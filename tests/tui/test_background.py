"""What terminals say of their background."""

import pytest

from qiscus_tui.tui.terminal.replies import is_light


@pytest.mark.parametrize(
    ("reply", "light"),
    [
        ("\x1b]11;rgb:ffff/ffff/ffff\x1b\\", True),
        ("\x1b]11;rgb:1c1c/1c1c/1c1c\x07", False),
        ("\x1b]11;rgb:fd/f6/e3\x07", True),  # two digits
        ("\x1b]11;rgb:0000/2b2b/3636\x1b\\", False),
        ("\x1b]11;rgba:ffff/ffff/d7d7/ffff\x1b\\", True),
        ("\x1b[?997;1n", False),
        ("\x1b[?997;2n", True),
        ("\x1b]10;rgb:ffff/ffff/ffff\x1b\\", None),  # the foreground
        ("\x1b]11;rgb:zz/zz/zz\x07", None),
        ("\x1b[?62;22c", None),
    ],
)
def test_a_reply_says_light_or_dark_or_something_else(reply: str, light: bool | None) -> None:
    assert is_light(reply) is light
