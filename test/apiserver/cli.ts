/** The command line against the shared cluster, in this process: what it prints, and its exit code. */
import { inject } from 'vitest';
import { run } from '../../src/cli/run.ts';
import type { Terminal } from '../../src/cli/terminal.ts';
import { recordedTerminal } from '../cli/recorded-terminal.ts';
import type { Session } from './session.ts';

export interface Answer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export async function cli(session: Session, args: readonly string[], changes: Partial<Terminal> = {}): Promise<Answer> {
  const terminal = recordedTerminal(changes);
  const code = await run([...args, ...connectionOf(session)], terminal);
  return { code, out: terminal.out(), err: terminal.err() };
}

/** The options that lead to the session's namespace. */
function connectionOf({ namespace }: Session): readonly string[] {
  return [`--kubeconfig=${inject('sharedCluster').kubeconfig}`, '-n', namespace];
}
