"""Who is answered from memory, and who never is."""

import asyncio
from urllib.parse import urlencode

import pytest
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from qiscus_tui.model.clock import DAY, HOUR
from qiscus_tui.service.proxy.logins import MOST_LOGINS, MOST_WAITING, Login, Logins, read_request
from tests.clocks import ManualClock

FORM, JSON = "application/x-www-form-urlencoded", "application/json; charset=utf-8"
APP = "abcd-1"


def form(**fields: str) -> bytes:
    return urlencode(fields).encode()


def login(email: str = "a@b.c", password: str = "right", app: str = APP) -> Login:  # noqa: S107
    found = read_request(form(email=email, password=password), FORM, app)
    assert found is not None
    return found


def accepted(token: str = "QEX" + "t0k3n" * 8, **data: object) -> Response:
    user = {"email": "a@b.c", "authentication_token": token, "app": {"app_code": APP}}
    body = {"data": {"user": user, "long_lived_token": "LLT" + "l0ng" * 10, **data}}
    return JSONResponse(body)


class Server:
    """Answers each login with the next answer, the last one again and again."""

    def __init__(self, *answers: Response) -> None:
        self.answers = list(answers) or [accepted()]
        self.asked = 0
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def __call__(self) -> Response:
        self.asked += 1
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        await self.may_answer.wait()
        return answer


@pytest.fixture
def logins(clock: ManualClock) -> Logins:
    return Logins(clock, "qiscus.example", HOUR)


RIGHT, WRONG = form(email="a@b.c", password="right"), form(email="a@b.c", password="wrong")
AS_JSON = b'{"email": "a@b.c", "password": "right"}'
REQUESTS = {
    "the same": [
        (RIGHT, FORM, APP),
        (AS_JSON, JSON, APP),
        (b' {"password":"right","email":"a\\u0040b.c"}', "Application/JSON", APP),
    ],
    "another": [
        (WRONG, FORM, APP),
        (form(email="a@b.d", password="right"), FORM, APP),
        (RIGHT, FORM, "abcd-2"),
        (RIGHT + b"&otp=1", FORM, APP),
        (RIGHT + b"+", FORM, APP),
        (AS_JSON.replace(b"}", b', "app": 2}'), JSON, APP),
    ],
    "the server's": [
        *((body, FORM, APP) for body in (b"", b"email=a@b.c", b"email=a&email=b&password=c")),
        *((body, FORM, APP) for body in (b"email=%ff&password=c", b"email=a&password=\xff")),
        (RIGHT, "multipart/form-data", APP),
        (RIGHT, JSON, APP),
        (b'{"email": "a", "email": "b", "password": "c"}', JSON, APP),
        (b'{"email": "a", "password": 1}', JSON, APP),
        (b'[["email", "a"], ["password", "b"]]', JSON, APP),
        (b'{"email": "a", "password": "b"', JSON, APP),
        (b"[" * 60_000, JSON, APP),
        (b'{"a":' * 10_000, JSON, APP),
    ],
}


@pytest.mark.parametrize(
    ("what", "body", "kind", "app"),
    [(what, *request) for what, requests in REQUESTS.items() for request in requests],
)
def test_a_login_is_known_by_its_email_password_and_app_and_nothing_else_is_read_as_one(
    what: str, body: bytes, kind: str, app: str
) -> None:
    found = read_request(body, kind, app)
    assert (found is None) is (what == "the server's")
    if found is not None:
        is_same = what == "the same"
        assert ((found == login()), (found.proof == login().proof)) == (is_same, is_same)


@pytest.mark.parametrize(
    "other", [login(password="wrong"), login(email="x@y.z"), login(app="abcd-2")]
)
async def test_another_password_user_or_app_is_the_servers_to_judge(
    logins: Logins, other: Login
) -> None:
    refused = Response(b'{"errors": "Invalid email or password"}', 401)
    server = Server(accepted(), refused)
    await logins.answer(login(), server)
    assert await logins.answer(other, server) is refused
    await logins.answer(login(), server)  # which ends nobody's memory
    assert server.asked == 2


@pytest.mark.parametrize(
    "answer",
    [
        Response(b'{"errors": "no"}', 401),
        Response(accepted().body, 500),
        Response(accepted().body, 202),
        Response(b"<html>", 200),
        Response(b"[]", 200),
        Response(b'{"data": []}', 200),
        Response(bytes(accepted().body).replace(b'{"data"', b'{"success": false, "data"'), 200),
        accepted(use_2fa=True),
        accepted(need_setup_otp=True),
        accepted(token=""),
        accepted(token="one for both 0123456789", long_lived_token="one for both 0123456789"),
    ],
)
async def test_errors_and_halves_are_never_kept(logins: Logins, answer: Response) -> None:
    server = Server(answer)
    for _ in range(2):
        assert await logins.answer(login(), server) is answer
    assert server.asked == 2
    assert len(logins) == 0
    assert await logins.finish() == {}


async def test_an_answer_is_given_while_its_token_has_the_least_time_left(
    logins: Logins, clock: ManualClock
) -> None:
    server = Server(accepted(), accepted("QEX" + "new" * 12))
    await logins.answer(login(), server)
    clock.advance(30 * DAY - HOUR - 1)
    await logins.answer(login(), server)
    assert server.asked == 1
    clock.advance(1)
    await logins.answer(login(), server)
    assert server.asked == 2


async def test_equal_logins_at_once_wait_for_one(logins: Logins) -> None:
    server = Server()
    server.may_answer.clear()
    waiting = [asyncio.create_task(logins.answer(login(), server)) for _ in range(50)]
    await asyncio.sleep(0)
    waiting[0].cancel()  # whoever sent the first one has gone
    await asyncio.sleep(0)
    server.may_answer.set()
    answers = await asyncio.gather(*waiting[1:])
    assert len({*map(id, answers)}) == 1
    assert server.asked == 1


async def test_equal_logins_that_fail_are_asked_one_after_the_other(logins: Logins) -> None:
    server = Server(Response(b"{}", 401))
    answers = await asyncio.gather(*(logins.answer(login(), server) for _ in range(3)))
    assert [one.status_code for one in answers] == [401, 401, 401]
    assert server.asked == 3


async def test_wrong_passwords_reach_the_server_five_times_a_second(
    logins: Logins, clock: ManualClock
) -> None:
    server, began = Server(Response(b"{}", 401)), clock.monotonic()
    for number in range(26):
        await logins.answer(login(password=str(number)), server)
    assert clock.monotonic() - began == pytest.approx(5)


async def test_a_flood_is_refused_and_ends_no_memory(clock: ManualClock, logins: Logins) -> None:
    server = Server()
    await logins.answer(login(), server)

    async def never(_seconds: float) -> None:
        await asyncio.Event().wait()

    clock.sleep = never  # type: ignore[method-assign]
    wrong = Server(Response(b"{}", 401))
    flood = [
        asyncio.create_task(logins.answer(login(password=str(n)), wrong))
        for n in range(MOST_WAITING + 10)
    ]
    done, waiting = await asyncio.wait(flood, timeout=0.1)
    assert wrong.asked == 5
    assert sum(isinstance(task.exception(), HTTPException) for task in done) == 10
    await logins.answer(login(), server)
    assert server.asked == 1
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


async def test_memory_is_bounded_and_right_logins_are_not_held_up(
    logins: Logins, clock: ManualClock
) -> None:
    for number in range(MOST_LOGINS + 5):
        await logins.answer(login(email=str(number)), Server(accepted(f"QEX{number:09}" * 3)))
    assert len(logins) == MOST_LOGINS
    assert clock.slept == []
    server = Server(accepted("QEX" + "last" * 9))
    await logins.answer(login(email=str(MOST_LOGINS + 1)), server)
    await logins.answer(login(email="0"), server)
    assert server.asked == 1


async def test_a_new_password_takes_the_place_of_the_old_one(logins: Logins) -> None:
    server = Server(accepted("QEX" + "old" * 12), accepted("QEX" + "new" * 12))
    await logins.answer(login(), server)
    await logins.answer(login(password="changed"), server)
    await logins.answer(login(password="changed"), server)
    assert server.asked == 2
    assert len(logins) == 1
    assert len(await logins.finish()) == 2  # both are ended with the proxy


def test_nothing_shows_a_secret() -> None:
    shown = repr([login(), accepted()])
    assert "QEX" not in shown
    assert "right" not in shown
