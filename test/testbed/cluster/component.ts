/**
 * One child process of a control plane, with its log in a file. It is the leader of its own process group,
 * so that a Ctrl-C in the terminal does not reach it before its owner decides. The reaper ends it when the owner dies.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';

const LAST_LINES = 15;

export interface ComponentStart {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Both output streams are appended to this file. */
  readonly logPath: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

export class Component {
  readonly name: string;
  readonly logPath: string;
  readonly pid: number;
  /** Resolves when the process has ended, with the exit code or the signal's name. */
  readonly exited: Promise<number | string>;
  /** The exit code or the signal's name once the process has ended. */
  exit: number | string | undefined;
  /** Whether its owner asked it to end: an exit without that is a failure. */
  endExpected = false;
  readonly #child: ChildProcess;

  private constructor(start: ComponentStart, child: ChildProcess, pid: number) {
    this.name = start.name;
    this.logPath = start.logPath;
    this.pid = pid;
    this.#child = child;
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.exit = code ?? signal ?? 'unknown';
        resolve(this.exit);
      });
    });
  }

  /** Resolves once the program runs; throws when it cannot be executed. */
  static async start(start: ComponentStart): Promise<Component> {
    const log = openSync(start.logPath, 'a');
    try {
      const child = spawn(start.command, start.args, {
        detached: true,
        stdio: ['ignore', log, log],
        ...(start.env === undefined ? {} : { env: start.env }),
        ...(start.cwd === undefined ? {} : { cwd: start.cwd }),
      });
      const pid = child.pid;
      if (pid === undefined) {
        const error = await new Promise<Error>((resolve) => child.once('error', resolve));
        throw new Error(`cannot start ${start.name} (${start.command})`, { cause: error });
      }
      // The reaper ends what is left when the owner ends, so the owner need not stay alive for it.
      child.unref();
      return new Component(start, child, pid);
    } finally {
      closeSync(log);
    }
  }

  /** Sends the signal, if the process still runs, and resolves when it has ended. */
  async end(signal: 'SIGKILL' | 'SIGTERM' | 'SIGINT'): Promise<number | string> {
    this.endExpected = true;
    this.#child.ref();
    this.#child.kill(signal);
    return this.exited;
  }

  /** "NAME ended with CODE" and the end of its log, for an error message. */
  obituary(): string {
    return `${this.name} ended with ${this.exit ?? 'nothing yet'}; the end of ${this.logPath}:\n${lastLines(this.logPath)}`;
  }
}

function lastLines(path: string): string {
  return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-LAST_LINES).join('\n');
}
