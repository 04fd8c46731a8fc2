"""`token`: print a valid short-lived token, for scripts."""

from qiscus_tui.cli.script_secret import script_token
from qiscus_tui.cli.verbs import Context
from qiscus_tui.exit_codes import ExitCode
from qiscus_tui.model.timestamps import rfc3339
from qiscus_tui.service.token.handover import header_lines


def run(context: Context) -> int:
    """Print the token, refreshed only when needed."""
    console = context.console
    given = script_token(context)
    if console.out_is_tty:
        console.say("Careful: the token is now on your screen and in its scrollback.")
    if context.options.json:
        import json

        value = {
            "token": given.secret,
            "expires_at": rfc3339(given.expires_at),
            "app_id": given.account.app_code,
        }
        console.result(json.dumps(value))
    elif context.options.header:
        for line in header_lines(given):
            console.result(line)
    else:
        console.result(given.secret)
    return ExitCode.DONE
