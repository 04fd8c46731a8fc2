"""Checks configuration, storage, network, clock, terminal, and the API's paths.

The results contain no secret and are safe to paste into a ticket.
"""

import asyncio
import enum
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, replace

from qiscus_tui.api.contract import Call, Contract, Source
from qiscus_tui.api.probe import PathProbe, Presence
from qiscus_tui.api.wire import tls_context
from qiscus_tui.errors import AddressError, ConfigError, QiscusTuiError
from qiscus_tui.model.account import Origin, is_loopback
from qiscus_tui.model.text import safe
from qiscus_tui.service.account.connection import configured_contract, wire_settings
from qiscus_tui.service.account.storage import StorageOffer, offer, secret_store
from qiscus_tui.service.account.workspace import Workspace
from qiscus_tui.service.revocation.retention import offset_words

CLOCK_SLACK = 60.0
"""Seconds that the clocks may differ without a remark."""

MOST_TRIES = 6
PAUSE = 1.0
"""Seconds between two tries of a path."""


class Health(enum.Enum):
    """The result of a check."""

    GOOD = "ok"
    UNSURE = "unsure"
    BAD = "bad"


@dataclass(frozen=True)
class Check:
    """One check and its result."""

    name: str
    verdict: Health
    words: str
    hint: str = ""

    def without_home(self, home: str) -> "Check":
        """Return it for a ticket: with `~` for the home folder, which names its user."""
        if len(home) < 2:
            return self
        words, hint = (text.replace(f"{home}/", "~/") for text in (self.words, self.hint))
        return replace(self, words=words, hint=hint)


async def examine(workspace: Workspace) -> AsyncGenerator[Check]:
    """Yield each check as it is done. Sends no credential."""
    unusable = workspace.config_error
    if unusable is None:
        yield Check("config", Health.GOOD, _config_words(workspace))
    else:
        yield Check("config", Health.BAD, unusable.message, unusable.hint)
    for checks in (_certificate_checks, _storage_checks, _account_checks):
        for check in await asyncio.to_thread(checks, workspace):
            yield check
    if workspace.demo is None:  # which reads no variable
        yield _terminal(workspace.environ)
    if unusable is not None:
        words = "not asked: its address, proxy and certificates may be in config.toml"
        yield Check("server", Health.UNSURE, words)
        return
    try:
        origin, contract = workspace.server(), configured_contract(workspace)
    except QiscusTuiError as error:
        yield _proxy(workspace)
        name = "server" if isinstance(error, AddressError) else "account"
        yield Check(name, Health.BAD, error.message, error.hint)
        return
    yield _proxy(workspace, origin)
    async for check in _network_checks(workspace, origin, contract):
        yield check


async def try_paths(workspace: Workspace, on_try: Callable[[str], None]) -> dict[Call, str]:
    """Return a likely other path of each inferred call that has one: at most six tries, 1/s.

    Raises OutOfReach, AddressError, NoAccount.
    """
    found: dict[Call, str] = {}
    async with _probe(workspace, workspace.server()) as probe:
        for call, path in _likely(configured_contract(workspace))[:MOST_TRIES]:
            if call in found:
                continue
            on_try(path)
            await workspace.clock.sleep(PAUSE)
            if await probe.presence(path) is Presence.THERE:
                found[call] = path
    return found


def _likely(contract: Contract) -> list[tuple[Call, str]]:
    """Return the vendor's call names under the folders that its other calls use."""
    inferred = [call for call in contract.calls if call.source is Source.INFERRED]
    candidates = [
        (call, f"{folder}/{call.name}")
        for folder in ("/api/v1/auth", "/api/v2/auth", "/api/v2/admin/auth")
        for call in inferred
    ]
    return [(call, path) for call, path in candidates if path != call.path]


def _probe(workspace: Workspace, origin: Origin) -> PathProbe:
    return PathProbe(origin, wire_settings(workspace), workspace.clock)


def _config_words(workspace: Workspace) -> str:
    path, local_files = workspace.config_file, workspace.local_files
    if path is None:
        if not local_files.persistent:
            return "the demo reads none, unless --config names one"
        path = local_files.paths.config_file
    return f"{safe(str(path))} is in use" if path.exists() else "none; the defaults are in use"


def _certificate_checks(workspace: Workspace) -> list[Check]:
    if workspace.demo is None:
        try:
            tls_context(wire_settings(workspace).ca_bundle)
        except ConfigError as error:
            return [Check("certificates", Health.BAD, error.message, error.hint)]
    return []


def _storage_checks(workspace: Workspace) -> list[Check]:
    local_files = workspace.local_files
    if not local_files.persistent:
        return [Check("storage", Health.GOOD, "the demo stores nothing")]
    checks: list[Check] = []
    try:
        accounts = local_files.book.all()
        checks.append(Check("accounts", Health.GOOD, f"{len(accounts)} on this machine"))
        for storage in sorted({a.storage for a in accounts}, key=lambda one: one.value):
            if storage.stores_logins:
                store = secret_store(workspace, storage)
                store.probe()
                checks.append(Check("storage", Health.GOOD, f"{store.where} can be written"))
        if not accounts:
            place = offer(workspace, workspace.config.storage.backend)
            checks.append(Check("storage", Health.GOOD, _offered(place)))
    except QiscusTuiError as error:
        checks.append(Check("storage", Health.BAD, error.message, error.hint))
    return checks


def _account_checks(workspace: Workspace) -> list[Check]:
    try:
        unmatched = workspace.unmatched_accounts()
    except QiscusTuiError:
        return []  # another check reports that
    return [Check("account", Health.BAD, one.message, one.hint) for one in unmatched]


def _offered(place: StorageOffer) -> str:
    """Return where a first login would be stored."""
    if not place.needs_consent:
        return f"a login would be stored in {place.where}"
    reason = f"{place.reason}; " if place.reason else ""
    return f"{reason}a login would be stored in {place.where}, with your consent"


def _terminal(environ: Mapping[str, str]) -> Check:
    terminal = environ.get("TERM", "")
    if terminal in {"", "dumb"}:
        hint = "The app needs one; the command line does not."
        return Check("terminal", Health.UNSURE, f"TERM is {terminal or 'not set'}", hint)
    colours = environ.get("COLORTERM", "") or "no COLORTERM"
    inside = " in tmux" if environ.get("TMUX") else ""
    return Check("terminal", Health.GOOD, f"{safe(terminal, 60)}{inside}, {safe(colours, 60)}")


def _proxy(workspace: Workspace, origin: Origin | None = None) -> Check:
    names = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")
    if workspace.config.server.proxy:
        words = "set under [server] in config.toml"
    else:
        words = next((f"from {name}" for name in names if workspace.environ.get(name)), "none")
    if words != "none" and origin is not None and is_loopback(origin.host):
        words += "; not used for a server on this machine"
    return Check("proxy", Health.GOOD, words)


async def _network_checks(
    workspace: Workspace, origin: Origin, contract: Contract
) -> AsyncGenerator[Check]:
    try:
        async with _probe(workspace, origin) as probe:
            calls = {call.path: call for call in contract.calls}
            presences = [(call, await probe.presence(path)) for path, call in calls.items()]
            server_time = probe.server_time
    except QiscusTuiError as error:
        yield Check("server", Health.BAD, error.message, error.hint)
        return
    secured = "its certificate is trusted" if origin.scheme == "https" else "on this machine"
    yield Check("server", Health.GOOD, f"{origin} answers, {secured}")
    yield _clock(workspace, server_time)
    for call, presence in presences:
        yield _path(call, presence)


def _clock(workspace: Workspace, server_time: float | None) -> Check:
    if server_time is None:
        return Check("clock", Health.UNSURE, "the server does not send its time")
    offset = server_time + 0.5 - workspace.clock.now()
    if abs(offset) <= CLOCK_SLACK:
        return Check("clock", Health.GOOD, "agrees with the server's")
    if far := offset_words(offset):
        hint = "Correct the wrong clock (NTP): revoke and prune refuse rules about age until then."
        return Check("clock", Health.BAD, far, hint)
    hint = "Countdowns follow the server's clock; correct this machine's (NTP)."
    return Check("clock", Health.UNSURE, f"the server's is {offset:+,.0f} s from ours", hint)


def _path(call: Call, presence: Presence) -> Check:
    name = f"{call.name} ({call.source.value})"
    words = f"{call.path}: {presence.value}"
    match presence:
        case Presence.THERE:
            return Check(name, Health.GOOD, words)
        case Presence.CANNOT_TELL:
            return Check(name, Health.UNSURE, words)
        case Presence.ABSENT:
            hint = f"If it has another path, set it under [api.{call.name}]"
            hint += "; --live tries likely ones." if call.name == Contract().list.name else "."
            return Check(name, Health.BAD, words, hint if call.source is Source.INFERRED else "")
