/**
 * `kubectl-argo-rollouts` and `kubectl-serin`: the process around a run of the command line. kubectl completes the words
 * behind `kubectl argo rollouts` with a program `kubectl_complete-argo-rollouts`, which is the same one.
 */
import { basename } from 'node:path';
import process from 'node:process';
import { processTerminal } from './process-terminal.ts';
import { run } from './run.ts';

/** The process ends with this. */
export async function runProcess(): Promise<never> {
  const { terminal, flushed } = processTerminal();
  const [, program = '', ...words] = process.argv;
  const completes = basename(program).startsWith('kubectl_complete-');
  const code = await run(completes ? ['__complete', ...words] : words, terminal);
  await flushed();
  // A connection that has not quite closed must not keep a person waiting.
  process.exit(code);
}
