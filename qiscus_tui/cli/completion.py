"""`completion`: shell completion of verbs, options and their values.

Accounts, ids, views and policies come from local files: pressing tab does not contact the server.
"""

import argparse
import re
from collections.abc import Iterable

from qiscus_tui.cli.parser import Parser, full_parser
from qiscus_tui.cli.verbs import Context, Example, Verb
from qiscus_tui.errors import UsageError
from qiscus_tui.exit_codes import ExitCode
from qiscus_tui.model.group_keys import GROUP_KEYS
from qiscus_tui.store.state import remembered_ids

SHELLS = ("bash", "zsh", "fish")

WORDS = ("accounts", "ids", "views", "policies")


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    parser.add_argument("shell", nargs="?", choices=SHELLS, help="the shell")
    # For the printed functions.
    parser.add_argument("--words", choices=WORDS, help=argparse.SUPPRESS)


AROUND_BASH = """
# `--option=value` as two words, and after `exec --` the completion of the command itself.
_qiscus_tui() {
  local at word before= is_exec= kept=() cursor=0
  for at in "${!COMP_WORDS[@]}"; do
    word=${COMP_WORDS[at]}
    if [[ $word == = && $before == --* ]]; then
      ((at == COMP_CWORD)) || { before==; continue; }
      word=
    fi
    [[ $word == exec ]] && is_exec=1
    if [[ $word == -- && -n $is_exec ]] && ((at < COMP_CWORD)); then
      _qiscus_tui_command $((at + 1))
      return
    fi
    ((at == COMP_CWORD)) && cursor=${#kept[@]}
    kept+=("$word")
    before=$word
  done
  COMP_WORDS=("${kept[@]}")
  COMP_CWORD=$cursor
  _shtab_qiscus_tui
}

# $1: where the command begins
_qiscus_tui_command() {
  local word=${COMP_WORDS[COMP_CWORD]}
  if declare -F _comp_command_offset >/dev/null; then
    _comp_command_offset "$1"
  elif declare -F _command_offset >/dev/null; then
    _command_offset "$1"
  else
    local kind=-f
    ((COMP_CWORD == $1)) && kind=-c
    compopt -o filenames 2>/dev/null
    COMPREPLY=()
    while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen $kind -- "$word")
  fi
}

complete -o bashdefault -F _qiscus_tui qiscus-tui
"""

AFTER_FISH = """
# After `exec --` the completion of the command itself.
function _qiscus_tui_command
  set -l words (commandline -opc)
  set -l at (contains -i -- -- $words)
  set -l command (string escape -- $words[(math $at + 1)..])
  complete -C (string join ' ' -- $command (commandline -ct))
end
complete -c qiscus-tui -n '_shtab_qiscus_tui_using exec; and contains -- -- (commandline -opc)' \
-xa '(_qiscus_tui_command)'
"""

BEFORE_ZSH = """
# After `exec --` the completion of the command itself.
_qiscus_tui_command() {
  local at=${words[(i)--]}
  (( at < CURRENT )) || return 1
  shift $at words
  (( CURRENT -= at ))
  _normal
}
"""

_ZSH_VALUE = re.compile(r'^  "(\*?--[\w-]+)\[(.*\]:)', re.MULTILINE)
_ZSH_MANY = re.compile(r'"\(\*\)::?')
_ZSH_EXEC = "_shtab_qiscus_tui_exec_options=(\n"


def completed(shell: str, functions: str) -> str:
    """Return shtab's functions for this shell with our additions."""
    match shell:
        case "bash":
            return functions + AROUND_BASH
        case "fish":
            return functions + AFTER_FISH
        case _:
            # `source` as well as `eval`
            functions = functions.replace("[-1] == eval ]]", "[-1] == (eval|file) ]]")
            functions = _ZSH_MANY.sub('"*:', functions)  # every word, not only the first
            functions = _ZSH_VALUE.sub(r'  "\1=[\2', functions)  # `--option=value` too
            return functions.replace(_ZSH_EXEC, f'{_ZSH_EXEC}  "*::command:_qiscus_tui_command"\n')


_ASKING = {
    "bash": '_qiscus_tui_{words}() {{ compgen -W "$({ask})" -- "$1"; }}\n',
    "zsh": '_qiscus_tui_{words}() {{ compadd -- ${{(f)"$({ask})"}}; }}\n',
}
"""Functions that the shell calls on tab, not when it loads the completion."""

_KEYS = " ".join(GROUP_KEYS)
_GROUP_KEYS = {
    "bash": f"""_qiscus_tui_group_keys() {{
  local before=; [[ $1 == *,* ]] && before=${{1%,*}},
  compgen -P "$before" -W "{_KEYS}" -- "${{1##*,}}"
}}
""",
    "zsh": f"_qiscus_tui_group_keys() {{ _values -s , key {_KEYS}; }}\n",
}
"""Functions that complete the last word of a comma list."""

_OPTIONS = {
    "--account": "accounts",
    "--if": "ids",
    "--view": "views",
    "--policy": "policies",
    "--group-by": "group_keys",
}
"""The kind of words that complete an option's value."""
_FILES = {"config", "log", "input", "metrics", "plan", "out", "paths"}
"""Options and arguments whose value is a file."""
_POSITIONALS = {("revoke", "ids"): "ids", ("accounts", "name"): "accounts"}
"""The kind of words that complete an argument, by verb and name."""


def run(context: Context) -> int:
    """Print the shell's functions, or the words that they request."""
    options, console = context.options, context.console
    if options.words is not None:
        for word in _words(context, options.words):
            console.result(word)
        return ExitCode.DONE
    if options.shell is None:
        raise UsageError("completion needs the name of a shell", f"One of: {', '.join(SHELLS)}")
    console.result(completion_functions(options.shell))
    return ExitCode.DONE


def _words(context: Context, kind: str) -> list[str]:
    local_files, config = context.workspace.local_files, context.workspace.config
    words: Iterable[str]
    match kind:
        case "ids":
            words = remembered_ids(local_files.paths)
        case "views":
            words = config.views
        case "policies":
            words = config.policies
        case _:
            words = [one.name for one in local_files.book.all()]
    # A word that a shell would split or execute is not offered.
    return [word for word in words if word.isascii() and not set(word) - _PLAIN]


_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@._+-")


def completion_functions(shell: str) -> str:
    """Return what the shell reads to complete this program's words. Raises UsageError."""
    import shtab

    if shell not in shtab.SUPPORTED_SHELLS:
        raise UsageError(
            f"The installed shtab does not support {shell}", "Update it: pip install -U shtab"
        )
    parser, verbs = full_parser()
    for name, verb in verbs.items():
        _mark(name, verb)
    _mark("", parser)
    asking = _ASKING.get(shell, "")
    preamble = "".join(asking.format(words=words, ask=_ask(words)) for words in WORDS)
    preamble += _GROUP_KEYS.get(shell, "")
    if shell == "zsh":  # the last line calls it, so it must come first
        preamble += BEFORE_ZSH
    return completed(shell, shtab.complete(parser, shell=shell, preamble=preamble).rstrip())


def _ask(words: str) -> str:
    return f"qiscus-tui completion --words {words} 2>/dev/null"


def _mark(verb: str, parser: Parser) -> None:
    """Tell shtab where the values of the parser's options come from."""
    import shtab

    for action in parser.actions():
        if action.dest in _FILES:
            setattr(action, "complete", shtab.FILE)  # noqa: B010  argparse knows no such field
        words = _POSITIONALS.get((verb, action.dest))
        for option in action.option_strings:
            words = _OPTIONS.get(option, words)
        if words is not None:
            function = f"_qiscus_tui_{words}"
            fish = f"__fish_append , {_KEYS}" if words == "group_keys" else _ask(words)
            completing = {"bash": function, "zsh": function, "fish": f"({fish})"}
            setattr(action, "complete", completing)  # noqa: B010  argparse knows no such field


VERB = Verb(
    add_options,
    run,
    examples=(
        Example("qiscus-tui completion bash >/etc/bash_completion.d/qiscus-tui", "for all users"),
        Example("qiscus-tui completion fish | source", "for this shell"),
    ),
    reports_crashes=False,
)
