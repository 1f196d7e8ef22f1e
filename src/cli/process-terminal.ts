/** The terminal of this process. */
import { basename } from 'node:path';
import process from 'node:process';
import type { Colours } from './print/text.ts';
import type { Terminal } from './terminal.ts';

export function processTerminal(): { readonly terminal: Terminal; readonly flushed: () => Promise<void> } {
  const { stdout, stderr, env } = process;
  const interrupt = new AbortController();
  process.once('SIGINT', () => {
    interrupt.abort(new Error('Interrupted'));
    // Whoever presses it twice means it.
    process.once('SIGINT', () => process.exit(130));
  });
  // `| head` closes the pipe; that is no failure of the command.
  stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  const terminal: Terminal = {
    print: (text) => void stdout.write(`${text}\n`),
    note: (text) => void stderr.write(`${text}\n`),
    write: (text) => void stdout.write(text),
    // A pseudo-terminal without a size reports 0.
    size: () => (stdout.isTTY ? { columns: stdout.columns || 80, rows: stdout.rows || 24 } : null),
    colours: coloursOf(stdout),
    env,
    now: () => Date.now(),
    interrupted: interrupt.signal,
    readStdin,
    program: programName(process.argv[1] ?? ''),
  };
  return { terminal, flushed: () => Promise.all([drained(stdout), drained(stderr)]).then(() => undefined) };
}

/** `getColorDepth` knows the variables that terminals and people set, and a dumb terminal. */
function coloursOf(stdout: NodeJS.WriteStream): Colours {
  if (!stdout.isTTY) return 'none';
  const bits = stdout.getColorDepth();
  return bits >= 8 ? 'many' : bits >= 4 ? 'basic' : 'none';
}

async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function drained(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.writableLength === 0) resolve();
    else stream.write('', () => resolve());
  });
}

/** As people type it, whichever of its two names the program was called by. */
function programName(path: string): string {
  return basename(path).includes('argo') ? 'kubectl argo rollouts' : 'kubectl serin';
}
