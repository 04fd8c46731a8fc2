"""The result of `doctor --live`, as text and as JSON: the same facts, fit for a ticket."""

from collections.abc import Iterator

from qiscus_tui.api.observation import SeenAnswer
from qiscus_tui.model.timestamps import rfc3339
from qiscus_tui.service.contract_check.report import ContractReport, EntryField, Row

_INDENT = " " * 12


def report_lines(report: ContractReport) -> Iterator[str]:
    """Yield the lines of the report."""
    at = rfc3339(report.checked_at)
    yield f"The API of {report.server}, checked by qiscus-tui {report.version} at {at}"
    for row in report.rows:
        yield f"{row.finding.verdict.value:11} {_called(row)}: {row.finding.words}"
        for answer, count in row.answers:
            yield f"{_INDENT}{_answered(answer, count)}"
    shape = report.shape
    if shape.places:
        entries = ", ".join(f"{kind} ×{count}" for kind, count in shape.entries) or "none"
        yield f"List at: {', '.join(shape.places)}; entries in all readings: {entries}"
        yield f"Pages: {'; '.join(shape.paging) or 'none'}"
        yield f"Our tokens found in: {', '.join(shape.token_fields) or 'no field'}"
    for title, fields in (("Known", shape.known_fields), ("Unknown", shape.unknown_fields)):
        if fields:
            yield f"{title} fields of the entries:"
            yield from (f"  {_field(one, shape.entry_count)}" for one in fields)
    yield from report.notebook.notes
    if report.notebook.left:
        yield f"May still be valid, made by this check: {', '.join(report.notebook.left)}"
    if report.notebook.config:
        yield "For config.toml:"
        yield from report.notebook.config


def _called(row: Row) -> str:
    call = row.call
    body = f' {{"{call.field}": …}}' if call.field else ""
    return f"{call.name} ({call.source.value}) {call.method} {call.path}{body}"


def _answered(answer: SeenAnswer, count: int) -> str:
    times = f" ×{count}" if count > 1 else ""
    said = f' "{answer.message}"' if answer.message else ""
    names = f" {{{', '.join(answer.names)}}}" if answer.names else ""
    return f"answered {answer.status}{times}{said}{names}"


def _field(one: EntryField, entries: int) -> str:
    fact = f" ({one.fact})" if one.fact else ""
    share = "all" if one.count >= entries else f"{one.count} of {entries}"
    return f"{one.name}{fact}: {', '.join(one.types)}; in {share}"


def report_json(report: ContractReport) -> dict[str, object]:
    """Return the report for `--json`; the lines for config.toml are given apart."""
    shape = report.shape
    return {
        "server": report.server,
        "version": report.version,
        "checked_at": rfc3339(report.checked_at),
        "calls": [_row_json(row) for row in report.rows],
        "list": {
            "at": list(shape.places),
            "pages": list(shape.paging),
            "entries": dict(shape.entries),
            "own_tokens_in": list(shape.token_fields),
            "known_fields": [_field_json(one) for one in shape.known_fields],
            "unknown_fields": [_field_json(one) for one in shape.unknown_fields],
        },
        "notes": list(report.notebook.notes),
        "left": list(report.notebook.left),
    }


def _row_json(row: Row) -> dict[str, object]:
    call = row.call
    return {
        "call": call.name,
        "method": call.method,
        "path": call.path,
        "field": call.field or None,
        "source": call.source.value,
        "verdict": row.finding.verdict.value,
        "words": row.finding.words,
        "answers": [
            {
                "status": answer.status,
                "count": count,
                "message": answer.message or None,
                "names": list(answer.names),
            }
            for answer, count in row.answers
        ],
    }


def _field_json(one: EntryField) -> dict[str, object]:
    return {
        "name": one.name,
        "fact": one.fact or None,
        "types": list(one.types),
        "count": one.count,
    }
