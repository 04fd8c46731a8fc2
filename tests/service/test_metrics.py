"""The text of the metrics."""

from dataclasses import replace

from qiscus_tui.service.check import CheckReport, Figures, Finding, FindingKind, samples_of
from qiscus_tui.service.metrics import Sample, ended, labels_of, metrics_text
from qiscus_tui.store.state import Checked
from tests.service.scripted import listed

FIGURES = Figures(30, 2, 5, 50.0, 90.5, [(f"client {n}", 30 - n) for n in range(23)])
REPORT = CheckReport(
    "a", "s", 100.0, listed([]), FIGURES, (Finding(FindingKind.NEW, "x"),) * 2, "", Checked(), True
)


def test_each_metric_is_described_once_for_all_accounts() -> None:
    failed = ended("check", labels_of("b"), 200.25, success=False)
    text = metrics_text([*samples_of(REPORT), *failed])
    lines = text.splitlines()
    assert len([line for line in lines if line.startswith("# TYPE")]) == 9
    at = lines.index("# TYPE qiscus_check_success gauge")
    assert lines[at + 1 : at + 3] == [
        'qiscus_check_success{account="a"} 1',
        'qiscus_check_success{account="b"} 0',
    ]
    assert 'qiscus_check_timestamp_seconds{account="b"} 200.250' in lines
    assert 'qiscus_sessions_oldest_age_seconds{account="a"} 50' in lines
    assert 'qiscus_token_expires_timestamp_seconds{account="a"} 90.500' in lines
    assert 'qiscus_sessions_live{account="b"}' not in text
    assert text.endswith("\n")
    counts = [line for line in lines if line.startswith("qiscus_check_findings{")]
    assert counts[0] == 'qiscus_check_findings{account="a",kind="new"} 2'
    assert [line[-2:] for line in counts[1:]] == [" 0"] * 4


def test_numbers_of_a_part_and_unknown_times_are_left_out() -> None:
    part = replace(REPORT, listed=listed([], complete=False))
    assert {one.name.removeprefix("qiscus_check_") for one in samples_of(part)} == {
        "success",
        "timestamp_seconds",
    }
    unknown = replace(REPORT, figures=Figures(0, 0, 0, None, None))
    names = {one.name for one in samples_of(unknown)}
    assert not names & {
        "qiscus_sessions_oldest_age_seconds",
        "qiscus_token_expires_timestamp_seconds",
    }


def test_twenty_clients_and_the_others_and_a_narrowed_check_has_series_of_its_own() -> None:
    narrowed = samples_of(replace(REPORT, filter_text="client:curl"))
    clients = [one for one in narrowed if one.name == "qiscus_sessions_by_client"]
    assert len(clients) == 21
    assert (clients[-1].labels["client"], clients[-1].value) == ("other", 27)
    assert {one.labels["filter"] for one in narrowed} == {"client:curl"}


def test_labels_cannot_leave_their_quotes() -> None:
    text = metrics_text([Sample("qiscus_sessions_live", 1, {"account": 'x"} 1', "b": "a\\c\nd"})])
    assert '{account="x\\"} 1",b="a\\\\c\\nd"} 1' in text
