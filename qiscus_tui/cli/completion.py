"""`completion`: shell completion of verbs, options and their values, by shtab.

Accounts and ids come from local files: pressing tab does not contact the server.
"""

import argparse

from qiscus_tui.cli.parser import Parser, full_parser
from qiscus_tui.cli.verbs import Example, Verb, VerbContext
from qiscus_tui.errors import UsageError
from qiscus_tui.exit_codes import ExitCode
from qiscus_tui.store.state import remembered_ids

SHELLS = ("bash", "zsh", "fish")
WORDS = ("accounts", "ids")


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    parser.add_argument("shell", nargs="?", choices=SHELLS, help="the shell")
    # For the printed functions.
    parser.add_argument("--words", choices=WORDS, help=argparse.SUPPRESS)


def run(context: VerbContext) -> int:
    """Print the shell's functions, or the words that they request."""
    options, console = context.options, context.console
    if options.words is not None:
        console.result_lines(_words(context, options.words))
        return ExitCode.DONE
    if options.shell is None:
        raise UsageError("completion needs the name of a shell", f"One of: {', '.join(SHELLS)}")
    console.result(completion_functions(options.shell))
    return ExitCode.DONE


def _words(context: VerbContext, kind: str) -> list[str]:
    local_files = context.workspace.local_files
    if kind == "ids":
        words = [*remembered_ids(local_files.paths)]
    else:
        words = [one.name for one in local_files.book.all()]
    # A word that a shell would split or execute is not offered.
    return [word for word in words if word.isascii() and not set(word) - _PLAIN]


_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@._+-")

_ASK = "qiscus-tui completion --words {words} 2>/dev/null"

_FUNCTIONS = {
    "bash": '_qiscus_tui_{words}() {{ compgen -W "$({ask})" -- "$1"; }}\n',
    "zsh": '_qiscus_tui_{words}() {{ compadd -- ${{(f)"$({ask})"}}; }}\n',
}
"""Functions that the shell calls on tab, not when it loads the completion."""


_KINDS = {
    "--account": "accounts",
    "--if": "ids",
    "revoke ids": "ids",
    "accounts name": "accounts",
}
"""The kind of words that complete an option's value, or an argument of a verb."""

_FILES = {"config", "log", "input", "metrics", "plan", "out", "paths"}
"""Options and arguments whose value is a file."""


def completion_functions(shell: str) -> str:
    """Return what the shell reads to complete this program's words. Raises UsageError."""
    import shtab  # for this verb alone

    if shell not in shtab.SUPPORTED_SHELLS:
        raise UsageError(
            f"The installed shtab does not support {shell}", "Update it: pip install -U shtab"
        )
    parser, verbs = full_parser()
    for name, one in {"": parser, **verbs}.items():
        _mark(name, one, shtab.FILE)
    asking = _FUNCTIONS.get(shell, "")
    preamble = "".join(asking.format(words=words, ask=_ASK.format(words=words)) for words in WORDS)
    functions = shtab.complete(parser, shell=shell, preamble=preamble).rstrip()
    if shell == "zsh":  # `source` as well as `eval`, and every word of several, not the first alone
        functions = functions.replace("[-1] == eval ]]", "[-1] == (eval|file) ]]")
        functions = functions.replace('"(*)::', '"*:').replace('"(*):', '"*:')
    return functions


def _mark(verb: str, parser: Parser, files: object) -> None:
    """Tell shtab where the values of the parser's options come from."""
    for action in parser.actions():
        names = (*action.option_strings, f"{verb} {action.dest}")
        kind = next((_KINDS[name] for name in names if name in _KINDS), None)
        completing: object = files if action.dest in _FILES else None
        if kind is not None:
            function = f"_qiscus_tui_{kind}"
            completing = {
                "bash": function,
                "zsh": function,
                "fish": f"({_ASK.format(words=kind)})",
            }
        if completing is not None:
            setattr(action, "complete", completing)  # noqa: B010  argparse knows no such field


VERB = Verb(
    add_options,
    run,
    examples=(
        Example("qiscus-tui completion bash >/etc/bash_completion.d/qiscus-tui", "for all users"),
        Example("qiscus-tui completion fish | source", "for this shell"),
    ),
)
