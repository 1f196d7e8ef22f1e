/** One run of the command line, from its words to its exit code. */
import type { Call } from './command.ts';
import type { Cluster } from './cluster.ts';
import { CommandError, UsageError } from './errors.ts';
import { parseCommandLine, type Parsed } from './parser.ts';
import type { Terminal } from './terminal.ts';

/** Returns the exit code: 0, 1 for whatever fails, or what the command says. Nothing is open any more. */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    const parsed = await parseCommandLine(args, terminal);
    if (parsed !== null) await runParsed(parsed, terminal);
    return 0;
  } catch (error) {
    for (const line of explained(error, terminal)) terminal.note(line);
    return error instanceof CommandError ? error.exitCode : 1;
  }
}

async function runParsed({ command, args, options, global }: Parsed, terminal: Terminal): Promise<void> {
  let connected: Cluster | undefined;
  const cluster = async (): Promise<Cluster> => {
    connected ??= (await import('./connect.ts')).connect(global, terminal);
    return connected;
  };
  const call: Call = { args, options, global, terminal, cluster };
  try {
    await command.run(call as Call<never>);
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
