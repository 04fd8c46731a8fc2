"""Draws what a prune would do with a session, when its group was used, and from which addresses."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from qiscus_tui.model.durations import as_typed
from qiscus_tui.service.revocation.prune_outlook import USUAL_RULES
from qiscus_tui.tui.widgets.bar_lines import bar_lines

if TYPE_CHECKING:
    from collections.abc import Callable

    from qiscus_tui.model.session import Session
    from qiscus_tui.tui.session.details import SessionDetail


def draw_outlook(session: Session, detail: SessionDetail, now: float, width: int) -> Content:
    """Return what a prune would do, last uses and addresses of the group, in `width` cells."""
    history = detail.context.history
    addresses = [(one or "unknown", count) for one, count in history.addresses]
    rest = history.group.count - sum(count for _, count in addresses)
    others = [("others", rest)] if rest else []
    parts = [_prune(session, detail, width)]
    if history.group.count > 1:
        parts.append([_title("LAST USED"), *bar_lines(history.uses(now), width)])
        parts.append([_title("ADDRESSES"), *bar_lines([*addresses, *others], width)])
    return Content("\n\n").join(Content("\n").join(lines) for lines in parts)


def _prune(session: Session, detail: SessionDetail, width: int) -> list[Content]:
    outlook = detail.outlook
    why = (outlook.why_kept(session) or "").removeprefix("current: ")
    used = as_typed(USUAL_RULES.keep_used_within or 0)
    rule = f"Rule: keep the newest {USUAL_RULES.keep_newest} and what was used in {used}."
    group = f"Of its group {outlook.revoked:,} would be revoked, {outlook.kept:,} kept."
    this = f"This one would be kept: {why}." if why else "This one would be revoked."
    lines = [_title("PRUNE"), *_wrapped(rule, width, "$text-muted")]
    lines += _wrapped(this, width, "" if why else "bold $warning")
    return [*lines, *(_wrapped(group, width) if detail.context.history.group.count > 1 else ())]


def _title(text: str) -> Content:
    return Content.styled(text, "bold")


def _wrapped(text: str, width: int, style: str = "") -> list[Content]:
    return [Content.styled(line, style) for line in textwrap.wrap(text, max(20, width))]


class OutlookPanel(Static):
    """Shows it as wide as there is room; drawn again only where it reads other than before."""

    DEFAULT_CSS = "OutlookPanel { height: auto; }"

    def __init__(self, *, id: str) -> None:
        super().__init__("", id=id, markup=False)
        self._drawn = Content()
        self._draw: Callable[[int], Content] = lambda _: Content()

    @property
    def lines(self) -> int:
        """Return how many lines it takes."""
        return self._drawn.plain.count("\n") + 1

    def show(self, draw: Callable[[int], Content]) -> None:
        """Show what this draws in so many cells."""
        self._draw = draw
        self._show()

    def on_resize(self) -> None:
        """Draw it as wide as there is room now."""
        self._show()

    def _show(self) -> None:
        drawn = self._draw(self.size.width)
        if not drawn.is_same(self._drawn):
            self._drawn = drawn
            self.update(drawn)
