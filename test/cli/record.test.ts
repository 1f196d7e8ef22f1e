/** `record` against an API server in memory: what ends it, what it refuses, and what is in the file. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { buildWorld, type WorldOptions } from '../core/build-world.ts';
import { fakeCluster, type FakeCluster, type Started } from './fake-cluster.ts';

const BASE = '/apis/argoproj.io/v1alpha1/namespaces/shop';
const ROLLOUTS = `${BASE}/rollouts`;
const REPLICA_SETS = '/apis/apps/v1/namespaces/shop/replicasets';
const SECRET = 'correct-horse-battery-staple';

let cluster: FakeCluster;
let file: string;

beforeEach(async () => {
  cluster = await fakeCluster();
  file = join(cluster.folder, 'web.jsonl');
});

afterEach(() => cluster.stop());

const SETTLED: WorldOptions = { replicas: 1, strategy: { steps: [{ pause: {} }] } };

function put(options: WorldOptions = SETTLED): void {
  const { rollout, replicaSets } = buildWorld(options);
  for (const one of replicaSets) cluster.server.put(`${REPLICA_SETS}/${one.metadata.name}`, { ...one });
  const { template } = rollout.spec;
  const containers = [{ name: 'web', image: 'web:v1', env: [{ name: 'TOKEN', value: SECRET }] }];
  const spec = { ...rollout.spec, template: { ...template, spec: { containers } } };
  const annotations = { ...rollout.metadata.annotations, 'kubectl.kubernetes.io/last-applied-configuration': SECRET };
  cluster.server.put(`${ROLLOUTS}/web`, { ...rollout, spec, metadata: { ...rollout.metadata, annotations } });
}

function putPhase(phase: string): void {
  const { rollout } = buildWorld(SETTLED);
  const conditions = [{ type: 'Progressing', status: 'True', reason: phase, message: phase }];
  cluster.server.put(`${ROLLOUTS}/web`, { ...rollout, status: { ...rollout.status, phase, message: '', conditions } });
}

/** Resolves once it watches. */
async function begun(...args: readonly string[]): Promise<Started> {
  const started = cluster.start(['record', 'web', '-o', file, ...args]);
  await expect.poll(() => started.terminal.err()).toContain(`Recording rollout 'web' in ${file}. Ctrl-C ends it.\n`);
  return started;
}

const lines = async (): Promise<readonly Record<string, unknown>[]> =>
  (await readFile(file, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

async function replayed(...args: readonly string[]) {
  const { terminal, code } = cluster.start(['replay', file, ...args]);
  return { code: await code, out: terminal.out(), err: terminal.err() };
}

describe('what ends it', () => {
  test('a person', async () => {
    put();
    const { terminal, code } = await begun();
    await expect.poll(async () => (await lines()).length).toBe(2);
    terminal.interrupt();
    expect(await code).toBe(0);
    expect(terminal.err()).toMatch(/web\.jsonl has 1 look \(\S+ KiB\): you ended it\.\n$/);
    const [header, look, end] = await lines();
    expect(header).toMatchObject({
      format: 'serin-recording',
      version: 1,
      namespace: 'shop',
      name: 'web',
      notRead: [],
    });
    expect(look).toMatchObject({ look: 1, plan: { writes: [{ op: 'create' }, {}, {}] } });
    expect(end).toMatchObject({ end: 'interrupted', looks: 1 });
    expect(await readFile(file, 'utf8')).not.toContain(SECRET);
    expect(cluster.server.requests.some(({ path }) => path.includes('secrets'))).toBe(false);
    expect(cluster.server.requests.every(({ method }) => method === 'GET')).toBe(true);
    expect(await replayed()).toMatchObject({ code: 0, err: '' });
  });

  test('a time', async () => {
    put();
    const { terminal, code } = await begun('--for', '300ms');
    expect(await code).toBe(0);
    expect(terminal.err()).toMatch(/: its time is over\.\n$/);
  });

  test('the end of the update, which is waited for where it has not begun', async () => {
    putPhase('Healthy');
    const { terminal, code } = await begun('--until-done');
    await expect.poll(async () => (await lines()).length).toBe(2);
    putPhase('Progressing');
    await expect.poll(async () => (await lines()).length).toBe(3);
    putPhase('Healthy');
    expect(await code).toBe(0);
    expect(terminal.err()).toMatch(/: the rollout is over\.\n$/);
    expect((await lines()).at(-1)).toMatchObject({ end: 'done' });
  });

  test('a time before the end of the update', async () => {
    putPhase('Healthy');
    const { terminal, code } = await begun('--until-done', '--for', '300ms');
    expect(await code).toBe(1);
    expect(terminal.err()).toMatch(/: its time is over\.\nError: rollout 'web' is not over\n$/);
  });

  test('that the rollout is deleted', async () => {
    put();
    const { terminal, code } = await begun();
    cluster.server.remove(`${ROLLOUTS}/web`);
    expect(await code).toBe(0);
    expect(terminal.err()).toMatch(/: the rollout was deleted\.\n$/);
  });

  test('a number of looks', async () => {
    put();
    const { terminal, code } = await begun('--max-entries', '1');
    expect(await code).toBe(0);
    expect(terminal.err()).toMatch(
      /has 1 look .*: it stopped, because --max-entries is reached; what comes now is not recorded\.\n$/,
    );
    expect((await replayed()).out).toContain('what came later is not in it');
  });

  test('a size, which the file does not exceed', async () => {
    put();
    const { terminal, code } = await begun('--max-size', '1Ki');
    expect(await code).toBe(0);
    expect(terminal.err()).toMatch(/has 0 looks .*: it stopped, because --max-size is reached/);
    expect((await readFile(file)).length).toBeLessThanOrEqual(1024);
    expect((await lines()).at(-1)).toMatchObject({ end: 'size', looks: 0 });
  });
});

test('a connection that is lost is said, and opened again', async () => {
  put();
  const { terminal, code } = await begun();
  cluster.server.fault = ({ path }) =>
    path === ROLLOUTS ? { status: 500, body: { message: 'no leader' } } : undefined;
  cluster.server.cutWatches();
  await expect.poll(() => terminal.err()).toMatch(/^Note: what happens now may be missing\. .*no leader/m);
  cluster.server.fault = () => undefined;
  putPhase('Progressing');
  await expect.poll(async () => (await lines()).length).toBe(3);
  terminal.interrupt();
  expect(await code).toBe(0);
});

test('to stdout', async () => {
  put();
  const { terminal, code } = cluster.start(['record', 'web', '-o', '-', '--max-entries', '1']);
  expect(await code).toBe(0);
  const written = terminal.out().trimEnd().split('\n');
  expect(written.map((line) => Object.keys(JSON.parse(line) as object)[0])).toEqual(['format', 'look', 'end']);
});

describe('what is refused', () => {
  async function refused(...args: readonly string[]): Promise<string> {
    const { terminal, code } = cluster.start(['record', ...args]);
    expect({ code: await code, out: terminal.out() }).toEqual({ code: 1, out: '' });
    return terminal.err();
  }

  test('a name that does not exist makes no file', async () => {
    expect(await refused('wob', '-o', file)).toMatch(/^Error: Cannot get rollouts shop\/wob: .*not found/);
    await expect(readFile(file)).rejects.toThrow('ENOENT');
  });

  test('without ReplicaSets every decision would be wrong', async () => {
    put();
    cluster.server.fault = ({ path }) =>
      path === REPLICA_SETS ? { status: 403, body: { message: 'replicasets is forbidden' } } : undefined;
    expect(await refused('web', '-o', file)).toMatch(
      /^Error: without replicasets nothing can be recorded\. .*replicasets is forbidden\n$/,
    );
  });

  test('without Experiments a recording says that they are missing', async () => {
    put();
    cluster.server.fault = ({ path }) =>
      path === `${BASE}/experiments` ? { status: 403, body: { message: 'experiments is forbidden' } } : undefined;
    const { terminal, code } = await begun('--max-entries', '1');
    expect(await code).toBe(0);
    expect(terminal.err()).toMatch(/^Note: not recorded: experiments: .*experiments is forbidden$/m);
    expect((await replayed()).out).toMatch(/^Not read: +experiments: .*forbidden$/m);
  });

  test('a file that is there already stays as it is', async () => {
    put();
    await writeFile(file, 'mine');
    expect(await refused('web', '-o', file)).toBe(`Error: ${file} is there already: choose another file with -o\n`);
    expect(await readFile(file, 'utf8')).toBe('mine');
  });

  test('a folder that is not there', async () => {
    put();
    expect(await refused('web', '-o', join(cluster.folder, 'no', 'web.jsonl'))).toMatch(
      /web\.jsonl cannot be written: ENOENT/,
    );
  });

  test.each([
    { args: ['--max-size', 'much'], err: 'Error: --max-size must be a size such as 64Mi, not "much"\n' },
    { args: ['--max-entries', '-1'], err: /--max-entries must be a whole number, not "-1"/ },
    { args: ['--for', 'long'], err: /--for must be a duration such as 15s or 1m30s, not "long"/ },
  ])('$args', async ({ args, err }) => {
    put();
    expect(await refused('web', ...args)).toMatch(err);
  });
});
