"""How long the screens take to come up, and what they weigh then. Interleaved with hello."""

from collections.abc import Generator

from tests.benchmarks import programs
from tests.benchmarks.process import memory_mib
from tests.benchmarks.table import Row
from tests.e2e.terminal import Terminal


def start(runs: int) -> Generator[Row]:
    """First text of the login, and 1,000 sessions on screen."""
    hello, login, hello_weight, login_weight = [], [], [], []
    thousand, thousand_weight = [], []
    with programs.sandbox(1_000) as server:
        for _ in range(runs):
            with programs.hello() as terminal:
                hello.append(_until_text(terminal, programs.HELLO_TEXT))
                _weigh(terminal, hello_weight)
                programs.quit_program(terminal)
            with programs.login() as terminal:
                login.append(_until_text(terminal, "Password"))
                _weigh(terminal, login_weight)
                programs.quit_program(terminal)
            with programs.sessions(server) as terminal:
                came = programs.wait_for_all(terminal, server)
                thousand.append((came - terminal.started_at) * 1000)
                _weigh(terminal, thousand_weight)
                programs.quit_program(terminal)
    yield Row("hello: first text", hello)
    yield Row("login: first text", login, base=hello, goal="1.25 x")
    yield Row("1,000 sessions on screen", thousand, base=hello, goal="1.8 x")
    yield Row("hello: memory", hello_weight, "MiB")
    yield Row("login: memory", login_weight, "MiB", hello_weight)
    yield Row("1,000 sessions: memory", thousand_weight, "MiB", hello_weight)


def large(runs: int) -> Generator[Row]:
    """100,000 sessions on screen, the server in a process of its own."""
    hello, many, weight, peak = [], [], [], []
    with programs.sandbox(100_000) as server:
        for _ in range(runs):
            with programs.hello() as terminal:
                hello.append(_until_text(terminal, programs.HELLO_TEXT))
                programs.quit_program(terminal)
            with programs.sessions(server) as terminal:
                came = programs.wait_for_all(terminal, server)
                many.append((came - terminal.started_at) * 1000)
                weighed = memory_mib(terminal.process.pid)
                if weighed is not None:
                    weight.append(weighed[0])
                    peak.append(weighed[1])
                programs.quit_program(terminal)
    yield Row("100,000 sessions on screen", many, base=hello)
    yield Row("100,000 sessions: memory", weight, "MiB")
    yield Row("100,000 sessions: memory, peak", peak, "MiB")


def _until_text(terminal: Terminal, text: str) -> float:
    return (terminal.wait_for(text) - terminal.started_at) * 1000


def _weigh(terminal: Terminal, weights: list[float]) -> None:
    weighed = memory_mib(terminal.process.pid)
    if weighed is not None:
        weights.append(weighed[0])
