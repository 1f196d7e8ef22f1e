/** `convert`. */
import type { Conversion } from '../../convert/convert.ts';
import { command, type Call } from '../command.ts';
import { CommandError, UsageError, Verdict } from '../errors.ts';

const OPTIONS = {
  filename: {
    kind: 'list',
    letter: 'f',
    isPath: true,
    help: 'File, folder, or - for stdin; may be repeated. All are one set.',
  },
  output: { kind: 'text', letter: 'o', default: 'yaml', choices: ['yaml', 'json'], help: 'yaml or json.' },
  strict: { kind: 'switch', help: 'Fail, and print nothing, if a person has to decide anything.' },
  'copy-template': {
    kind: 'switch',
    help: 'Give the Rollout the template of the Deployment, instead of a reference to it.',
  },
} as const;

/** All is translated, but a person has to decide something. */
const TO_DECIDE = 3;

export const convert = command({
  path: ['convert'],
  summary: 'Turn Kruise Rollouts, Canaries of Flagger and Deployments into Rollouts, and print them',
  args: [],
  options: OPTIONS,
  examples: [
    'convert -f canary.yaml -f deployment.yaml',
    'convert -f manifests/ -o json',
    'convert -f - < kruise-rollout.yaml',
  ],
  run,
});

async function run({ options, terminal }: Call<typeof OPTIONS>): Promise<void> {
  if (options.filename.length === 0) throw new UsageError('-f FILE is missing: a file, a folder, or - for stdin');
  const { readDocuments } = await import('../read-documents.ts');
  const { convert: convertAll } = await import('../../convert/convert.ts');
  const { commentLine, jsonOf, yamlOf } = await import('../../convert/render.ts');
  const { inputObjectsOf } = await import('../../convert/input.ts');
  const documents = await readDocuments(options.filename, terminal);
  const objects = documents.flatMap(({ file, value }) => {
    const read = inputObjectsOf(value);
    if ('problem' in read) throw new CommandError(`${file}: ${read.problem}`);
    return read;
  });
  const conversion = convertAll(objects, { copyTemplate: options['copy-template'] });
  for (const title of conversion.unused) terminal.note(`Note: ${title} is not converted, and nothing needs it.`);
  endIfRefused(conversion, terminal.note);
  const { sheets } = conversion;
  if (sheets.length === 0) throw new CommandError('there is no Kruise Rollout, Canary or Deployment to convert');
  const all = sheets.flatMap((sheet) =>
    sheet.comments.map((comment) => ({ ...comment, line: commentLine(sheet, comment) })),
  );
  const toDecide = all.filter(({ decide }) => decide);
  const isJson = options.output === 'json';
  if (options.strict) for (const { line } of toDecide) terminal.note(line);
  if (options.strict && toDecide.length > 0)
    throw new CommandError(`${pointsOf(toDecide.length)}, and nothing is printed`);
  if (isJson) for (const { line } of all) terminal.note(line);
  terminal.print((isJson ? jsonOf(sheets) : yamlOf(sheets)).trimEnd());
  if (toDecide.length === 0) return;
  terminal.note(`Note: ${pointsOf(toDecide.length)}: look for DECIDE.`);
  throw new Verdict('', TO_DECIDE);
}

/** A pipe into `kubectl apply` must not get half of what was asked for. */
function endIfRefused({ refusals }: Conversion, print: (text: string) => void): void {
  if (refusals.length === 0) return;
  for (const { object, path, why } of refusals) print(`Refused: ${object}${path === '' ? '' : `, ${path}`}: ${why}`);
  throw new CommandError(
    'nothing is printed, because the result would do less than the input. What you can do without, remove from the input',
  );
}

function pointsOf(count: number): string {
  return count === 1 ? '1 point is to be decided by a person' : `${count} points are to be decided by a person`;
}
