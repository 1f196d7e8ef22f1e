/** What comes between the steps of a release under load: another release, a way back, pods that fail, edits of others. */
import { describe, expect } from 'vitest';
import { abort, promote, promoteFull } from '../apiserver/commands.ts';
import { ingress, path, withPodAnnotations, type RolloutManifest } from '../apiserver/manifests.ts';
import type { PodSeen } from '../apiserver/session.ts';
import { waitFor } from '../cluster/wait.ts';
import type { Load } from '../data-plane/load.ts';
import { rounds } from './extent.ts';
import { colour, deploy, imageOf, releaseTo, rolloutOf, STOPS, until, type Kind } from './rollout.ts';
import { test, type Traffic } from './traffic.ts';

const [AT_20, AT_50] = STOPS;
const DYNAMIC: Kind = { canary: { dynamicStableScale: true } };
const AFTERWARDS = 100;

/** Enters the scenario into the table: from now on, the propagation allowed for, only this version may answer. */
async function endsWith(traffic: Traffic, load: Load, version: string, scenario: string): Promise<void> {
  await traffic.propagated();
  const wrong = (await load.next(AFTERWARDS)).notFrom(version);
  await traffic.account((await load.stop()).all, { scenario, wrong });
}

/** The new version waits at 50 %. */
async function releaseTo50(traffic: Traffic, version: string, kind: Kind): Promise<void> {
  await releaseTo(traffic, version, AT_20, kind);
  await promote(traffic.session, traffic.name);
  await releaseTo(traffic, version, AT_50, kind);
}

describe.for([
  { name: 'four pods', kind: {} },
  { name: 'four pods, dynamicStableScale', kind: DYNAMIC },
])('$name', ({ name, kind }) => {
  test('superseded at 50 %, again and again, then promoted', async ({ traffic }) => {
    await deploy(traffic, colour(0), kind);
    const load = await traffic.load();
    const last = rounds(10) + 1;
    for (let round = 1; round < last; round += 1) await releaseTo50(traffic, colour(round), kind);
    await releaseTo(traffic, colour(last), AT_20, kind);
    await promoteFull(traffic.session, traffic.name);
    await until(traffic, { phase: 'Healthy', weight: 0, stableImage: imageOf(colour(last)) });
    await endsWith(traffic, load, colour(last), `superseded ${last - 1} times at 50 %, ${name}`);
  });

  test('superseded at every moment', async ({ traffic }) => {
    await deploy(traffic, colour(0), kind);
    const load = await traffic.load();
    const last = rounds(15, 4);
    for (let round = 1; round <= last; round += 1) {
      await traffic.session.apply(rolloutOf(traffic, colour(round), kind));
      await load.next(round * 20);
    }
    await until(traffic, { phase: 'Paused', canaryImage: imageOf(colour(last)) });
    await promoteFull(traffic.session, traffic.name);
    await until(traffic, { phase: 'Healthy', weight: 0, stableImage: imageOf(colour(last)) });
    await endsWith(traffic, load, colour(last), `superseded ${last} times at any moment, ${name}`);
  });

  test('back to the stable version at 50 %', async ({ traffic }) => {
    await deploy(traffic, colour(0), kind);
    const load = await traffic.load();
    const last = rounds(10);
    for (let round = 1; round <= last; round += 1) {
      await releaseTo50(traffic, colour(1 + (round % 5)), kind);
      await traffic.session.apply(rolloutOf(traffic, colour(0), kind));
      await until(traffic, { phase: 'Healthy', weight: 0, canaryImage: imageOf(colour(0)) });
    }
    await endsWith(traffic, load, colour(0), `back to stable ${last} times at 50 %, ${name}`);
  });

  test('scaled up and down at every stop', async ({ traffic }) => {
    await deploy(traffic, colour(0), kind);
    const load = await traffic.load();
    const last = rounds(5, 1);
    for (let round = 1; round <= last; round += 1) {
      for (const stop of STOPS) {
        await releaseTo(traffic, colour(round), stop, { ...kind, replicas: 4 });
        // What an autoscaler does, twice.
        for (const replicas of [7, 3]) {
          await traffic.session.kubectl('scale', 'rollout', traffic.name, `--replicas=${replicas}`);
          await load.next(200);
        }
        await promote(traffic.session, traffic.name);
      }
      await until(traffic, { phase: 'Healthy', weight: 0, stableImage: imageOf(colour(round)) });
    }
    await endsWith(traffic, load, colour(last), `${last} releases scaled up and down, ${name}`);
  });
});

async function restartsOf({ session }: Traffic, version: string): Promise<readonly number[]> {
  const pods = await session.list('pods');
  return pods
    .filter(({ spec }) => spec.containers[0]?.image === imageOf(version))
    .map((pod) => (pod as PodWithStatus).status.containerStatuses?.[0]?.restartCount ?? 0);
}

interface PodWithStatus extends PodSeen {
  readonly status: { readonly containerStatuses?: readonly { readonly restartCount: number }[] };
}

describe('pods that fail', () => {
  test('a canary whose pods become unready at 50 % serves nobody, and an abort ends it', async ({ traffic }) => {
    await deploy(traffic, colour(0));
    const load = await traffic.load();
    await releaseTo50(traffic, colour(1), {});
    const pods = await traffic.session.list('pods');
    const canary = pods.filter(({ spec }) => spec.containers[0]?.image === imageOf(colour(1)));
    const names = canary.map(({ metadata }) => metadata.name);
    await traffic.session.kubectl('annotate', 'pod', ...names, 'serin.test/ready=false');
    await until(traffic, { canaryAvailable: 0, weight: 0 });
    await traffic.propagated();
    await load.next(200);
    await abort(traffic.session, traffic.name);
    await until(traffic, { phase: 'Degraded', weight: 0 });
    await endsWith(traffic, load, colour(0), 'the canary becomes unready at 50 %');
  });

  test('canary pods crash one after another at 50 %, and the proxy tries the other one', async ({ traffic }) => {
    const crashing = (version: string): RolloutManifest =>
      withPodAnnotations(rolloutOf(traffic, version), { 'serin.test/run-seconds': '6', 'serin.test/exit-code': '1' });
    await deploy(traffic, colour(0));
    const load = await traffic.load();
    await traffic.session.apply(crashing(colour(1)));
    await until(traffic, { phase: 'Paused', canaryImage: imageOf(colour(1)), ...AT_20 });
    await promote(traffic.session, traffic.name);
    await until(traffic, { phase: 'Paused', ...AT_50 });
    await waitFor(() => restartsOf(traffic, colour(1)), {
      what: 'both canary pods to have crashed',
      until: (restarts) => restarts.length === 2 && restarts.every((count) => count > 0),
    });
    await abort(traffic.session, traffic.name);
    await until(traffic, { phase: 'Degraded', weight: 0 });
    await endsWith(traffic, load, colour(0), 'canary pods crash one after another at 50 %, aborted');
  });

  test('a version that never becomes ready gets no request', async ({ traffic }) => {
    await deploy(traffic, colour(0));
    const load = await traffic.load();
    const unready = withPodAnnotations(rolloutOf(traffic, colour(1)), { 'serin.test/ready': 'false' });
    await traffic.session.apply(unready);
    await until(traffic, { canaryImage: imageOf(colour(1)), canary: 1, canaryAvailable: 0 });
    await load.next(400);
    await abort(traffic.session, traffic.name);
    await until(traffic, { phase: 'Degraded', weight: 0 });
    const { all } = await load.stop();
    const wrong = all.filter(({ version, status }) => status === 200 && version !== colour(0));
    await traffic.account(all, { scenario: 'a version that never becomes ready, aborted', wrong });
  });
});

describe('edits of others', () => {
  test('the stable Ingress gets another host at 50 %, which has its share at once', async ({ traffic }) => {
    const other = `other.${traffic.host}`;
    await deploy(traffic, colour(0));
    const load = await traffic.load();
    await releaseTo50(traffic, colour(1), {});
    const rules = [traffic.host, other].map((host) => ({ host, http: { paths: [path('/', traffic.name)] } }));
    await traffic.session.apply(ingress(traffic.name, { rules }));
    await waitFor(() => traffic.session.list('ingresses'), {
      what: 'both Ingresses to have both hosts',
      until: (all) => all.length === 2 && all.every(({ spec }) => spec?.rules?.length === 2),
    });
    await traffic.propagated();
    const there = await traffic.sample(400, { host: other });
    // Two loads at a time come in any order, so each of them gets its share only by and large.
    expect(Math.abs(there.percentOf(colour(1)) - AT_50.weight)).toBeLessThan(10);
    await traffic.account(there.all, {
      scenario: 'another host at 50 %, asked there',
      note: `measured ${there.percentOf(colour(1)).toFixed(1)} %`,
    });
    await promoteFull(traffic.session, traffic.name);
    await until(traffic, { phase: 'Healthy', weight: 0, stableImage: imageOf(colour(1)) });
    await endsWith(traffic, load, colour(1), 'another host on the stable Ingress at 50 %, promoted');
  });
});
