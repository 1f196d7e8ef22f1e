/**
 * Runs kubectl and returns what it printed. The arguments name the cluster and the user.
 */
import { spawn } from 'node:child_process';

export interface KubectlResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

interface RunOptions {
  /** Home folder of its own, which keeps a person's kuberc, plugins and caches out of it. */
  readonly home: string;
  readonly stdin?: string;
  readonly cwd?: string;
}

/** A failing command is a result; only a kubectl that cannot be executed is an exception. */
export function runKubectl(path: string, args: readonly string[], options: RunOptions): Promise<KubectlResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(path, args, {
      env: { PATH: process.env.PATH, HOME: options.home },
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.on('error', reject);
    child.on('close', (code, signal) =>
      resolve({
        stdout: Buffer.concat(stdout).toString('utf8'),
        stderr: Buffer.concat(stderr).toString('utf8') + (signal === null ? '' : `ended by ${signal}\n`),
        code: code ?? 1,
      }),
    );
    // A kubectl that fails early closes its input; its exit code shows the failure.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.stdin ?? '');
  });
}
