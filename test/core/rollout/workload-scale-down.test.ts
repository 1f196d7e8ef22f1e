/** How many pods the Deployment keeps while a Rollout takes its place. */
import { describe, expect, test } from 'vitest';
import type { RolloutStatus, WorkloadScaleDown } from '../../../src/api/schema/status.ts';
import { decideRollout } from '../../../src/core/rollout/decide.ts';
import { recall } from '../../../src/core/observed/memory.ts';
import { decideWorkloadScaling } from '../../../src/core/rollout/workload-scale-down.ts';
import type { Endpoint } from '../../../src/kube/objects.ts';
import type { PatchWrite } from '../../../src/kube/plan.ts';
import { formatTime } from '../../../src/kube/time.ts';
import {
  buildSituation,
  buildWorld,
  deploymentOf,
  NAME,
  NOW,
  replicaSetNameOf,
  routed,
  type WorldOptions,
} from '../build-world.ts';

const SERVICES = new Set(['web-stable', '']);
const STRATEGY = { stableService: 'web-stable' };

/** `size`: what the Deployment asks for afterwards. */
function scaled(options: WorldOptions) {
  const situation = buildSituation({ strategy: STRATEGY, ...options });
  const { scaleDown, write, wakeAt } = decideWorkloadScaling(situation, recall(situation.status), SERVICES);
  const size = (write?.patch['spec'] as { replicas: number } | undefined)?.replicas ?? null;
  return { scaleDown, size, wakeAt };
}

const HEALTHY: RolloutStatus = { phase: 'Healthy' };
const FULL = [{ version: 'v1', size: 5 }];
const begun = (from: number, fields: Partial<WorkloadScaleDown> = {}): { workloadScaleDown: WorkloadScaleDown } => ({
  workloadScaleDown: { name: NAME, from, ...fields },
});
const aloneFor = (ms: number) => ({ ...HEALTHY, ...begun(5, { servesAloneSince: formatTime(NOW - ms) }) });
const LONG = aloneFor(60_000);

describe.each([
  { scaleDown: 'onsuccess', last: 5 },
  { scaleDown: 'progressively', last: 1 },
])('$scaleDown, at the end', ({ scaleDown, last }) => {
  const AT_THE_END: WorldOptions = { scaleDown, workload: deploymentOf('v1', { replicas: last }), revisions: FULL };

  test('no pod is left when the Rollout is Healthy and its Service has long led to it alone', () => {
    expect(scaled({ ...AT_THE_END, status: LONG })).toMatchObject({ size: 0 });
  });

  test('what there was is written down before anything goes', () => {
    const servesAloneSince = formatTime(NOW);
    const scaleDown = { name: NAME, from: last, servesAloneSince };
    expect(scaled({ ...AT_THE_END, status: HEALTHY })).toMatchObject({ size: null, scaleDown });
  });

  test('the time begins anew when the Service has led to others in between, however long the Rollout has been Healthy', () => {
    const { scaleDown } = scaled({ ...AT_THE_END, selects: { 'web-stable': null }, status: LONG });
    expect(scaleDown).toEqual({ name: NAME, from: 5 });
    expect(scaled({ ...AT_THE_END, status: { ...HEALTHY, ...begun(5) } })).toMatchObject({
      size: null,
      scaleDown: { name: NAME, from: 5, servesAloneSince: formatTime(NOW) },
    });
  });

  const strangers: readonly Endpoint[] = [
    { podName: 'web-deployment-1', ready: true, terminating: false },
    ...Array.from({ length: 5 }, () => ({ podName: 'web-1', ready: true, terminating: false })),
  ];

  test.each<{ name: string; world: WorldOptions }>([
    { name: 'a Service that has led to ours alone for a moment', world: { status: aloneFor(4000) } },
    { name: 'a Rollout that is not Healthy', world: { status: { ...LONG, phase: 'Progressing' } } },
    { name: 'a Service that selects every pod', world: { selects: { 'web-stable': null } } },
    { name: 'a Service that still leads to pods of the Deployment', world: { endpoints: { 'web-stable': strangers } } },
    { name: 'pods that are missing', world: { revisions: [{ version: 'v1', size: 5, available: 4 }] } },
    { name: 'a Rollout of no pods', world: { replicas: 0, revisions: [{ version: 'v1' }] } },
    { name: 'a revision that is not stable yet', world: { stable: '' } },
  ])('$name keeps the last of them', ({ world }) => {
    const { size } = scaled({ ...AT_THE_END, ...world, status: { ...LONG, ...world.status } });
    expect(size ?? last).toBeGreaterThanOrEqual(last);
  });

  test('the moment in which that may change is waited for', () => {
    const decision = scaled({ ...AT_THE_END, status: aloneFor(2000) });
    expect(decision).toMatchObject({ size: null, wakeAt: NOW + 3000 });
  });

  test('a Deployment without pods is left alone from then on, whoever scales it up again', () => {
    const gone = { ...AT_THE_END, workload: deploymentOf('v1', { replicas: 0 }) };
    expect(scaled({ ...gone, status: LONG }).scaleDown).toEqual({
      name: NAME,
      from: 5,
      done: true,
    });
    const back = { ...AT_THE_END, workload: deploymentOf('v1'), status: { ...LONG, ...begun(5, { done: true }) } };
    expect(scaled(back)).toEqual({ size: null, wakeAt: null, scaleDown: { name: NAME, from: 5, done: true } });
  });

  test.each([
    { name: 'has given way', former: begun(7, { name: 'former', done: true }) },
    { name: 'had more pods', former: begun(7, { name: 'former', servesAloneSince: formatTime(NOW - 60_000) }) },
  ])('that another one $name before it says nothing about this one', ({ former }) => {
    expect(scaled({ ...AT_THE_END, status: { ...LONG, ...former } })).toMatchObject({
      size: null,
      scaleDown: { name: NAME, from: last },
    });
  });

  test('a second revision leaves it alone', () => {
    const revisions = [{ version: 'v1' }, { version: 'v2', size: 5 }];
    const world = { ...AT_THE_END, workload: deploymentOf('v2'), stable: 'v2', version: 'v2', revisions };
    expect(scaled({ ...world, status: LONG }).size).toBeNull();
  });
});

describe('progressively, on the way', () => {
  const at = (deployment: number, available: number, fields: WorldOptions = {}): WorldOptions => ({
    scaleDown: 'progressively',
    workload: deploymentOf('v1', { replicas: deployment }),
    revisions: [{ version: 'v1', size: 5, available }],
    selects: { 'web-stable': null },
    ...fields,
    status: { phase: 'Progressing', ...begun(5), ...fields.status },
  });

  test.each<{ name: string; world: WorldOptions; size: number | null }>([
    { name: 'nothing goes before a pod of ours serves', world: at(5, 0), size: null },
    { name: 'one for each of ours', world: at(5, 2), size: 3 },
    { name: 'nothing more for those', world: at(3, 2), size: null },
    { name: 'the last one waits for the end', world: at(2, 5), size: 1 },
    { name: 'they come back when ours are lost', world: at(1, 2), size: 3 },
    { name: 'all of them, when none of ours is left', world: at(1, 0), size: 5 },
    {
      name: 'no more of them than there were',
      world: at(1, 0, { status: begun(2) }),
      size: 2,
    },
    {
      name: 'a Rollout of fewer pods takes no more of them than serve',
      world: at(5, 1, { replicas: 2, revisions: [{ version: 'v1', size: 2, available: 1 }] }),
      size: 4,
    },
    {
      name: 'a Rollout of no pods takes none',
      world: at(5, 0, { replicas: 0, revisions: [{ version: 'v1' }] }),
      size: null,
    },
    {
      name: 'pods that are leaving do not count, whatever is still reported of them',
      world: at(2, 5, {
        revisions: [{ version: 'v1', size: 5, available: 5, ready: 3, terminating: 2 }],
        endpoints: {
          'web-stable': [0, 1, 2, 3, 4].map((index) => ({
            podName: `${replicaSetNameOf('v1')}-${index}`,
            ready: true,
            terminating: false,
          })),
        },
      }),
      size: null,
    },
    {
      name: 'pods that the Service does not lead to yet do not count',
      world: at(5, 3, { endpoints: { 'web-stable': [] } }),
      size: null,
    },
  ])('$name', ({ world, size }) => {
    expect(scaled(world).size).toBe(size);
  });
});

test('pods of the Deployment come back on what was seen of it: what was more may be less by now', () => {
  const situation = buildSituation({
    strategy: STRATEGY,
    scaleDown: 'progressively',
    workload: deploymentOf('v1', { replicas: 1 }),
    revisions: [{ version: 'v1', size: 5, available: 0 }],
    status: { phase: 'Progressing', ...begun(5) },
  });
  const { write } = decideWorkloadScaling(situation, recall(situation.status), SERVICES);
  expect(write).toMatchObject({ patch: { spec: { replicas: 5 } }, resourceVersion: '50' });
});

describe.each(['onsuccess', 'progressively'])('%s, a Deployment that is scaled up meanwhile', (scaleDown) => {
  const world: WorldOptions = {
    scaleDown,
    workload: deploymentOf('v1', { replicas: 8 }),
    revisions: [{ version: 'v1', size: 5, available: 0 }],
    selects: { 'web-stable': null },
  };

  test('loses nothing of that before pods of ours serve', () => {
    const status = { phase: 'Progressing', ...begun(5) };
    expect(scaled({ ...world, status })).toEqual({ scaleDown: { name: NAME, from: 8 }, size: null, wakeAt: null });
    expect(scaled({ ...world, status: { ...status, ...begun(8) } }).size).toBeNull();
  });
});

test('onsuccess, a Deployment that is scaled down meanwhile stays so', () => {
  const world = { scaleDown: 'onsuccess', workload: deploymentOf('v1', { replicas: 2 }), revisions: FULL };
  expect(scaled({ ...world, status: aloneFor(1000) }).size).toBeNull();
});

describe.each(['onsuccess', 'progressively'])('%s, a Rollout of fewer pods than the Deployment has', (scaleDown) => {
  const hazardsOf = (options: WorldOptions) => {
    const situation = buildSituation({ strategy: STRATEGY, scaleDown, ...options });
    return decideWorkloadScaling(situation, recall(situation.status), SERVICES).hazards;
  };
  const FEWER: WorldOptions = {
    replicas: 2,
    workload: deploymentOf('v1'),
    revisions: [{ version: 'v1', size: 2, available: 0 }],
  };

  test('is told before a pod goes, and in the same words until the last has gone', () => {
    const [first, ...more] = hazardsOf(FEWER);
    expect(more).toEqual([]);
    expect(first).toMatchObject({ reason: 'FewerPods', message: expect.stringContaining('5 pods') as string });
    const later = { ...FEWER, workload: deploymentOf('v1', { replicas: 1 }), status: begun(5) };
    expect(hazardsOf(later)).toEqual([first]);
  });

  test.each<{ name: string; options: WorldOptions }>([
    { name: 'as many pods', options: { ...FEWER, replicas: 5 } },
    { name: 'no pods, for which none goes', options: { ...FEWER, replicas: 0 } },
    { name: 'a handover that is over', options: { ...FEWER, status: begun(5, { done: true }) } },
    { name: 'a Deployment that keeps its pods', options: { ...FEWER, scaleDown: 'never' } },
  ])('is nothing with $name', ({ options }) => {
    expect(hazardsOf(options)).toEqual([]);
  });

  test('reaches the conditions and an event', () => {
    const { writes } = decideRollout(buildWorld({ strategy: STRATEGY, scaleDown, ...FEWER }));
    const report = writes.find((one) => one.op === 'patch' && one.subresource === 'status');
    expect(report?.events).toContainEqual(expect.objectContaining({ type: 'Warning', reason: 'FewerPods' }));
    const { conditions } = (report as PatchWrite).patch['status'] as { conditions: object[] };
    expect(conditions).toContainEqual(expect.objectContaining({ type: 'TrafficHazard', reason: 'FewerPods' }));
  });
});

describe('a Deployment is left alone', () => {
  test.each<{ name: string; world: WorldOptions }>([
    { name: 'without scaleDown', world: { scaleDown: '' } },
    { name: 'with never', world: { scaleDown: 'never' } },
  ])('$name', ({ world }) => {
    const options = { workload: deploymentOf('v1'), revisions: FULL, status: LONG, ...world };
    expect(scaled(options)).toEqual({ scaleDown: null, size: null, wakeAt: null });
  });

  test('and that it has given way before is not forgotten meanwhile', () => {
    const over = begun(5, { done: true });
    const options = { scaleDown: 'never', workload: deploymentOf('v1'), revisions: FULL, status: over };
    expect(scaled(options).scaleDown).toEqual(over.workloadScaleDown);
  });
});

test('in a plan, pods of the Deployment go through its scale, after the report, which a refusal of it must not hide', () => {
  const strategy = routed({ steps: [{ setWeight: 20 }] });
  const status = { ...LONG, currentStepIndex: 1 };
  const world = { workload: deploymentOf('v1'), scaleDown: 'onsuccess', strategy, revisions: FULL, status };
  const { writes } = decideRollout(buildWorld(world));
  expect(
    writes.map((one) => `${one.op} ${one.resource.plural}/${'subresource' in one ? one.subresource : ''}`),
  ).toEqual(['patch rollouts/', 'patch rollouts/status', 'patch deployments/scale']);
  expect(writes[2]).toMatchObject({ resourceVersion: '50', patch: { spec: { replicas: 0 } } });
});
