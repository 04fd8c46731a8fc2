"""The text of the metrics."""

from qiscus_tui.service.check.findings import Figures, Measured, metrics_text

FIGURES = Figures(30, 2, 5, 50.0, None, [(f"client {n}", 30 - n) for n in range(23)])


def test_each_metric_is_described_once_for_all_accounts() -> None:
    text = metrics_text([Measured("a", 100.0, FIGURES), Measured("b", 200.0)])
    lines = text.splitlines()
    assert len([line for line in lines if line.startswith("# TYPE")]) == 7
    at = lines.index("# TYPE qiscus_check_success gauge")
    assert lines[at + 1 : at + 3] == [
        'qiscus_check_success{account="a"} 1',
        'qiscus_check_success{account="b"} 0',
    ]
    assert 'qiscus_sessions_oldest_age_seconds{account="a"} 50' in lines
    assert 'qiscus_sessions_live{account="b"}' not in text
    assert text.endswith("\n")


def test_twenty_clients_and_the_others() -> None:
    lines = metrics_text([Measured("a", 100.0, FIGURES)]).splitlines()
    clients = [line for line in lines if line.startswith("qiscus_sessions_by_client{")]
    assert len(clients) == 21
    assert clients[-1] == 'qiscus_sessions_by_client{account="a",client="other"} 27'


def test_labels_cannot_leave_their_quotes() -> None:
    figures = Figures(1, 0, 0, None, None, [('a"b\\c\nd', 1)])
    text = metrics_text([Measured('x"} 1', 1.0, figures)])
    assert '{account="x\\"} 1",client="a\\"b\\\\c\\nd"} 1' in text
