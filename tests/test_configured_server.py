"""The server that config.toml names: what is read line by line is what `tomllib` reads."""

import tomllib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qiscus_tui.configured_server import configured_server

_HEADS = (
    *("[server]", "[server] # ours", "[ server ]", '["server"]', "[[server]]", "[server.url]"),
    *("[ui]", '[account."a]b.server"]', "[[known]]", "[view.server]", "[policy.x"),
)
_KEYS = ("url", "server", '"url"', "'url'", "server.url", "timeout", "group_by", "u-rl", "")
_VALUES = (
    *('"https://a.invalid"', '"https://b.invalid" # a', "'https://c.invalid'", '""', '"\\u0061"'),
    *('"""', '"""https://d.invalid"""', "'''", "[", "]", '["client", "network"]', '["a",]', "[1,"),
    *("{ url = 'https://e.invalid' }", "5", "05", "-5", "1_0", "1.5", "1979-05-27", "true", "nan"),
    *("null", '{"url": 1}', '"a" "b"', "# none"),
)
_LINES = st.one_of(
    st.sampled_from(_HEADS),
    st.tuples(
        st.sampled_from(_KEYS), st.sampled_from((" = ", "=", "\t=\t")), st.sampled_from(_VALUES)
    ).map("".join),
    st.sampled_from(("", "# url = 1", '"""', "'''", "]", '  "a",', "\r", "\ufeff")),
)


@given(st.lists(_LINES, max_size=8).map("\n".join), st.sampled_from(("", "\r")))
@example('[server]\nurl = "https://a.invalid"\nurl = "https://b.invalid"', "")
@example('x = """\n[server]\nurl = "https://a.invalid"\n"""', "")
def test_it_is_what_the_whole_file_says(text: str, ending: str) -> None:
    text = text.replace("\n", f"{ending}\n")
    try:
        read = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return  # the program proper reports it
    server = read.get("server", {})
    if not isinstance(server, dict):
        with pytest.raises(AttributeError):
            configured_server(text)
    else:
        assert repr(configured_server(text)) == repr(server.get("url"))  # nan is not itself


@pytest.mark.parametrize(
    "text",
    [
        '[server]\nurl = "https://a.invalid"\n[server]\nurl = "https://b.invalid"',
        '[server]\nurl = "https://a.invalid"\nurl = "https://b.invalid"',
        'server = "https://a.invalid"\n[server]\nurl = "https://b.invalid"',
        '[server]\nurl = "https://a.invalid"\n[server.url]',
        '[server]\nurl = "https://a.invalid',
    ],
)
def test_a_file_that_names_two_or_half_of_one_is_no_configuration(text: str) -> None:
    with pytest.raises(ValueError, match=r"at line|at end"):
        configured_server(text)
