/**
 * Whatever ends in the middle of a release, the release ends as if nothing had happened: the controller after
 * every single write, and the API server under it.
 */
import { afterAll, beforeAll, describe, expect, onTestFailed, test } from 'vitest';
import { startCluster, type Cluster } from '../testbed/cluster/cluster.ts';
import { startController, type ControllerProcess } from '../testbed/cluster/controller-process.ts';
import { installSerin } from '../testbed/cluster/install.ts';
import { waitFor } from '../testbed/cluster/wait.ts';
import { abort, promote } from './commands.ts';
import { accessTo } from './global-setup.ts';
import { routedRollout, routing } from './manifests.ts';
import { Recording } from './recording.ts';
import { shows, type Scene } from './scene.ts';
import { Session } from './session.ts';
import { SeveringProxy } from './severing-proxy.ts';

const CANARY = { steps: [{ setWeight: 50 }, { pause: {} }], scaleDownDelaySeconds: 1, abortScaleDownDelaySeconds: 1 };

let cluster: Cluster;
let proxy: SeveringProxy;
let controller: ControllerProcess;
beforeAll(async () => {
  cluster = await startCluster();
  await installSerin(cluster.plane);
  proxy = await SeveringProxy.start(cluster.plane);
  controller = await startController(cluster.plane, { flags: [`--kubeconfig=${await proxy.kubeconfig()}`] });
});
afterAll(async () => {
  await cluster?.stop();
  await proxy?.[Symbol.asyncDispose]();
});

async function openSession(): Promise<Session> {
  const session = await Session.open(await accessTo(cluster.plane, controller));
  onTestFailed(async () => {
    const writes = proxy.writes.slice(-20).map(({ method, path, body }) => `${method} ${path} ${body}`);
    console.error(`${writes.join('\n')}\n${await session.report()}`);
  });
  return session;
}

/** A user's act and what follows from it: with a controller that lives on, or one that is killed after each write. */
type Chapter = (session: Session, act: () => Promise<unknown>, wanted: Partial<Scene>) => Promise<void>;

const undisturbed: Chapter = async (session, act, wanted) => {
  await act();
  await session.until('web', wanted);
};

let lives = 0;
const killedAfterEachWrite: Chapter = async (session, act, wanted) => {
  await controller.kill('SIGKILL');
  await act();
  let end: 'killed' | 'reached';
  do {
    await controller.kill('SIGKILL');
    proxy.severAfter(1);
    await controller.start();
    lives += 1;
    end = await waitFor(
      async () => {
        // Asked first: what the last write brought about belongs to the next life.
        if (proxy.severed) return 'killed';
        return shows(await session.look('web'), wanted) ? 'reached' : undefined;
      },
      { what: `a write of the controller, or Rollout web to show ${JSON.stringify(wanted)}` },
    );
  } while (end === 'killed');
  proxy.mend();
};

interface Account {
  readonly weights: readonly (number | null)[];
  readonly stableService: readonly string[];
  readonly canaryService: readonly string[];
  readonly steps: readonly (number | null)[];
  readonly sizes: readonly string[];
  readonly podsEver: number;
}

async function accountOf(recording: Recording): Promise<Account> {
  return {
    weights: await recording.moments('web', ({ weight }) => weight),
    stableService: await recording.moments('web', ({ stableService }) => stableService),
    canaryService: await recording.moments('web', ({ canaryService }) => canaryService),
    steps: await recording.moments('web', ({ index }) => index),
    sizes: await recording.moments('web', ({ sizes }) => sizes),
    podsEver: new Set(
      recording.changes.filter(({ plural }) => plural === 'pods').map(({ object }) => object.metadata.uid),
    ).size,
  };
}

const KINDS = ['rollouts', 'replicasets', 'services', 'ingresses', 'pods'] as const;

async function release(session: Session, chapter: Chapter): Promise<Account> {
  using recording = await Recording.start(session, ...KINDS);
  await chapter(session, () => session.apply(...routing(), routedRollout({ canary: CANARY })), {
    phase: 'Healthy',
    weight: 0,
    stableService: 'web:1',
    canaryService: 'web:1',
  });
  await chapter(session, () => session.apply(routedRollout({ image: 'web:2', canary: CANARY })), {
    phase: 'Paused',
    index: 1,
    weight: 50,
  });
  await chapter(session, () => promote(session, 'web'), {
    phase: 'Healthy',
    stableImage: 'web:2',
    weight: 0,
    canaryService: 'web:2',
    retired: 0,
    pods: 1,
  });
  await session.settled();
  return await accountOf(recording);
}

async function abortedRelease(session: Session, chapter: Chapter): Promise<Account> {
  await session.apply(...routing(), routedRollout({ canary: CANARY }));
  await session.until('web', { phase: 'Healthy', weight: 0, canaryService: 'web:1' });
  await session.apply(routedRollout({ image: 'web:2', canary: CANARY }));
  await session.until('web', { phase: 'Paused', index: 1, weight: 50 });
  using recording = await Recording.start(session, ...KINDS);
  await chapter(session, () => abort(session, 'web'), {
    phase: 'Degraded',
    weight: 0,
    canaryService: 'web:1',
    canary: 0,
    pods: 1,
  });
  await session.settled();
  return await accountOf(recording);
}

describe('a controller that is killed after every single write', () => {
  test.for([
    { name: 'a full release', story: release, least: 12 },
    { name: 'an abort', story: abortedRelease, least: 4 },
  ])('$name', async ({ story, least }) => {
    const expected = await story(await openSession(), undisturbed);
    const session = await openSession();
    lives = 0;
    const account = await story(session, killedAfterEachWrite);
    expect(account).toEqual(expected);
    expect(lives).toBeGreaterThan(least);
    const final = await session.look('web');
    expect(final.pods).toBe(1);
  });
});

describe('an API server that goes away', () => {
  test('in the middle of a release, and comes back', async () => {
    const session = await openSession();
    await session.apply(...routing(), routedRollout({ canary: CANARY }));
    await session.until('web', { phase: 'Healthy' });
    await session.apply(routedRollout({ image: 'web:2', canary: CANARY }));
    await session.until('web', { phase: 'Paused', index: 1, weight: 50 });
    const { pid } = controller;
    await cluster.plane.restartApiServer();
    await promote(session, 'web');
    await session.until('web', { phase: 'Healthy', stableImage: 'web:2', weight: 0, retired: 0 });
    expect(controller.pid).toBe(pid);
  });
});

test('SIGTERM ends the controller in order, and its successor goes on', async () => {
  const session = await openSession();
  await session.apply(...routing(), routedRollout({ canary: CANARY }));
  await session.until('web', { phase: 'Healthy' });
  await session.apply(routedRollout({ image: 'web:2', canary: CANARY }));
  await session.until('web', { canaryImage: 'web:2' });
  expect(await controller.kill('SIGTERM')).toBe(0);
  await controller.start();
  await session.until('web', { phase: 'Paused', index: 1, weight: 50 });
});
