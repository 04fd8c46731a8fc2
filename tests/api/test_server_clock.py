"""The server's clock, told by the `Date` of its answers."""

from collections.abc import Callable
from email.utils import formatdate

import httpx
import pytest

from qiscus_tui.api.list.listing import read_listing
from qiscus_tui.model.clock import TOKEN_LIFETIME
from tests.api.serving import LONG_LIVED, SHORT_LIVED, answering, client_of, said
from tests.clocks import ManualClock


def dated(date: str | None, value: object | None = None) -> httpx.Response:
    return said({"data": {}} if value is None else value, 200, {"Date": date} if date else None)


NOW = ManualClock().now()  # 2026-10-14 17:46:40 UTC


@pytest.mark.parametrize(
    ("date", "offset"),
    [
        *((formatdate(NOW + ahead, usegmt=True), ahead) for ahead in (3600, -3600, 86_400, 2, 0)),
        # whole seconds tell no more
        *((formatdate(NOW + ahead, usegmt=True), 0) for ahead in (0.99, -0.9)),
        # any zone
        ("Thu, 15 Oct 2026 01:46:40 +0700", 3600),
        ("Wed, 14 Oct 2026 18:46:40 -0000", 3600),
        *((none, None) for none in (None, "", "yesterday", "Fri, 31 Dec 9999 23:59:59 GMT", "0")),
    ],
)
async def test_the_offset_is_the_difference_of_the_clocks_as_far_as_a_date_tells_it(
    date: str | None, offset: int | None, zone: Callable[[str], None]
) -> None:
    zone("Asia/Jakarta")
    async with client_of(answering(dated(date))) as client:
        await client.logout(SHORT_LIVED)
        assert client.offset == (offset and pytest.approx(offset, abs=0.6))


async def test_the_list_tells_the_offset_too(clock: ManualClock) -> None:
    date = formatdate(clock.now() + 100, usegmt=True)
    async with client_of(answering(dated(date, [])), clock) as client:
        await read_listing(client, LONG_LIVED, None)
        assert client.server_now() == pytest.approx(clock.now() + 100, abs=1)


@pytest.mark.parametrize("ahead", [7200, None])
async def test_a_new_token_ends_30_days_after_the_servers_date(
    clock: ManualClock, ahead: int | None
) -> None:
    date = None if ahead is None else formatdate(clock.now() + ahead, usegmt=True)
    value = {"data": {"auth": {"token": "QEX-new"}}}
    async with client_of(answering(dated(date, value)), clock) as client:
        short = (await client.refresh(LONG_LIVED)).short_lived
    assert short is not None
    assert short.expires_at == clock.now() + (ahead or 0) + TOKEN_LIFETIME
