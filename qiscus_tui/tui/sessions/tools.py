"""What can be done with what the list shows, without changing it: find, export, copy, group."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.app import App

    from qiscus_tui.tui.listed.feed import Feed
    from qiscus_tui.tui.sessions.shown_list import ShownList
    from qiscus_tui.tui.terminal.app import TerminalApp


class ListTools:
    """Opens the dialogs of the list, and copies from it. Runs in workers."""

    def __init__(self, feed: Feed, shown: ShownList) -> None:
        self._feed = feed
        self._shown = shown

    async def find_token(self, app: App[int]) -> None:
        """Move the cursor to the session of a token that is asked for."""
        from qiscus_tui.tui.dialogs.find import FindDialog

        dialog = FindDialog(self._feed.listed, self._feed.workspace.clock)
        session_id = await app.push_screen_wait(dialog)
        if session_id is not None and self._shown.show_session(session_id):
            self._feed.say("the filter is cleared, to show it")

    async def export(self, app: App[int]) -> None:
        """Write what is shown to a file."""
        from qiscus_tui.tui.dialogs.export import ExportDialog

        rows = self._shown.rows
        rows.finish_filter()
        if self._feed.connection is not None and rows.table.order:
            dialog = ExportDialog(self._feed.listed, rows.table.order, self._feed.connection)
            path = await app.push_screen_wait(dialog)
            if path is not None:
                app.notify(f"Written to {path}", markup=False)

    async def choose_grouping(self, app: App[int]) -> None:
        """Ask what to group by, and show the groups."""
        from qiscus_tui.tui.dialogs.choice import GROUPINGS, group_by_dialog

        groups = self._shown.groups
        dialog = group_by_dialog(self._feed.listed, groups.view.keys)
        chosen = await app.push_screen_wait(dialog)
        if chosen is not None:
            groups.group_by(GROUPINGS[chosen][0])
            self._shown.show_groups(shown=True)

    async def copy_id(self, app: TerminalApp) -> None:
        """Send the id under the cursor to the terminal."""
        from qiscus_tui.tui.terminal.clipboard import send

        session_id = self._shown.rows.table.cursor_id
        if session_id is not None:
            await send(app, session_id, "Id")

    async def copy_row(self, app: TerminalApp) -> None:
        """Send the row under the cursor to the terminal."""
        from qiscus_tui.tui.session.facts import row_words
        from qiscus_tui.tui.terminal.clipboard import send

        session = self._shown.rows.table.cursor_session
        if session is not None:
            words = row_words(self._feed.listed, session, self._feed.server_now)
            await send(app, words, "Row")
