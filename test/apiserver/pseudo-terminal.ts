/**
 * A program in a terminal of 100 columns and 40 rows that has nobody in front of it: what its screen
 * shows can be read, and keys can be pressed. It understands the few control sequences that the demo's
 * screen is drawn with, no others.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { stripVTControlCharacters } from 'node:util';

/** script(1) of util-linux, which every Debian has. */
const SCRIPT = 'script';
/** One row that is drawn anew: its number, and its text up to the sequence that clears the rest. */
const ESCAPE = '\u001B';
const ROW = new RegExp(`${ESCAPE}\\[(\\d+);1H([^]*?)${ESCAPE}\\[K`, 'g');

export class PseudoTerminal {
  readonly #child: ChildProcess;
  readonly #exited: Promise<number | string>;
  #output = '';

  /** `command` is for the shell. */
  constructor(command: string, cwd: string) {
    const sized = `stty columns 100 rows 40 && exec ${command}`;
    this.#child = spawn(SCRIPT, ['--quiet', '--return', '--flush', '--command', sized, '/dev/null'], {
      cwd,
      // A group of its own: what is typed goes to the program, not to the tests.
      detached: true,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      this.#output += chunk;
    });
    this.#exited = once(this.#child, 'exit').then(([code, signal]) => (code ?? signal) as number | string);
  }

  /** Everything that was written, control sequences and all. */
  get output(): string {
    return this.#output;
  }

  /** What the rows show, without colours. */
  get rows(): readonly string[] {
    const rows: string[] = [];
    for (const [, row, text = ''] of this.#output.matchAll(ROW)) rows[Number(row) - 1] = stripVTControlCharacters(text);
    return Array.from(rows, (row) => row ?? '');
  }

  get screen(): string {
    return this.rows.join('\n');
  }

  press(key: string): void {
    this.#child.stdin?.write(key);
  }

  /** Exit code of the program, or the name of the signal that ended it. */
  exited(): Promise<number | string> {
    return this.#exited;
  }

  /** Ends the program, if it still runs. */
  async close(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill('SIGTERM');
    await this.#exited;
  }
}
