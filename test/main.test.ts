import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { FakeApiServer } from './runtime/fake-api-server.ts';

const REPOSITORY = join(import.meta.dirname, '..');
const MAIN = join(REPOSITORY, 'src', 'main.ts');
const LEASE_PATH = '/apis/coordination.k8s.io/v1/namespaces/serin/leases/argo-rollouts-controller-lock';
const ROLLOUT_PATH = '/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/web';

/** In the line that says so; each controller writes one. */
const ROLLOUTS_COMPLETE = '"rollouts":';

/** The controller as a process of its own. */
interface Controller {
  readonly process: ChildProcess;
  readonly exitCode: Promise<number | null>;
  /** Everything that it has written, to both streams. */
  readonly output: () => string;
}

let folder: string;
let server: FakeApiServer;
let kubeconfig: string;
const started: ChildProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'serin-main-'));
});

afterAll(() => rm(folder, { recursive: true }));

beforeEach(async () => {
  server = await FakeApiServer.start();
  kubeconfig = join(folder, `kubeconfig-${server.port}`);
  await writeFile(kubeconfig, server.kubeConfig().exportConfig());
});

afterEach(async () => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  await server.stop();
});

function run(...flags: string[]): Controller {
  const defaults = ['--bind-address=127.0.0.1', '--healthzPort=0', '--metricsPort=0', '--namespace=serin'];
  const child = spawn(process.execPath, [MAIN, `--kubeconfig=${kubeconfig}`, ...defaults, ...flags], {
    env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: join(REPOSITORY, '.cache', 'compile') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => (output += text));
  }
  const exitCode = once(child, 'close').then(([code]) => code as number | null);
  return { process: child, exitCode, output: () => output };
}

async function says(controller: Controller, text: string): Promise<void> {
  await expect.poll(controller.output, { timeout: 20_000 }).toContain(text);
}

const holder = (): unknown =>
  (server.object(LEASE_PATH)?.['spec'] as Record<string, unknown> | undefined)?.['holderIdentity'];

describe('a start that fails ends the process', () => {
  test('with 2 and a line that names the flag, before anything else', async () => {
    const controller = run('--leader-election-lease-duration=10s');
    expect(await controller.exitCode).toBe(2);
    expect(controller.output()).toBe(
      '--leader-election-lease-duration must be longer than --leader-election-renew-deadline\nSee --help.\n',
    );
  });

  test('when there is no kubeconfig', async () => {
    const controller = run('--kubeconfig=/nowhere/config');
    expect(await controller.exitCode).toBe(1);
    expect(controller.output()).toContain('/nowhere/config');
  });

  test.each(['--healthzPort', '--metricsPort'])('when %s is taken', async (flag) => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const controller = run(`${flag}=${port}`);
    expect(await controller.exitCode).toBe(1);
    expect(controller.output()).toContain(`Cannot listen on 127.0.0.1:${port}`);
    expect(server.requests).toEqual([]);
    other.close();
  });
});

describe('SIGTERM ends the process with 0', () => {
  test('and the lease is free, also after a Rollout was deleted', async () => {
    server.put(ROLLOUT_PATH, { spec: { strategy: { canary: {} } } });
    const controller = run();
    await says(controller, ROLLOUTS_COMPLETE);
    expect(holder()).toMatch(/./);
    server.remove(ROLLOUT_PATH);
    await expect.poll(() => server.objects('/api/v1/namespaces/shop/events').length).toBeGreaterThan(1);
    controller.process.kill('SIGTERM');
    expect(await controller.exitCode).toBe(0);
    expect(controller.output()).toContain('Stopped');
    expect(holder()).toBe('');
  });

  test('while it waits for a lease that another holds', async () => {
    server.put(LEASE_PATH, { spec: { holderIdentity: 'other', leaseDurationSeconds: 15 } });
    const controller = run();
    await says(controller, 'Started');
    controller.process.kill('SIGTERM');
    expect(await controller.exitCode).toBe(0);
    expect(holder()).toBe('other');
  });
});

test('a leader whose lease another takes stops and ends with 1', async () => {
  const controller = run('--leader-election-retry-period=100ms');
  await says(controller, ROLLOUTS_COMPLETE);
  server.put(LEASE_PATH, { spec: { holderIdentity: 'other', leaseDurationSeconds: 15 } });
  expect(await controller.exitCode).toBe(1);
  expect(controller.output()).toContain('Lost the lease');
  expect(holder()).toBe('other');
});

test('a flag without effect is named in the log', async () => {
  const controller = run('--service-threads=30');
  await says(controller, 'Started');
  expect(controller.output()).toContain('--service-threads has no effect');
});

test.each([
  { flags: ['--namespaced'], namespace: 'serin' },
  { flags: [], namespace: undefined },
])('with $flags it reads the Rollouts of the namespace: $namespace', async ({ flags, namespace }) => {
  const controller = run(...flags);
  await says(controller, ROLLOUTS_COMPLETE);
  const scope = namespace === undefined ? '' : `/namespaces/${namespace}`;
  expect(server.requests.map(({ path }) => path)).toContain(`/apis/argoproj.io/v1alpha1${scope}/rollouts`);
});
