/** `completion`: scripts for shells that ask the program itself (`__complete`) what can come next. */
import { command } from '../command.ts';
import { UsageError } from '../errors.ts';

const PROGRAM = 'kubectl-argo-rollouts';

/**
 * Each asks the program that is being typed, with the words up to the cursor. A tab begins a description, and the last
 * line of the answer is for the shell: `:0` where the name of a file may follow. Of `--namespace=shop` the answer has
 * what stands behind the equals sign.
 */
const SCRIPTS: Readonly<Record<string, string>> = {
  bash: `# bash completion of ${PROGRAM}
_kubectl_argo_rollouts() {
  local line="\${COMP_LINE:0:COMP_POINT}" answer
  local -a words
  # As they were typed: COMP_WORDS are split at "=" and ":" as well.
  IFS=' ' read -ra words <<<"$line"
  [[ "$line" == *' ' ]] && words+=('')
  answer="$("$1" __complete "\${words[@]:1}" 2>/dev/null)"
  [[ "$answer" == *:0 ]] && compopt -o default 2>/dev/null
  local IFS=$'\\n'
  COMPREPLY=($(sed -e '$d' <<<"$answer" | cut -f1))
}
complete -F _kubectl_argo_rollouts ${PROGRAM} kubectl-serin`,
  zsh: `#compdef ${PROGRAM} kubectl-serin
# zsh completion of ${PROGRAM}
_kubectl_argo_rollouts() {
  local -a answers
  answers=("\${(@f)$("\${words[1]}" __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  local last="\${answers[-1]}"
  answers=("\${(@)answers[1,-2]//:/\\\\:}")
  answers=("\${(@)answers/$'\\t'/:}")
  [[ "$PREFIX" == -*=* ]] && compset -P '*='
  if (( \${#answers} )); then
    _describe 'word' answers
  elif [[ "$last" == :0 ]]; then
    _files
  fi
}
compdef _kubectl_argo_rollouts ${PROGRAM} kubectl-serin
# A file of the fpath is run instead of the function when it is asked for the first time.
if [[ "\${funcstack[1]}" == _${PROGRAM} ]]; then _kubectl_argo_rollouts; fi`,
  fish: `# fish completion of ${PROGRAM}
function __kubectl_argo_rollouts
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  set -l answers ($words[1] __complete $words[2..-1] "$current" 2>/dev/null)
  set -l option (string match -r -- '^-[^=]+=' "$current")
  if test (count $answers) -gt 1
    string replace -r -- '^' "$option" $answers[1..-2]
  else if test "$answers[-1]" = ':0'
    __fish_complete_path (string replace -r -- '^-[^=]+=' '' "$current")
  end
end
complete -c ${PROGRAM} -f -a '(__kubectl_argo_rollouts)'
complete -c kubectl-serin -f -a '(__kubectl_argo_rollouts)'`,
  powershell: `# PowerShell completion of ${PROGRAM}
Register-ArgumentCompleter -Native -CommandName '${PROGRAM}', 'kubectl-serin' -ScriptBlock {
  param($current, $line, $position)
  $typed = @($line.CommandElements | Where-Object { $_.Extent.StartOffset -lt $position } | ForEach-Object { $_.ToString() })
  if ($current -eq '') { $typed += '' }
  $program = $typed[0]
  $words = @($typed | Select-Object -Skip 1)
  $option = if ($current -match '^-[^=]+=') { $Matches[0] } else { '' }
  & $program __complete @words 2>$null | Select-Object -SkipLast 1 | ForEach-Object {
    $word, $description = $_ -split "\`t", 2
    if (-not $description) { $description = $word }
    [System.Management.Automation.CompletionResult]::new("$option$word", $word, 'ParameterValue', $description)
  }
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
