import { usageError } from '../exit.ts'
import type { Terminal } from '../terminal/terminal.ts'

/** Each asks "stint __complete -- WORDS… CURRENT" and offers its lines; a word that ends with = gets no space behind it. */
const scripts: Record<string, string> = {
  bash: `_stint() {
  local words current
  # Bash cuts words at = and :, we do not.
  read -r -a words <<< "\${COMP_LINE:0:COMP_POINT}"
  current=''
  [[ \${COMP_LINE:COMP_POINT-1:1} != ' ' ]] && { current="\${words[-1]}"; unset 'words[-1]'; }
  mapfile -t COMPREPLY < <(stint __complete -- "\${words[@]:1}" "$current" 2>/dev/null)
  local cut="\${current%"\${current##*[=:]}"}"
  [[ -n $cut ]] && COMPREPLY=("\${COMPREPLY[@]#"$cut"}")
  [[ \${COMPREPLY[0]} == *= ]] && compopt -o nospace
}
complete -F _stint stint`,
  zsh: `#compdef stint
_stint() {
  local -a all open closed
  all=("\${(@f)$(stint __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  open=("\${(@M)all:#*=}")
  closed=("\${(@)all:#*=}")
  (( \${#open} )) && compadd -S '' -- "\${open[@]}"
  (( \${#closed} )) && compadd -- "\${closed[@]}"
}
compdef _stint stint`,
  fish: `complete -c stint -f -a '(stint __complete -- (commandline -opc)[2..] (commandline -ct) 2>/dev/null)'`,
}

export async function printScript(terminal: Terminal, shell: string) {
  const script = scripts[shell]
  if (script === undefined)
    throw usageError(`There is no completion for ${JSON.stringify(shell)}.`, 'bash, zsh or fish')
  terminal.print(script)
  return undefined
}
