/** When a recorder takes a look, and which world it sees then. */
import { describe, expect, test } from 'vitest';
import { LONGEST_MS } from '../../src/clients/writes-under-way.ts';
import { SETTLING_MS } from '../../src/clients/ordered-changes.ts';
import { RolloutRecord, type SeenLook } from '../../src/clients/record-rollout.ts';
import type { Rollout } from '../../src/api/schema/rollout.ts';
import type { KubeObject } from '../../src/kube/objects.ts';
import { DEPLOYMENTS, REPLICA_SETS, ROLLOUTS, type Resource } from '../../src/kube/resources.ts';
import type { RecordedLook } from '../../src/recording/format.ts';
import { buildWorld, NOW, templateOf, type WorldOptions } from '../core/build-world.ts';

const SETTLED: WorldOptions = { replicas: 1, strategy: { steps: [{ pause: {} }] } };

/** A recorder of `web` that has seen the world of the options. */
function recorder(options: WorldOptions = SETTLED, resources: readonly Resource[] = [ROLLOUTS, REPLICA_SETS]) {
  const { rollout, replicaSets } = buildWorld(options);
  const record = new RolloutRecord({ namespace: 'shop', name: 'web', resources, unreadable: new Map() });
  record.begin(ROLLOUTS, [rollout]);
  record.begin(REPLICA_SETS, replicaSets);
  let version = 200;
  const note = (resource: Resource, previous: KubeObject, change: object, arrivedAt: number): KubeObject => {
    version += 1;
    const object = { ...previous, ...change };
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } };
    record.note({ resource, event: { type: 'updated', object: stored, previous }, arrivedAt });
    return stored;
  };
  return { record, rollout, replicaSets, note };
}

const linesOf = (seen: Iterable<SeenLook | null>): readonly RecordedLook[] =>
  [...seen].flatMap((one) => (one?.line == null ? [] : [one.line]));

/** Its first report: the status of these worlds has no conditions. */
function settled(options?: WorldOptions) {
  const one = recorder(options);
  const [first] = linesOf(one.record.lookAt(NOW));
  const [write] = first?.plan.writes ?? [];
  expect(write).toMatchObject({ resource: 'rollouts', subresource: 'status' });
  const { status } = (write?.['patch'] ?? {}) as { readonly status?: object };
  const reported = one.note(ROLLOUTS, one.rollout, { status: { ...one.rollout.status, ...status } }, NOW + 1);
  return { ...one, reported: reported as Rollout };
}

describe('a look is taken', () => {
  test('of each state, at the time when it was seen', () => {
    const { record, reported, note } = settled();
    const spec = { ...reported.spec, template: templateOf('v2') };
    note(ROLLOUTS, reported, { spec }, NOW + 50);
    expect(linesOf(record.lookAt(NOW + 60))).toEqual([]);
    const [before, after] = linesOf(record.lookAt(NOW + 50 + SETTLING_MS));
    expect(before).toMatchObject({ at: NOW + 1, plan: { writes: [] } });
    expect(after).toMatchObject({
      at: NOW + 50,
      plan: { writes: [{ op: 'create' }, { op: 'patch' }, { op: 'patch' }] },
    });
  });

  test('not between the writes of one decision', () => {
    const { record, reported, note } = settled();
    const spec = { ...reported.spec, template: templateOf('v2') };
    const asked = note(ROLLOUTS, reported, { spec }, NOW + 50) as Rollout;
    const annotated = { metadata: { ...asked.metadata, annotations: { 'rollout.argoproj.io/revision': '2' } } };
    note(ROLLOUTS, asked, annotated, NOW + 60);
    const lines = linesOf(record.lookAt(NOW + 60 + SETTLING_MS));
    expect(lines.map(({ at }) => at)).toEqual([NOW + 1, NOW + 50]);
    // A controller that does not come is not waited for.
    const [late] = linesOf(record.lookAt(NOW + 50 + LONGEST_MS));
    expect(late).toMatchObject({ at: NOW + 50 + LONGEST_MS });
  });

  test('when only time has passed, and the decision is another', () => {
    const steps = [{ pause: { duration: '30s' } }];
    const startTime = new Date(NOW - 20_000).toISOString().replace('.000', '');
    const paused: WorldOptions = {
      replicas: 1,
      strategy: { steps },
      revisions: [
        { version: 'v1', size: 1 },
        { version: 'v2', size: 0 },
      ],
      status: {
        currentStepIndex: 0,
        controllerPause: true,
        pauseConditions: [{ reason: 'CanaryPauseStep', startTime }],
      },
    };
    const { record } = settled(paused);
    const lines = linesOf(record.lookAt(NOW + 60_000));
    const late = lines.at(-1);
    // Two seconds after the last report a pause shows in the condition as well.
    expect(late).toMatchObject({ at: NOW + 2000, plan: { writes: [{ subresource: 'status' }] } });
    expect(late).toMatchObject({ parts: [], objects: [] });
  });

  test('never of what is as it was', () => {
    const { record, note, replicaSets } = settled();
    const [one] = replicaSets;
    if (one === undefined) throw new Error('no ReplicaSet');
    const foreign = {
      ...one,
      metadata: {
        ...one.metadata,
        name: 'other',
        uid: 'other',
        ownerReferences: [{ apiVersion: 'v1', kind: 'X', name: 'x', uid: 'x', controller: true }],
      },
    };
    note(REPLICA_SETS, foreign, {}, NOW + 50);
    expect(linesOf(record.lookAt(NOW + 50 + SETTLING_MS))).toHaveLength(1);
  });
});

test('a Rollout that is deleted ends it', () => {
  const { record, rollout } = settled();
  record.note({ resource: ROLLOUTS, event: { type: 'deleted', object: rollout }, arrivedAt: NOW + 10 });
  expect([...record.lookAt(NOW + 10 + SETTLING_MS)].at(-1)).toBeNull();
});

test('a workload of a kind that is not watched is said to be one', () => {
  const workloadRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
  const { record, rollout } = recorder();
  record.begin(ROLLOUTS, [{ ...rollout, spec: { ...rollout.spec, workloadRef } } as Rollout]);
  expect(() => [...record.lookAt(NOW)]).toThrow('the rollout refers to a Deployment now, and these were not watched');
  const watching = recorder(SETTLED, [ROLLOUTS, REPLICA_SETS, DEPLOYMENTS]);
  const { template: _template, ...spec } = rollout.spec;
  watching.record.begin(ROLLOUTS, [{ ...rollout, spec: { ...spec, workloadRef } } as Rollout]);
  const [line] = linesOf(watching.record.lookAt(NOW));
  expect(JSON.stringify(line?.parts)).toContain(String.raw`{"missing":"deployments.apps \"web\" not found"}`);
});
