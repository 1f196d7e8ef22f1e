/** One run of the command line, from its words to its exit code. */
import type { Call } from './command.ts';
import type { Cluster } from '../clients/cluster.ts';
import type { Completer } from './complete.ts';
import { CommandError, UsageError } from './errors.ts';
import type { GlobalOptions } from './global-options.ts';
import { parseCommandLine, type Parsed } from './parser.ts';
import type { Terminal } from './terminal.ts';

/** The words by which shells ask what can come next, with descriptions and without. */
const COMPLETE = ['__complete', '__completeNoDesc'];

/** Returns the exit code: 0, 1 for whatever fails, or what the command says. Nothing is open any more. */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    const [first = '', ...words] = args;
    if (COMPLETE.includes(first)) {
      await complete(words, first === COMPLETE[0], terminal);
      return 0;
    }
    const parsed = await parseCommandLine(args, terminal);
    if (parsed !== null) await runParsed(parsed, terminal);
    return 0;
  } catch (error) {
    for (const line of explained(error, terminal)) terminal.note(line);
    return error instanceof CommandError ? error.exitCode : 1;
  }
}

async function runParsed({ command, args, options, global }: Parsed, terminal: Terminal): Promise<void> {
  await connectedBy(global, terminal, (cluster) => {
    const call: Call = { args, options, global, terminal, cluster };
    return command.run(call as Call<never>);
  });
}

async function complete(words: readonly string[], described: boolean, terminal: Terminal): Promise<void> {
  const { completions, namesIn } = await import('./complete.ts');
  const names: Completer['names'] = (kind, global) =>
    // Whatever fails, a shell has nothing to offer then.
    connectedBy(global, terminal, async (cluster) => namesIn(await cluster(), kind)).catch(() => []);
  for (const one of await completions(words, { names })) terminal.print(described ? one : (one.split('\t')[0] ?? ''));
}

/** The connection is opened when it is asked for, and closed when `use` has ended. */
async function connectedBy<T>(
  global: GlobalOptions,
  terminal: Terminal,
  use: (cluster: () => Promise<Cluster>) => Promise<T>,
): Promise<T> {
  let connected: Cluster | undefined;
  try {
    return await use(async () => {
      connected ??= (await import('./connect.ts')).connect(global, terminal);
      return connected;
    });
  } finally {
    await connected?.close();
  }
}

function explained(error: unknown, { program, env }: Terminal): readonly string[] {
  // The parser has said it, with the usage of the command.
  if (error instanceof CommandError && error.message === '') return [];
  if (!(error instanceof Error)) return [`Error: ${String(error)}`];
  const hint = error instanceof UsageError ? [`See "${program} --help".`] : [];
  const stack = env['SERIN_STACK'] === undefined ? [] : [error.stack ?? ''];
  return [`Error: ${error.message}`, ...hint, ...stack];
}
