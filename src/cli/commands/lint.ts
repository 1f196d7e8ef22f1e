/** `lint`. */
import { command, type Call } from '../command.ts';
import { CommandError, UsageError } from '../errors.ts';
import type { Finding } from '../lint/lint.ts';

const OPTIONS = {
  filename: {
    kind: 'list',
    letter: 'f',
    isPath: true,
    help: 'File or folder with manifests, or - for stdin; may be repeated.',
  },
  kustomize: { kind: 'list', letter: 'k', isPath: true, help: 'Folder with a kustomization, rendered by kubectl.' },
  recursive: { kind: 'switch', letter: 'R', help: 'Also read the folders in a folder.' },
  strict: { kind: 'switch', help: 'What is referred to and is not among the manifests is a problem, too.' },
  output: { kind: 'text', letter: 'o', choices: ['json'], help: 'json: every finding with its place.' },
} as const;

export const lint = command({
  path: ['lint'],
  summary: 'Find what is wrong with manifests, by the rules of the API server and the controller',
  args: ['[FILE...]'],
  options: OPTIONS,
  examples: [
    'lint -f rollout.yaml',
    'lint -f manifests/ -R --strict',
    'lint -k overlays/production',
    'lint -f - -o json',
  ],
  run,
});

async function run({ args, options, global, terminal }: Call<typeof OPTIONS>): Promise<void> {
  const names = {
    files: [...options.filename, ...args],
    kustomizations: options.kustomize,
    recursive: options.recursive,
  };
  if (names.files.length + names.kustomizations.length === 0)
    throw new UsageError('no manifests are named: lint -f FILE');
  const [{ readSources }, { lint: linted }] = await Promise.all([
    import('../lint/sources.ts'),
    import('../lint/lint.ts'),
  ]);
  const { findings, checked } = linted(await readSources(names, terminal), global.namespace || 'default');
  const judged = findings.map((one) => (options.strict ? { ...one, severity: 'problem' as const } : one));
  const problems = judged.filter(({ severity }) => severity === 'problem').length;
  if (options.output === 'json') terminal.print(JSON.stringify({ checked, problems, findings: judged }, null, 2));
  else for (const one of judged) terminal.print(findingText(one));
  if (checked === 0) terminal.note('Note: none of the manifests is a Rollout, or of another kind of its API.');
  if (problems > 0) throw new CommandError(`${counted(problems, 'problem')} in ${counted(checked, 'object')}`);
}

function findingText({ file, line, column, severity, message, origin }: Finding): string {
  const note = severity === 'absence' ? 'note: ' : '';
  // What is shown below a sentence, as the place in a condition, is not a finding of its own.
  const text = message.replaceAll('\n', '\n  ');
  return `${file}:${line}:${column}: ${note}${text}${origin === '' ? '' : ` (${origin})`}`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
