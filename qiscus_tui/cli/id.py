"""`id`: the ids of tokens, without asking the server."""

from qiscus_tui.cli.stdin_tokens import ids_of_lines, read_tokens
from qiscus_tui.cli.verbs import Context
from qiscus_tui.exit_codes import ExitCode

_BYTE_ORDER_MARK = "\ufeff"


def run(context: Context) -> int:
    """Print the id of each token on stdin, in its order."""
    text = read_tokens(context.console).removeprefix(_BYTE_ORDER_MARK)
    for one in ids_of_lines(text):
        context.console.result(one)
    return ExitCode.DONE
