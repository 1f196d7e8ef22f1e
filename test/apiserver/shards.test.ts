/**
 * Two real processes with `--shards` in one cluster, with the rights of deploy/: each decides about its part, and when one
 * of them is gone in the middle of a release the other goes on with all of it.
 */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, expect, onTestFailed, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { shardOf } from '../../src/runtime/shard-of.ts';
import { startCluster, type Cluster } from '../testbed/cluster/cluster.ts';
import { startController, type ControllerProcess } from '../testbed/cluster/controller-process.ts';
import { installSerin } from '../testbed/cluster/install.ts';
import { REPOSITORY } from '../testbed/cluster/repository.ts';
import { waitFor } from '../testbed/cluster/wait.ts';
import { promote } from './commands.ts';
import { accessTo } from './global-setup.ts';
import { basicRollout, type RolloutManifest } from './manifests.ts';
import { Recording } from './recording.ts';
import { Session } from './session.ts';

const OWN_NAMESPACE = 'serin-system';
const SHARDS = 4;
const LEASE_MS = 15_000;
/** Two attempts, the lists of a busy machine, and what else it may be doing. */
const SLACK_MS = 45_000;
const NAMES = Array.from({ length: 12 }, (_, i) => `web-${i}`);
const STEPS = [{ setWeight: 50 }, { pause: {} }];

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
  await installSerin(cluster.plane);
});
afterAll(() => cluster?.stop());

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec?: {
    readonly replicas?: number;
    readonly template?: { readonly spec: { readonly containers: readonly { readonly args?: readonly string[] }[] } };
  };
}

interface Line {
  readonly time: number;
  readonly msg: string;
  readonly key?: string;
  readonly shard?: number;
}

async function linesOf(controller: ControllerProcess): Promise<readonly Line[]> {
  const lines = (await controller.log()).split('\n').filter((line) => line.startsWith('{'));
  return lines.map((line) => {
    const { time, ...rest } = JSON.parse(line) as Omit<Line, 'time'> & { time: number | string };
    return { ...rest, time: new Date(time).getTime() };
  });
}

/** When the process has written for each key. */
async function writesOf(controller: ControllerProcess): Promise<ReadonlyMap<string, readonly number[]>> {
  const writes = new Map<string, readonly number[]>();
  for (const { msg, key, time } of await linesOf(controller)) {
    if (msg === 'Wrote' && key !== undefined) writes.set(key, [...(writes.get(key) ?? []), time]);
  }
  return writes;
}

async function heldBy(controller: ControllerProcess): Promise<readonly number[]> {
  const metrics = await (await fetch(controller.metricsUrl)).text();
  return [...metrics.matchAll(/^controller_leader\{lease="serin-shard-(\d+)-of-\d+[^"]*"\} 1$/gm)].map((found) =>
    Number(found[1]),
  );
}

/** Both hold half of the shards, and decide about them. */
async function startPair(instance: string): Promise<readonly [ControllerProcess, ControllerProcess]> {
  const flags = [
    `--instance-id=${instance}`,
    `--namespace=${OWN_NAMESPACE}`,
    '--leader-elect=true',
    `--shards=${SHARDS}`,
  ];
  const [one, two] = await Promise.all(
    ['one', 'two'].map((name) => startController(cluster.plane, { name: `${instance}-${name}`, flags })),
  );
  if (one === undefined || two === undefined) throw new Error('There are two');
  onTestFinished(async () => {
    for (const each of [one, two]) await each.kill('SIGKILL');
  });
  onTestFailed(async () => {
    for (const each of [one, two]) console.error((await each.log()).split('\n').slice(-40).join('\n'));
  });
  await waitFor(async () => (await Promise.all([heldBy(one), heldBy(two)])).map((held) => held.length).join(), {
    what: 'the shards to be divided',
    until: (sizes) => sizes === '2,2',
  });
  await waitFor(async () => Promise.all([decidedBy(one), decidedBy(two)]), {
    what: 'both to decide',
    until: (decided) => decided.every(({ size }) => size >= 2),
  });
  return [one, two];
}

async function decidedBy(controller: ControllerProcess): Promise<ReadonlySet<number | undefined>> {
  const lines = await linesOf(controller);
  return new Set(lines.filter(({ msg }) => msg === 'Decides about the shard').map(({ shard }) => shard));
}

function manifests(instance: string, image: string): readonly RolloutManifest[] {
  return NAMES.map((name) => {
    const { metadata, ...rest } = basicRollout({ name, image, replicas: 2, canary: { steps: STEPS } });
    const labels = { 'argo-rollouts.argoproj.io/controller-instance-id': instance };
    return { ...rest, metadata: { ...metadata, labels } };
  });
}

async function openSession(controller: ControllerProcess): Promise<Session> {
  const session = await Session.open(await accessTo(cluster.plane, controller));
  onTestFailed(async () => console.error(await session.report()));
  return session;
}

const phaseOf = async (session: Session, name: string): Promise<string> =>
  (await session.get('rollouts', name)).status?.phase ?? '';

async function untilAll(session: Session, phase: string): Promise<void> {
  await waitFor(() => Promise.all(NAMES.map((name) => phaseOf(session, name))), {
    what: `all to be ${phase}`,
    until: (phases) => phases.every((one) => one === phase),
  });
}

/** All have the first image, and a release of the second has begun: the victim has written for each Rollout of its shards. */
async function inTheMiddle(instance: string, session: Session, victim: ControllerProcess): Promise<readonly string[]> {
  await session.apply(...manifests(instance, 'web:1'));
  await untilAll(session, 'Healthy');
  const before = await writesOf(victim);
  await session.apply(...manifests(instance, 'web:2'));
  const held = await heldBy(victim);
  const keys = NAMES.map((name) => `${session.namespace}/${name}`).filter((key) => held.includes(shardOf(key, SHARDS)));
  expect(keys.length, 'Rollouts of the victim').toBeGreaterThan(0);
  await waitFor(() => writesOf(victim), {
    what: 'the release to begin',
    until: (writes) => keys.every((key) => (writes.get(key)?.length ?? 0) > (before.get(key)?.length ?? 0)),
  });
  return keys;
}

async function finish(session: Session): Promise<void> {
  await untilAll(session, 'Paused');
  await Promise.all(NAMES.map((name) => promote(session, name)));
  await untilAll(session, 'Healthy');
  for (const name of NAMES) await session.until(name, { phase: 'Healthy', stableImage: 'web:2' });
}

/** For each key, whatever the survivor has written comes after the last write of the victim, or the victim has written nothing. */
async function expectOneWriterAtATime(victim: ControllerProcess, survivor: ControllerProcess): Promise<void> {
  const [first, second] = [await writesOf(victim), await writesOf(survivor)];
  for (const [key, times] of first) {
    const overlap = (second.get(key) ?? []).filter((time) => time <= Math.max(...times));
    expect(overlap, `writes of the survivor for ${key} before the last one of the victim`).toEqual([]);
  }
}

/** How long it took until the survivor has begun to decide about these shards. */
async function takeoverMs(survivor: ControllerProcess, shards: readonly number[], since: number): Promise<number> {
  const begun = async (): Promise<readonly Line[]> =>
    (await linesOf(survivor)).filter(
      ({ msg, shard = -1, time }) => msg === 'Decides about the shard' && shards.includes(shard) && time >= since,
    );
  const lines = await waitFor(begun, {
    what: 'the shards to be taken over',
    until: ({ length }) => length === shards.length,
  });
  return Math.max(...lines.map(({ time }) => time)) - since;
}

test('when one is killed in the middle of a release, the other takes its shards over within their lease', async () => {
  const [victim, survivor] = await startPair('killed');
  const session = await openSession(survivor);
  const keys = await inTheMiddle('killed', session, victim);
  const shards = await heldBy(victim);
  const since = Date.now();
  await victim.kill('SIGKILL');
  const ms = await takeoverMs(survivor, shards, since);
  console.log(`taken over after ${ms} ms, ${keys.length} of ${NAMES.length} Rollouts`);
  expect(ms).toBeLessThan(LEASE_MS + SLACK_MS);
  await finish(session);
  await expectOneWriterAtATime(victim, survivor);
  expect([...(await writesOf(survivor)).keys()].toSorted()).toEqual(
    NAMES.map((name) => `${session.namespace}/${name}`).toSorted(),
  );
  expect(await survivor.log()).not.toMatch(/"level":(?:50|60|"error"|"fatal")/);
});

test('one that is stopped for longer than its lease writes nothing when it goes on, and ends', async () => {
  const [victim, survivor] = await startPair('stopped');
  const session = await openSession(survivor);
  await inTheMiddle('stopped', session, victim);
  const shards = await heldBy(victim);
  const since = Date.now();
  process.kill(victim.pid, 'SIGSTOP');
  await takeoverMs(survivor, shards, since);
  await untilAll(session, 'Paused');
  await session.settled();
  using recording = await Recording.start(session, 'rollouts', 'replicasets', 'pods');
  process.kill(victim.pid, 'SIGCONT');
  expect(await victim.exited).toBe(1);
  await session.settled();
  expect(recording.changes).toEqual([]);
  await finish(session);
});

test('one that ends as asked gives its shards back at once', async () => {
  const [leaver, stayer] = await startPair('asked');
  const session = await openSession(stayer);
  await inTheMiddle('asked', session, leaver);
  const shards = await heldBy(leaver);
  const since = Date.now();
  expect(await leaver.kill('SIGTERM')).toBe(0);
  const ms = await takeoverMs(stayer, shards, since);
  console.log(`taken over after ${ms} ms`);
  await finish(session);
  await expectOneWriterAtATime(leaver, stayer);
});

test.each([
  { base: 'deploy', args: ['--leader-elect', '--shards=8'] },
  {
    base: 'deploy/namespaced',
    args: ['--leader-elect', '--namespaced', '--namespace=$(POD_NAMESPACE)', '--shards=8'],
  },
])('deploy/components/shards adds processes and the flag to $base', async ({ base, args }) => {
  const { plane } = cluster;
  const folder = await mkdtemp(join(plane.scratch, 'overlay-'));
  const [resource, component] = [base, 'deploy/components/shards'].map((path) =>
    relative(folder, join(REPOSITORY, path)),
  );
  await writeFile(join(folder, 'kustomization.yaml'), `resources: [${resource}]\ncomponents: [${component}]\n`);
  await plane.mustKubectl(['apply', '--dry-run=server', '-k', folder, '-l', 'app.kubernetes.io/component=controller']);
  const rendered = (await plane.mustKubectl(['kustomize', folder]))
    .split(/^---$/m)
    .map((text) => parse(text) as Manifest);
  const controller = rendered.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'serin');
  expect(controller?.spec?.replicas).toBe(2);
  expect(controller?.spec?.template?.spec.containers[0]?.args).toEqual(args);
});
