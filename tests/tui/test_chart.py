"""The chart: numbers beside bars of blocks, a cursor that stays on its bar."""

from collections.abc import Sequence

from qiscus_tui.service.overview import Bar
from qiscus_tui.tui.widgets.bars import MOST_LABEL, Chart, line_up
from tests.tui.conftest import WidgetApp

CLIENTS = (
    Bar("a", "GuzzleHttp 7", 10_684, "client:a"),
    Bar("b", "curl 8.5", 5_342, "client:b"),
    Bar("c", "axios 1.7", 1, "client:c"),
    Bar("d", "nobody", 0, "client:d"),
    Bar("", "3 other clients", 90_000),
)


class ChartApp(WidgetApp):
    def __init__(self, bars: Sequence[Bar] = CLIENTS) -> None:
        self.chart = Chart("TOP CLIENTS", id="clients")
        self.other = Chart("TOP NETWORKS", id="networks")
        super().__init__(self.chart, self.other)
        self.bars = bars
        self.opened: list[Bar | None] = []

    def on_mount(self) -> None:
        self.show(self.bars)
        self.chart.focus()

    def show(self, bars: Sequence[Bar]) -> None:
        self.chart.show_bars(bars)
        line_up([self.chart])

    def on_table_opened(self) -> None:
        self.opened.append(self.chart.bar)

    def bars_drawn(self) -> list[str]:
        width = self.chart.row_width
        rows = [self.chart.render_line(y + 1).text[:width] for y in range(len(self.chart._rows))]
        return [row[len(row.rstrip("▄▖ ")) :].strip() for row in rows]


async def test_bars_are_as_long_as_their_numbers_say():
    app = ChartApp()
    async with app.run_test(size=(60, 14)) as pilot:
        await pilot.pause()
        longest, half, least, none, others = app.bars_drawn()
        assert len(longest) == app.chart.row_width - 1 - 15 - 2 - 6 - 2 - 1
        assert abs(len(half) - len(longest) / 2) <= 0.5
        assert (least, none, others) == ("▖", "", "")
        assert [line.rstrip(" ▁▂▃▄▅▆▇█") for line in app.lines()[:3]] == [
            " TOP CLIENTS",
            " GuzzleHttp 7     10,684",
            " curl 8.5          5,342",
        ]
        app.show((*CLIENTS[:-1], Bar("", "3 other clients", 1)))  # no filter can ask for them
        assert app.bars_drawn()[0] == longest
        app.show([Bar("1h", "within 1h", 0, "expires:<1h"), Bar("6h", "1h to 6h", 0, "age:>1h")])
        assert app.bars_drawn() == ["", ""]


async def test_long_and_wide_labels_give_way_to_the_bars():
    long = [Bar("x", "漢字" * 30, 7, "client:x"), Bar("y", "y" * 90, 3, "client:y")]
    app = ChartApp(long)
    async with app.run_test(size=(80, 14)) as pilot:
        for width in (20, 29, 39, 58, 80):
            await pilot.resize_terminal(width, 14)
            await pilot.pause()
            assert app.chart.needs[0] > MOST_LABEL
            longest, shorter = app.bars_drawn()
            assert len(longest) >= width // 5 - 2
            assert 0 < len(shorter) < len(longest)
            assert "…" in app.lines()[1]


async def test_labels_as_wide_as_another_charts_put_the_bars_below_each_other():
    app = ChartApp()
    async with app.run_test(size=(60, 14)) as pilot:
        await pilot.pause()
        app.other.show_bars([Bar("n", "10.2.0.0/24", 5, "ip:n")])
        line_up([app.chart, app.other])
        await pilot.pause()
        upper, lower = (chart.render_line(1).text for chart in (app.chart, app.other))
        assert upper.index("▄") == lower.index("▄")


async def test_the_cursor_stays_on_its_bar_or_on_its_place():
    app = ChartApp()
    async with app.run_test(size=(60, 14)) as pilot:
        for _ in range(2):
            await pilot.press("down")
        assert app.chart.bar == CLIENTS[2]
        app.show([CLIENTS[2], *CLIENTS[:2]])
        assert app.chart.cursor_row == 0
        app.show(CLIENTS)
        assert app.chart.cursor_row == 2
        app.show(CLIENTS[:2])
        assert app.chart.bar == CLIENTS[1]
        app.show([])
        assert app.chart.bar is None
        for key in ("enter", "down", "end", "pageup"):
            await pilot.press(key)
        assert app.opened == []
