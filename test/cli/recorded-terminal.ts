/** A terminal that keeps what is printed. */
import type { Terminal } from '../../src/cli/terminal.ts';

export interface RecordedTerminal extends Terminal {
  readonly out: () => string;
  readonly err: () => string;
  readonly interrupt: () => void;
}

export function recordedTerminal(changes: Partial<Terminal> = {}): RecordedTerminal {
  let [out, err] = ['', ''];
  const interrupt = new AbortController();
  return {
    print: (text) => void (out += `${text}\n`),
    note: (text) => void (err += `${text}\n`),
    write: (text) => void (out += text),
    size: () => null,
    colours: 'none',
    env: {},
    now: () => Date.now(),
    interrupted: interrupt.signal,
    readStdin: () => Promise.resolve(''),
    program: 'kubectl argo rollouts',
    ...changes,
    out: () => out,
    err: () => err,
    interrupt: () => interrupt.abort(new Error('Interrupted')),
  };
}
