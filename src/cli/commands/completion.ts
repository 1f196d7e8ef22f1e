/** `completion`: scripts for shells that ask the program itself (`__complete`) what can come next. */
import { command } from '../command.ts';
import { UsageError } from '../errors.ts';

const PROGRAM = 'kubectl-argo-rollouts';

/** Each asks with the words up to the cursor; the last line of the answer is for the shell, and a tab begins a description. */
const SCRIPTS: Readonly<Record<string, string>> = {
  bash: `# bash completion of ${PROGRAM}
_kubectl_argo_rollouts() {
  local IFS=$'\\n'
  local current="\${COMP_WORDS[COMP_CWORD]}"
  local answers
  answers="$(${PROGRAM} __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | sed -e '$d' | cut -f1)"
  COMPREPLY=($(compgen -W "$answers" -- "$current"))
}
complete -F _kubectl_argo_rollouts ${PROGRAM}
complete -F _kubectl_argo_rollouts kubectl-serin`,
  zsh: `#compdef ${PROGRAM} kubectl-serin
# zsh completion of ${PROGRAM}
_kubectl_argo_rollouts() {
  local -a answers
  answers=("\${(@f)$(${PROGRAM} __complete "\${(@)words[2,CURRENT]}" 2>/dev/null | sed -e '$d' -e 's/:/\\\\:/g' -e 's/\\t/:/')}")
  _describe 'word' answers
}
compdef _kubectl_argo_rollouts ${PROGRAM} kubectl-serin`,
  fish: `# fish completion of ${PROGRAM}
function __kubectl_argo_rollouts
  set -l words (commandline -opc)
  ${PROGRAM} __complete $words[2..-1] (commandline -ct) 2>/dev/null | sed -e '$d'
end
complete -c ${PROGRAM} -f -a '(__kubectl_argo_rollouts)'
complete -c kubectl-serin -f -a '(__kubectl_argo_rollouts)'`,
  powershell: `# PowerShell completion of ${PROGRAM}
Register-ArgumentCompleter -Native -CommandName '${PROGRAM}', 'kubectl-serin' -ScriptBlock {
  param($current, $line, $position)
  $words = @($line.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
  if ($current -eq '') { $words += '""' }
  ${PROGRAM} __complete @words 2>$null | Select-Object -SkipLast 1 | ForEach-Object { ($_ -split "\`t")[0] } |
    Where-Object { $_ -like "$current*" } |
    ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
}`,
};

export const completion = command({
  path: ['completion'],
  summary: 'Print the completion script of a shell: bash, zsh, fish or powershell',
  args: ['SHELL'],
  options: {},
  examples: ['completion bash > ~/.local/share/bash-completion/completions/kubectl-argo-rollouts'],
  run: ({ args: [shell = ''], terminal }) => {
    const script = SCRIPTS[shell];
    if (script === undefined) throw new UsageError(`expected one of ${Object.keys(SCRIPTS).join(', ')}, not ${shell}`);
    terminal.print(script);
    return Promise.resolve();
  },
});
