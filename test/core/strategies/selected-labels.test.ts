/** Services that select by labels which roles give and take: no pod leaves one that carries requests to it. */
import { describe, expect, test } from 'vitest';
import { injectedMetadata, withInjectedMetadata } from '../../../src/core/observed/injected-metadata.ts';
import { bornRecords } from '../../../src/core/observed/lending-records.ts';
import { decideRollout } from '../../../src/core/rollout/decide.ts';
import type { JsonObject } from '../../../src/kube/json.ts';
import type { PodTemplate } from '../../../src/kube/objects.ts';
import {
  blueGreen,
  buildWorld,
  hashOf,
  replicaSetNameOf,
  routed,
  templateOf,
  type Revision,
  type WorldOptions,
} from '../build-world.ts';
import { selectionsOf } from '../plan-effects.ts';

const TRIAL = injectedMetadata({ labels: { role: 'canary' } });

function ownTemplate(version: string): PodTemplate {
  return withInjectedMetadata(templateOf(version), injectedMetadata({ labels: { role: 'stable' } }));
}

/** Five pods that wear what is lent to them over the role of their template, or over none. */
function revision(version: string, lent = injectedMetadata({}), template = ownTemplate(version)): Revision {
  const worn = withInjectedMetadata(template, lent);
  const labels = worn.metadata?.labels ?? {};
  const made = template.metadata?.labels ?? {};
  return {
    version,
    size: 5,
    template: worn,
    annotations: bornRecords(template, lent),
    labels: made,
    podLabels: labels,
  };
}

/** The labels that a plan patches onto the pods of a version; `null` when it patches none. */
function labelsGivenTo(version: string, options: WorldOptions): unknown {
  const { writes } = decideRollout(buildWorld({ replicas: 5, ...options }));
  const patch = writes.find(
    ({ resource, name }) => resource.plural === 'pods' && name === `${replicaSetNameOf(version)}-0`,
  );
  return patch?.op === 'patch' ? ((patch.patch['metadata'] as JsonObject)['labels'] ?? null) : null;
}

/** The version that the Service of production is pointed at; `null` when it stays where it is. */
function movesTo(options: WorldOptions): string | null {
  const { writes } = decideRollout(buildWorld({ replicas: 5, ...options }));
  const [hash] = selectionsOf(writes, options.blueGreen === undefined ? 'web-stable' : 'web');
  return ['v1', 'v2', 'v3'].find((version) => hashOf(version) === hash) ?? null;
}

const PROMOTED: WorldOptions = {
  strategy: routed({ canaryMetadata: TRIAL, steps: [{ setWeight: 100 }] }),
  spec: { template: ownTemplate('v2') },
  stable: 'v2',
  split: { weight: 100 },
  status: { currentStepIndex: 1 },
  selects: { 'web-stable': 'v1', 'web-canary': 'v2' },
};
const SELECTED = { 'web-stable': { role: 'stable' } };

describe('the stable Service after a promotion', () => {
  test('waits for the label that the pods get back', () => {
    const waiting: WorldOptions = {
      ...PROMOTED,
      selectedLabels: SELECTED,
      revisions: [revision('v1'), revision('v2', TRIAL)],
    };
    expect(movesTo(waiting)).toBeNull();
    expect(labelsGivenTo('v2', waiting)).toEqual({ role: 'stable' });
  });

  test('moves when all pods have it, and when it does not select by it', () => {
    const back = { ...revision('v2', TRIAL), podLabels: { role: 'stable' } };
    expect(movesTo({ ...PROMOTED, selectedLabels: SELECTED, revisions: [revision('v1'), back] })).toBe('v2');
    expect(movesTo({ ...PROMOTED, revisions: [revision('v1'), revision('v2', TRIAL)] })).toBe('v2');
  });

  test('waits for a label that the stable role brings', () => {
    const strategy = routed({ stableMetadata: { labels: { tier: 'live' } }, steps: [{ setWeight: 100 }] });
    const selectedLabels = { 'web-stable': { tier: 'live' } };
    const live = revision('v1', injectedMetadata({ labels: { tier: 'live' } }));
    const waiting: WorldOptions = { ...PROMOTED, strategy, selectedLabels, revisions: [live, revision('v2')] };
    expect(movesTo(waiting)).toBeNull();
    expect(labelsGivenTo('v2', waiting)).toEqual({ tier: 'live' });
    // The Service still leads to these pods.
    expect(labelsGivenTo('v1', waiting)).toBeNull();
  });

  test('does not wait for a pod that somebody has put aside', () => {
    const aside = { ...revision('v2'), podLabels: { role: 'debug' } };
    const strategy = routed({ steps: [{ setWeight: 100 }] });
    expect(movesTo({ ...PROMOTED, strategy, selectedLabels: SELECTED, revisions: [revision('v1'), aside] })).toBe('v2');
  });
});

test('a stable Service that moves one pod early, without surge, brings the label and does not take it back', () => {
  const strategy = { stableService: 'web-stable', canaryMetadata: TRIAL, maxSurge: 0, maxUnavailable: 1, steps: [] };
  const early: WorldOptions = {
    strategy,
    spec: { template: ownTemplate('v2') },
    stable: 'v1',
    selectedLabels: SELECTED,
    status: { currentStepIndex: 0 },
  };
  const small = { ...revision('v1'), size: 1 };
  const trial = { ...revision('v2', TRIAL), size: 4 };
  expect(labelsGivenTo('v2', { ...early, revisions: [small, trial] })).toEqual({ role: 'stable' });
  const written = { ...trial, template: ownTemplate('v2'), podLabels: { role: 'stable' }, observedGeneration: 0 };
  expect(labelsGivenTo('v2', { ...early, revisions: [small, written] })).toBeNull();
});

describe('pods behind a canary Service that selects by their role', () => {
  const trial = injectedMetadata({ labels: { trial: 'yes' } });
  const promoted: WorldOptions = {
    ...PROMOTED,
    strategy: routed({ canaryMetadata: trial, steps: [{ setWeight: 100 }] }),
    selectedLabels: { 'web-canary': { trial: 'yes' } },
    revisions: [revision('v1'), revision('v2', trial)],
  };

  test('keep the label while requests are sent there, and lose it when they are not', () => {
    expect(labelsGivenTo('v2', promoted)).toBeNull();
    expect(labelsGivenTo('v2', { ...promoted, split: { weight: 0 } })).toEqual({ trial: null });
  });

  test('keep it until every proxy has heard of the weight', () => {
    const settling = { ...promoted, split: { weight: 0 }, splitWrittenAt: Date.parse('2026-01-02T03:04:04Z') };
    expect(labelsGivenTo('v2', settling)).toBeNull();
  });

  test('keep it also when another template has superseded them', () => {
    const superseded: WorldOptions = {
      ...promoted,
      stable: 'v1',
      spec: { template: ownTemplate('v3') },
      revisions: [revision('v1'), revision('v2', trial), { ...revision('v3', trial), size: 0 }],
      selects: { 'web-canary': 'v2' },
    };
    expect(labelsGivenTo('v2', superseded)).toBeNull();
    expect(labelsGivenTo('v2', { ...superseded, split: { weight: 0 } })).toEqual({ trial: null });
  });
});

describe('the active Service of blue-green, which selects by what the preview replaces', () => {
  const world: WorldOptions = {
    blueGreen: blueGreen({ previewMetadata: TRIAL }),
    spec: { template: ownTemplate('v2') },
    stable: 'v1',
    selectedLabels: { web: { role: 'stable' } },
    selects: { 'web-preview': 'v2' },
  };
  const trial = revision('v2', TRIAL);

  test('waits for the label, and the pods get it back before it moves', () => {
    const waiting: WorldOptions = { ...world, revisions: [revision('v1'), trial] };
    expect(movesTo(waiting)).toBeNull();
    expect(labelsGivenTo('v2', waiting)).toEqual({ role: 'stable' });
  });

  test('moves when they have it', () => {
    expect(movesTo({ ...world, revisions: [revision('v1'), { ...trial, podLabels: { role: 'stable' } }] })).toBe('v2');
  });

  test('does not take the label back when the write that brought it has made the count of pods unknown', () => {
    const written = { ...trial, template: ownTemplate('v2'), podLabels: { role: 'stable' }, observedGeneration: 0 };
    expect(labelsGivenTo('v2', { ...world, revisions: [revision('v1'), written] })).toBeNull();
  });

  test('leaves the preview as it is while nobody has approved it', () => {
    const held = { ...world, blueGreen: blueGreen({ previewMetadata: TRIAL, autoPromotionEnabled: false }) };
    expect(labelsGivenTo('v2', { ...held, revisions: [revision('v1'), trial] })).toBeNull();
  });
});
