"""Dialogs where there is little room: what decides is there, whole, and at its place."""

from msgspec.structs import replace

from qiscus_tui.model.clients import Known
from qiscus_tui.store.config import Config, Policy
from qiscus_tui.tui.revoke.dialog import RevokeDialog
from qiscus_tui.tui.revoke.plan_text import MOST, group_lines
from tests.tui.demo_app import at_sessions

NARROW = (80, 24)
CRON = Known("cron", client="curl", protect=True)


async def test_each_session_to_revoke_says_when_it_was_used_under_a_heading() -> None:
    async with at_sessions(size=NARROW) as here:
        await here.press("end", "space", "up", "up", "space", "x")
        box = [line for line in here.lines() if line.startswith("│")]
        at = next(at for at, line in enumerate(box) if "LAST USED" in line)
        begin = box[at].index("LAST USED")
        assert all(" ago" in row[begin : begin + 11] for row in box[at + 1 : at + 3])


async def test_groups_are_named_whole_and_toggles_stand_below_each_other() -> None:
    async with at_sessions(sessions=400, size=NARROW, known=[CRON]) as here:
        await here.press("a", "x")
        at = next(at for at, line in enumerate(here.lines()) if "LAST HOUR" in line)
        assert "python-requests · 203.0.113.0/24" in here.text()
        assert not any("…" in line for line in here.lines()[at : at + 7])
        dialog = here.app.screen
        assert isinstance(dialog, RevokeDialog)
        groups = [replace(one, used_last_hour=1117) for one in dialog._shown.groups]
        groups = groups[: MOST + 5]
        lines = group_lines(groups, here.clock.now(), 73)
        assert all(line.plain.endswith("1,117 in use") for line in lines[1:-1])
        assert lines[-1].plain == f"  … and 5 more groups, {5 * 1117:,} in use"
        assert max(line.cell_length for line in lines) <= 73
        await here.press_slowly("r")
        shown = [line for line in here.lines() if "[ ]" in line or "[✓]" in line]
        words = ["keep", "keep", "also", "also"]
        assert len({line.index(word) for line, word in zip(shown, words, strict=True)}) == 1


async def test_in_the_smallest_terminal_a_plan_begins_with_what_was_chosen_and_its_heading() -> (
    None
):
    async with at_sessions(sessions=400, size=(60, 15), known=[CRON]) as here:
        for keys, of in (
            (("end", "g", "home", "x"), "Group GuzzleHttp · 10.2.0.0/24"),
            (("escape", "g", "a", "x"), "Your 401 marked"),
        ):
            await here.press(*keys)
            border, chosen, heading, *_, buttons, _ = here.lines()
            assert border.startswith("╭")
            assert of in chosen
            assert "Revoke " in heading
            assert "this can't be undone." in here.box()
            assert "Cancel  n" in buttons
        await here.press(*["pagedown"] * 9)  # what has no room beside the body is scrolled to
        assert "Cancel  n" in here.lines()[-2]
        await here.press(*["pageup"] * 9)
        assert "Revoke " in here.lines()[2]


async def test_the_rules_of_a_policy_can_be_read_whole() -> None:
    policy = Policy(
        name="nightly", keep_newest=1, keep_used_within=86_400, keep_created_within=3600
    )
    rule = "by client, network: keep the newest 1, used within 24h, created within 1h"
    config = Config(policies={"nightly": policy})
    async with at_sessions(size=NARROW, config=config) as here:
        await here.press("P", "down")
        assert rule in here.box()


async def test_what_is_filled_in_is_edited_at_its_end() -> None:
    async with at_sessions() as here:
        await here.press("e", *["backspace"] * 3, *"json")
        assert here.value("#path").endswith(".json")
