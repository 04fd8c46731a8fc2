"""Numbers as text for Prometheus, by the textfile collector of node_exporter. Pure."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from qiscus_tui.model.text import safe

_HELP = {
    "qiscus_sessions_live": "Live sessions.",
    "qiscus_sessions_expiring": "Live sessions that expire soon.",
    "qiscus_sessions_issued_24h": "Live sessions that were created in the last 24 hours.",
    "qiscus_sessions_oldest_age_seconds": "Age of the oldest live session.",
    "qiscus_sessions_by_client": "Live sessions by client, the 20 largest and other.",
    "qiscus_token_expires_timestamp_seconds": "When this program's own token expires.",
    "qiscus_check_findings": "Findings of the last check by kind.",
    "qiscus_check_success": "Whether the last check succeeded.",
    "qiscus_check_timestamp_seconds": "When the last check ended.",
    "qiscus_prune_revoked": "Sessions that the last prune ended.",
    "qiscus_prune_kept": "Sessions that the last prune left as they are.",
    "qiscus_prune_failed": "Sessions that the last prune should have ended, and did not for sure.",
    "qiscus_prune_success": "Whether the last prune did all that it should.",
    "qiscus_prune_timestamp_seconds": "When the last prune ended.",
    "qiscus_proxy_logins_total": "Logins that the proxy answered, by the server or from memory.",
    "qiscus_proxy_requests_total": "Requests that the proxy answered, by status code.",
    "qiscus_proxy_tokens": "Tokens that the proxy shares.",
}
"""Every metric, in the order in which they are written."""


class Sample(NamedTuple):
    """One value of a metric."""

    name: str
    value: float
    labels: Mapping[str, str]

    @property
    def text(self) -> str:
        """Return `name{label="text"} value`."""
        labels = ",".join(f'{name}="{_escaped(text)}"' for name, text in self.labels.items())
        number = f"{self.value:.0f}" if self.value == int(self.value) else f"{self.value:.3f}"
        return f"{self.name}{{{labels}}} {number}" if labels else f"{self.name} {number}"


def labels_of(account: str, filter_text: str = "") -> dict[str, str]:
    """Return the labels that every sample has: the account, and by what it was narrowed."""
    narrowed = {"filter": safe(filter_text, 200)} if filter_text else {}
    return {"account": safe(account, 200), **narrowed}


def ended(verb: str, labels: Mapping[str, str], at: float, *, success: bool) -> list[Sample]:
    """Return whether a run of a verb succeeded, and when it ended: epoch seconds."""
    return [
        Sample(f"qiscus_{verb}_success", success, labels),
        Sample(f"qiscus_{verb}_timestamp_seconds", at, labels),
    ]


def metrics_text(samples: Iterable[Sample]) -> str:
    """Return the text of the samples, each metric's together."""
    lines: dict[str, list[str]] = {name: [] for name in _HELP}
    for one in samples:
        lines[one.name].append(f"{one.text}\n")
    return "".join(
        f"# HELP {name} {_HELP[name]}\n# TYPE {name} {_kind(name)}\n{''.join(them)}"
        for name, them in lines.items()
        if them
    )


def _kind(name: str) -> str:
    return "counter" if name.endswith("_total") else "gauge"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
