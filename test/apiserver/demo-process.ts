/** The demo as a program without a terminal, and its manifests with pauses that a test has time for. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { REPOSITORY } from '../testbed/cluster/repository.ts';
import { waitFor } from '../testbed/cluster/wait.ts';
import { findNetworkNamespace } from '../testbed/data-plane/network-namespace.ts';
import { notHere } from '../testbed/not-here.ts';

export const DEMO = join(REPOSITORY, 'examples', 'demo', 'main.ts');
/** The first run on a machine may have to wait for another file's build of the control plane. */
export const LIMIT_MS = 900_000;

const MANIFESTS = ['services', 'ingress', 'rollout', 'rollout-green'].map((name) => `canary-demo-${name}.yaml`);

/** Attended by nobody; it ends with the test at the latest. */
export class DemoProcess {
  /** What it has printed. */
  output = '';
  readonly #child: ChildProcess;
  readonly #exited: Promise<number | string>;

  constructor(examples: string) {
    this.#child = spawn(process.execPath, [DEMO, '--examples', examples], {
      cwd: REPOSITORY,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      this.output += chunk;
    });
    this.#exited = new Promise((resolve, reject) => {
      this.#child.once('error', reject);
      this.#child.once('exit', (code, signal) => resolve(code ?? signal ?? ''));
    });
    onTestFinished(async () => void (await this.end('SIGTERM')));
  }

  /** What the pattern captures, once it is printed. */
  printed(pattern: RegExp): Promise<string> {
    return waitFor(() => pattern.exec(this.output)?.[1], {
      what: `the demo to print ${pattern}`,
      timeoutMs: LIMIT_MS / 3,
    });
  }

  /** Resolves with the exit code, or the name of the signal that ended it. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | string> {
    this.#child.kill(signal);
    return this.#exited;
  }
}

/** How long the demo stays at each weight: so many seconds, or until somebody goes on. */
type PauseLength = number | 'until promoted';

/** Folder of the examples with this pause at each weight; it goes away with the test. */
export async function examplesWithPause(length: PauseLength): Promise<string> {
  const pause = length === 'until promoted' ? 'pause: {}' : `pause: { duration: ${length}s }`;
  const folder = await mkdtemp(join(tmpdir(), 'serin-demo-examples-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const name of MANIFESTS) {
    const manifest = await readFile(join(REPOSITORY, 'examples', name), 'utf8');
    await writeFile(join(folder, name), manifest.replaceAll(/pause:\s+duration: 30s/g, pause));
  }
  return folder;
}

/** Whether the demo can send requests here. On a build server it has to. */
export async function trafficFlows(): Promise<boolean> {
  const namespace = await findNetworkNamespace();
  if (!namespace.possible) notHere(namespace.reason);
  return namespace.possible;
}
