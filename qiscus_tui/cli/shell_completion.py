"""Additions to shtab's completion functions, for each shell."""

import re

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
