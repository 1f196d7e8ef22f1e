/** The preview Service selects the new revision before that one gets its pods: whoever admits a pod looks for its Services. */
import { describe, expect, test } from 'vitest';
import { decideRollout } from '../../../../src/core/rollout/decide.ts';
import type { Write } from '../../../../src/kube/plan.ts';
import { blueGreen, buildWorld, hashOf, replicaSetNameOf, type WorldOptions } from '../../build-world.ts';
import { selectionsOf } from '../../plan-effects.ts';

const V1 = { version: 'v1', size: 4 };

/** Sizes that the plan gives to the second revision, and where it leads the preview Service. */
function decided(options: WorldOptions) {
  const { writes } = decideRollout(buildWorld({ replicas: 4, version: 'v2', blueGreen: blueGreen(), ...options }));
  return { sizes: writes.flatMap(sizeOfSecond), selects: selectionsOf(writes, 'web-preview') };
}

function sizeOfSecond(write: Write): number[] {
  if (write.op !== 'create' && write.op !== 'patch') return [];
  if (write.resource.kind !== 'ReplicaSet' || write.name !== replicaSetNameOf('v2')) return [];
  const { spec } = (write.op === 'create' ? write.body : write.patch) as { spec?: { replicas?: number } };
  return spec?.replicas === undefined ? [] : [spec.replicas];
}

/** A preview Service that is still where the last release left it. */
const BEHIND: WorldOptions = { selects: { 'web-preview': 'v1' } };
const FOLLOWED: WorldOptions = { selects: { 'web-preview': 'v2' } };
const NEW: WorldOptions = { revisions: [V1] };
const EMPTY: WorldOptions = { revisions: [V1, { version: 'v2' }] };

describe('a new revision', () => {
  test.each<{ name: string; options: WorldOptions; sizes: number[]; selects: string[] }>([
    { name: 'is made without pods', options: { ...BEHIND, ...NEW }, sizes: [0], selects: [] },
    { name: 'then gets the Service', options: { ...BEHIND, ...EMPTY }, sizes: [], selects: ['v2'] },
    { name: 'and then its pods', options: { ...FOLLOWED, ...EMPTY }, sizes: [4], selects: [] },
    {
      name: 'and then as many as previewReplicaCount says',
      options: { ...FOLLOWED, ...EMPTY, blueGreen: blueGreen({ previewReplicaCount: 1 }) },
      sizes: [1],
      selects: [],
    },
    {
      name: 'has its pods at once without a preview Service',
      options: { ...NEW, blueGreen: { activeService: 'web' } },
      sizes: [4],
      selects: [],
    },
    {
      name: 'has its pods at once where the Service selects them already, being nobody’s',
      options: { ...NEW, stable: '', revisions: [], selects: { 'web-preview': null } },
      sizes: [4],
      selects: [],
    },
    {
      name: 'that ran before gets the Service before it gets more pods',
      options: { ...BEHIND, revisions: [{ version: 'v2', size: 1 }, V1], stable: 'v1' },
      sizes: [],
      selects: ['v2'],
    },
    {
      name: 'that everybody is served by does not wait for a preview Service that somebody has led away',
      options: { ...BEHIND, stable: 'v2', revisions: [{ version: 'v1' }, { version: 'v2', size: 2 }] },
      sizes: [4],
      selects: ['v2'],
    },
    {
      name: 'that another controller’s pause holds has its pods although its Service stays',
      options: {
        ...BEHIND,
        ...EMPTY,
        status: {
          pauseConditions: [{ reason: 'InconclusiveAnalysisRun', startTime: '2026-01-02T03:00:00Z' }],
          controllerPause: true,
        },
      },
      sizes: [4],
      selects: [],
    },
    {
      name: 'is not started by a pause',
      options: { ...BEHIND, ...NEW, spec: { paused: true } },
      sizes: [0],
      selects: [],
    },
  ])('$name', ({ options, sizes, selects }) => {
    expect(decided(options)).toEqual({ sizes, selects: selects.map(hashOf) });
  });
});
