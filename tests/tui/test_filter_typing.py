"""While a filter is typed: completion, earlier filters, the error under its word."""

from tests.clocks import ManualClock
from tests.tui.demo_app import at_sessions


async def test_tab_completes_keys_and_then_values_of_the_list_and_goes_round() -> None:
    async with at_sessions(ManualClock(), sessions=300) as running:
        await running.press("slash", *"cl", "tab")
        assert running.value("#filter") == "client:"
        await running.press("tab")
        first = running.value("#filter")
        assert first == "client:GuzzleHttp"
        assert "python-requests" in running.text().splitlines()[2]
        await running.press("tab")
        second = running.value("#filter")
        assert second.startswith("client:")
        assert second != first
        await running.press("backspace", "tab", "space", *"is:exp", "tab")
        assert running.value("#filter") == f"{second} is:expiring"


async def test_what_tab_puts_in_filters_at_once() -> None:
    async with at_sessions(ManualClock(), sessions=300) as running:
        await running.press("slash", *"client:gu", "tab", "enter")
        assert running.ids
        table = running.sessions.table
        assert {table.sessions.clients[at].split()[0] for at in table.order} == {"GuzzleHttp"}


async def test_up_goes_back_to_earlier_filters_and_down_returns() -> None:
    async with at_sessions(ManualClock()) as running:
        await running.press("slash", *"curl", "enter")
        await running.press("slash", "ctrl+u", *"axios", "enter", "slash", "ctrl+u", *"new")
        await running.press("up")
        assert running.value("#filter") == "axios"
        await running.press("up", "up")
        assert running.value("#filter") == "curl"
        await running.press("down", "down")
        assert running.value("#filter") == "new"
        await running.press("down")
        assert running.focus != "filter"
        assert "/ new" in running.text()


async def test_what_escape_cleared_comes_back_by_up() -> None:
    async with at_sessions(ManualClock()) as running:
        await running.press("slash", *"curl", "space", *"clint:x", "escape")
        await running.press("slash", "up")
        assert running.value("#filter") == "curl clint:x"


async def test_an_error_stands_under_its_word_and_moves_nothing() -> None:
    for width in (80, 120):
        async with at_sessions(ManualClock(), sessions=300, size=(width, 24)) as running:
            await running.press("slash", *"curl")
            before = running.lines()
            await running.press("space", *"clint:x")
            lines = running.lines()
            assert lines[3].index("↑") == lines[2].index("clint:x")
            assert "Unknown key 'clint'" in lines[3]
            assert "client:" in lines[3]
            assert lines[4:-1] == before[4:-1]
            await running.press(*["backspace"] * 7)
            assert "↑" not in running.lines()[3]
