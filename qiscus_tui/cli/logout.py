"""`logout`: end our own token, and forget the account."""

from qiscus_tui.cli.environment import must_not_come_from_environment
from qiscus_tui.cli.opening import connected
from qiscus_tui.cli.verbs import Context
from qiscus_tui.exit_codes import ExitCode
from qiscus_tui.model.text import safe
from qiscus_tui.service.account.logout import has_key_alone, log_out


async def run(context: Context) -> int:
    """Log out."""
    must_not_come_from_environment(
        context.workspace,
        "logout cannot remove them (their cached token: qiscus-tui accounts forget environment)",
    )
    async with connected(context.workspace) as connection:
        key_alone = await has_key_alone(connection)
        ended = await log_out(connection, forget_anyway=context.options.forget)
        name = connection.name
    context.console.result(f"{safe(name)} is logged out: {ended.value}")
    if key_alone:
        context.console.say("The secret key remains valid. If it leaked, ask Qiscus to reset it.")
    else:
        context.console.say(
            "The long-lived token may remain valid. If it leaked, change the password "
            "and ask Qiscus."
        )
    return ExitCode.DONE
