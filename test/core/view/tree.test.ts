/** The tree of a rollout with analysis and Experiments, its images, and its line in a list. */
import { describe, expect, test } from 'vitest';
import type { AnalysisRun } from '../../../src/api/schema/analysis-run.ts';
import type { Experiment } from '../../../src/api/schema/experiment.ts';
import type { Rollout } from '../../../src/api/schema/rollout.ts';
import type { RolloutStatus } from '../../../src/api/schema/status.ts';
import { ANNOTATIONS, LABELS } from '../../../src/api/words/labels.ts';
import { lookupIn } from '../../../src/core/observed/lookup.ts';
import { bareWorld } from '../../../src/core/view/bare-world.ts';
import { experimentView } from '../../../src/core/view/experiment.ts';
import { summaryOf } from '../../../src/core/view/summary.ts';
import { surroundingsOf, surroundingsOfExperiment } from '../../../src/core/view/surroundings.ts';
import { viewRollout } from '../../../src/core/view/view.ts';
import type { KubeObject, Pod, ReplicaSet } from '../../../src/kube/objects.ts';
import { ANALYSIS_RUNS, EXPERIMENTS, PODS, REPLICA_SETS } from '../../../src/kube/resources.ts';
import { canary, rollout } from '../../api/sample-rollout.ts';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);

function meta(name: string, ownerUid: string | null, revision?: number, hash?: string): KubeObject['metadata'] {
  const owner = { apiVersion: 'v1', kind: 'Any', name: 'any', uid: ownerUid ?? '', controller: true };
  return {
    name,
    namespace: 'shop',
    uid: `uid-${name}`,
    resourceVersion: '1',
    creationTimestamp: '2026-01-02T03:00:00Z',
    ...(ownerUid === null ? {} : { ownerReferences: [owner] }),
    ...(revision === undefined ? {} : { annotations: { [ANNOTATIONS.revision]: String(revision) } }),
    ...(hash === undefined ? {} : { labels: { [LABELS.podTemplateHash]: hash } }),
  };
}

function replicaSet(metadata: KubeObject['metadata'], image: string, pods = 1): ReplicaSet {
  return {
    metadata,
    spec: { replicas: pods, selector: {}, template: { spec: { containers: [{ name: 'web', image }] } } },
    status: { replicas: pods, readyReplicas: pods, availableReplicas: pods },
  };
}

const pod = (name: string, owner: string): Pod => ({ metadata: meta(name, owner), status: { phase: 'Running' } });

const run = (name: string, owner: string, revision?: number): AnalysisRun => ({
  metadata: meta(name, owner, revision),
  spec: { metrics: [] },
  status: {
    phase: 'Failed',
    metricResults: [
      {
        name: 'smoke',
        phase: 'Failed',
        successful: 2,
        failed: 1,
        measurements: [
          { phase: 'Failed', startedAt: '2026-01-02T03:01:00Z', metadata: { 'job-name': 'job-1' } },
          { phase: 'Successful' },
        ],
      },
      { name: 'rate', phase: 'Successful', successful: 1, error: 1, inconclusive: 1 },
    ],
  },
});

const EXPERIMENT: Experiment = {
  metadata: meta('probe', 'uid-web', 2),
  spec: { templates: [], duration: '5m' },
  status: { phase: 'Running', availableAt: '2026-01-02T03:03:05Z' },
};
const [BASELINE, TRIAL] = [trialOf('baseline', 'web:1'), trialOf('trial', 'web:2')];

function trialOf(template: string, image: string) {
  const annotations = { [ANNOTATIONS.experimentTemplateName]: template };
  return replicaSet({ ...meta(`probe-${template}`, 'uid-probe', undefined, template), annotations }, image);
}

const OBJECTS: ReadonlyMap<string, readonly KubeObject[]> = new Map([
  [
    REPLICA_SETS.plural,
    [
      replicaSet(meta('web-a', 'uid-web', 1, 'a'), 'web:1'),
      replicaSet(meta('web-b', 'uid-web', 2, 'b'), 'web:2'),
      replicaSet(meta('other', 'uid-other', 1, 'b'), 'other:1'),
      BASELINE,
      TRIAL,
    ],
  ],
  [PODS.plural, [pod('web-b-2', 'uid-web-b'), pod('web-b-1', 'uid-web-b'), pod('trial-1', 'uid-probe-trial')]],
  [EXPERIMENTS.plural, [EXPERIMENT]],
  [ANALYSIS_RUNS.plural, [run('web-b-step', 'uid-web', 2), run('probe-run', 'uid-probe'), run('foreign', 'uid-x', 2)]],
]);
const LOOKUP = lookupIn(({ plural }) => OBJECTS.get(plural) ?? []);

const STATUS: RolloutStatus = { stableRS: 'a', currentPodHash: 'b', currentStepIndex: 1 };
const WEB: Rollout = { ...canary({ steps: [{ setWeight: 20 }, { pause: {} }] }), status: STATUS };

test('every object stands below its owner, in its revision', () => {
  const replicaSets = LOOKUP.find({ resource: REPLICA_SETS, name: 'all', valuesOf: () => [''] }, '') as ReplicaSet[];
  const view = viewRollout({ ...bareWorld(WEB, NOW), replicaSets, around: surroundingsOf(LOOKUP, WEB) });
  const outline = view.revisions.map((one) => ({
    revision: one.revision,
    replicaSets: one.replicaSets.map(({ name, pods }) => [name, ...pods.map((each) => each.name)]),
    experiments: one.experiments.map(({ name, replicaSets: sets, analysisRuns }) => [
      name,
      ...sets.flatMap((set) => [set.name, ...set.pods.map((each) => each.name)]),
      ...analysisRuns.map((each) => each.name),
    ]),
    runs: one.analysisRuns.map(({ name }) => name),
  }));
  expect(outline).toEqual([
    {
      revision: 2,
      replicaSets: [['web-b', 'web-b-1', 'web-b-2']],
      experiments: [['probe', 'probe-baseline', 'probe-trial', 'trial-1', 'probe-run']],
      runs: ['web-b-step'],
    },
    { revision: 1, replicaSets: [['web-a']], experiments: [], runs: [] },
  ]);
  expect(view.revisions[0]?.analysisRuns[0]).toMatchObject({
    phase: 'Failed',
    measurements: { successful: 3, failed: 1, inconclusive: 1, error: 1 },
    jobs: [{ name: 'job-1', metric: 'smoke', phase: 'Failed', startedAt: Date.UTC(2026, 0, 2, 3, 1, 0) }],
  });
  // The hash of the sample's template is not b, so web-b is a revision like any other here.
  // What the Rollout itself runs comes first, also where an Experiment of a newer revision runs it.
  expect(view.images).toEqual([
    { image: 'web:1', roles: ['stable', 'Σ:baseline'] },
    { image: 'web:2', roles: ['Σ:trial'] },
  ]);
});

test('an Experiment knows when it ends', () => {
  const view = experimentView(EXPERIMENT, surroundingsOfExperiment(LOOKUP, EXPERIMENT));
  expect(view).toMatchObject({
    phase: 'Running',
    durationSeconds: 300,
    endsAt: Date.UTC(2026, 0, 2, 3, 8, 5),
    images: [
      { image: 'web:1', roles: ['Σ:baseline'] },
      { image: 'web:2', roles: ['Σ:trial'] },
    ],
  });
  const endless = { ...EXPERIMENT, spec: { templates: [] } };
  expect(experimentView(endless, surroundingsOfExperiment(LOOKUP, endless))).toMatchObject({
    durationSeconds: null,
    endsAt: null,
  });
});

describe('a line of a list', () => {
  const counts = { replicas: 3, updatedReplicas: 1, readyReplicas: 3, availableReplicas: 2 };

  test.each([
    { name: 'under way', status: STATUS, steps: { done: 1, count: 2 }, askedWeight: 20 },
    { name: 'settled', status: { ...STATUS, stableRS: 'b' }, steps: { done: 2, count: 2 }, askedWeight: 100 },
    { name: 'aborted', status: { ...STATUS, abort: true }, steps: { done: 0, count: 2 }, askedWeight: 0 },
    {
      name: 'past its steps',
      status: { ...STATUS, currentStepIndex: 2 },
      steps: { done: 2, count: 2 },
      askedWeight: 100,
    },
    {
      name: 'before its first weight',
      one: canary({ steps: [{ pause: {} }] }),
      steps: { done: 0, count: 1 },
      askedWeight: 0,
    },
    { name: 'without steps', one: canary({}), status: STATUS, steps: null, askedWeight: 100 },
    {
      name: 'blue-green',
      one: rollout({ strategy: { blueGreen: { activeService: 'web' } } }),
      status: STATUS,
      steps: null,
      askedWeight: null,
    },
  ])('$name', ({ one = WEB, status, steps, askedWeight }) => {
    const stands = status ?? { ...STATUS, currentStepIndex: 0 };
    const summary = summaryOf({ ...one, status: { ...stands, ...counts } }, NOW);
    expect(summary).toMatchObject({
      steps,
      askedWeight,
      counts: { current: 3, updated: 1, ready: 3, available: 2 },
    });
  });
});
