"""`refresh`: a new short-lived token now."""

from qiscus_tui.cli.moments import moment
from qiscus_tui.cli.opening import connected
from qiscus_tui.cli.verbs import Context
from qiscus_tui.exit_codes import ExitCode
from qiscus_tui.model.durations import countdown
from qiscus_tui.model.ids import fingerprint
from qiscus_tui.service.token.refresh import refreshed_if, refreshed_since
from qiscus_tui.store.processes import process_age


async def run(context: Context) -> int:
    """Refresh, and print the expiry, never the token."""
    wanted: str | None = context.options.only_if
    async with connected(context.workspace) as connection:
        connection.must_be_writable()
        if wanted is None:
            token = await refreshed_since(connection, connection.clock.now() - process_age())
        else:
            held = (await connection.credentials()).short_lived
            if held is not None and not fingerprint(held.token).startswith(wanted):
                context.console.say(f"Not refreshed: the stored token is not {wanted}")
            token = await refreshed_if(connection, wanted)
        left = countdown(token.expires_at - connection.server_now())
    context.console.result(
        f"{fingerprint(token.token)} expires {moment(token.expires_at)} UTC, in {left}"
    )
    return ExitCode.DONE
