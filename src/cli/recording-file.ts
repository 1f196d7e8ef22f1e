/** The file of a recording while it is written: at once, so that what is in it stays whatever happens to the process. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { CommandError } from './errors.ts';
import type { Terminal } from './terminal.ts';

/** For its owner only: it holds no secrets, but how a service is run. */
const MODE = 0o600;

export interface RecordingFile {
  /** `stdout` for -. */
  readonly name: string;
  readonly write: (text: string) => void;
  readonly close: () => void;
}

/** Throws a CommandError where the file is there already, or cannot be made. */
export function recordingFile(name: string, terminal: Pick<Terminal, 'write'>): RecordingFile {
  if (name === '-') return { name: 'stdout', write: terminal.write, close: () => undefined };
  const file = opened(name);
  const write = (text: string): void => {
    const bytes = Buffer.from(text);
    for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
  };
  return { name, write, close: () => closeSync(file) };
}

function opened(name: string): number {
  try {
    return openSync(name, 'wx', MODE);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST')
      throw new CommandError(`${name} is there already: choose another file with -o`, { cause: error });
    throw new CommandError(`${name} cannot be written: ${message}`, { cause: error });
  }
}
