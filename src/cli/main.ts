/** `kubectl-argo-rollouts` and `kubectl-serin`: the process around a run of the command line. */
import process from 'node:process';
import { processTerminal } from './process-terminal.ts';
import { run } from './run.ts';

async function main(): Promise<never> {
  const { terminal, flushed } = processTerminal();
  const code = await run(process.argv.slice(2), terminal);
  await flushed();
  // A connection that has not quite closed must not keep a person waiting.
  process.exit(code);
}

void main();
