/** Labels and annotations that pods carry for their role, and give back with it, without a restart (spec 10.1). */
import { describe, expect, test } from 'vitest';
import { ANNOTATIONS } from '../../../src/api/words/labels.ts';
import { ephemeralMetadataWrites } from '../../../src/core/acts/ephemeral-metadata.ts';
import {
  injectedMetadata,
  NOTHING_INJECTED,
  recordedMetadata,
  recordOf,
  withInjectedMetadata,
  type InjectedMetadata,
} from '../../../src/core/observed/injected-metadata.ts';
import { bornRecords } from '../../../src/core/observed/lending-records.ts';
import type { JsonObject } from '../../../src/kube/json.ts';
import type { PodTemplate } from '../../../src/kube/objects.ts';
import { buildSituation, replicaSetNameOf, templateOf, type Revision } from '../build-world.ts';

const { ephemeralMetadata: RECORD, templateMetadata: NOTE } = ANNOTATIONS;
const CANARY_ROLE = injectedMetadata({ labels: { role: 'canary' }, annotations: { note: 'on trial' } });
const STABLE_ROLE = injectedMetadata({ labels: { role: 'stable' } });

/** A template that says itself what the canary's role replaces. */
function ownTemplate(version: string): PodTemplate {
  const template = templateOf(version);
  return {
    ...template,
    metadata: { labels: { ...template.metadata?.labels, role: 'stable' }, annotations: { note: 'template' } },
  };
}

/** A revision of two pods that carry what was lent to them at their birth, unless told otherwise. */
function revision(injected: InjectedMetadata, fields: Partial<Revision> = {}, template = templateOf('v1')): Revision {
  const worn = withInjectedMetadata(template, injected);
  return {
    version: 'v1',
    size: 2,
    template: worn,
    annotations: bornRecords(template, injected),
    labels: template.metadata?.labels ?? {},
    podLabels: worn.metadata?.labels ?? {},
    podAnnotations: worn.metadata?.annotations ?? {},
    ...fields,
  };
}

interface Options {
  readonly selectedBy?: Readonly<Record<string, string>>;
  /** Template of the Rollout, when it is not that of v1. */
  readonly template?: PodTemplate;
}

/** The writes as `<plural> <name>: <patch>`, in order. */
function writes(
  present: Revision,
  wanted: InjectedMetadata,
  { selectedBy = {}, template }: Options = {},
): [string, JsonObject][] {
  const situation = buildSituation({ revisions: [present], ...(template === undefined ? {} : { spec: { template } }) });
  return ephemeralMetadataWrites(situation, () => ({ metadata: wanted, selectedBy: () => selectedBy })).map((write) => {
    if (write.op !== 'patch') throw new Error(`unexpected ${write.op}`);
    return [`${write.resource.plural} ${write.name}`, write.patch];
  });
}

const RS = `replicasets ${replicaSetNameOf('v1')}`;
const pod = (index: number) => `pods ${replicaSetNameOf('v1')}-${index}`;

describe('a role', () => {
  test('comes to the template first, and then to the pods', () => {
    expect(writes(revision(NOTHING_INJECTED), CANARY_ROLE)).toEqual([
      [
        RS,
        {
          metadata: {
            annotations: {
              [RECORD]: '{"labels":{"role":"canary"},"annotations":{"note":"on trial"}}',
              [NOTE]: '{"annotations":{"note":null}}',
            },
          },
          spec: { template: { metadata: { labels: { role: 'canary' }, annotations: { note: 'on trial' } } } },
        },
      ],
      [pod(0), { metadata: { labels: { role: 'canary' }, annotations: { note: 'on trial' } } }],
      [pod(1), { metadata: { labels: { role: 'canary' }, annotations: { note: 'on trial' } } }],
    ]);
  });

  test('reaches no pod when the template may not get it, because no record would tell of it', () => {
    const planned = (present: Revision) =>
      ephemeralMetadataWrites(buildSituation({ revisions: [present] }), () => ({
        metadata: CANARY_ROLE,
        selectedBy: () => ({}),
      }));
    const isAfterAll = (present: Revision) =>
      planned(present).map(({ resource, afterAll }) => [resource.plural, afterAll]);
    expect(isAfterAll(revision(NOTHING_INJECTED))).toEqual([
      ['replicasets', undefined],
      ['pods', true],
      ['pods', true],
    ]);
    // Once it is there, what else is refused is no reason for the pods to wait.
    expect(isAfterAll(revision(CANARY_ROLE, { podLabels: {} }))).toEqual([
      ['pods', undefined],
      ['pods', undefined],
    ]);
  });

  test('is lent to the ReplicaSet as it was seen, and not to what has become of it since', () => {
    const present = revision(NOTHING_INJECTED, { size: 0 });
    const situation = buildSituation({ revisions: [present] });
    const [write] = ephemeralMetadataWrites(situation, () => ({ metadata: CANARY_ROLE, selectedBy: () => ({}) }));
    expect(write).toMatchObject({ name: replicaSetNameOf('v1'), resourceVersion: '1' });
  });

  test('that is there already is not written', () => {
    expect(writes(revision(CANARY_ROLE), CANARY_ROLE)).toEqual([]);
    expect(writes(revision(NOTHING_INJECTED), NOTHING_INJECTED)).toEqual([]);
  });

  test('gives way to another one, key by key', () => {
    const [[, replicaSet] = [], ...pods] = writes(revision(CANARY_ROLE), STABLE_ROLE);
    expect(replicaSet).toMatchObject({
      spec: { template: { metadata: { labels: { role: 'stable' }, annotations: { note: null } } } },
    });
    expect(pods).toEqual([
      [pod(0), { metadata: { labels: { role: 'stable' }, annotations: { note: null } } }],
      [pod(1), { metadata: { labels: { role: 'stable' }, annotations: { note: null } } }],
    ]);
  });

  test('stays on record until no pod carries it, and then goes from the record', () => {
    const [[, first] = []] = writes(revision(CANARY_ROLE), NOTHING_INJECTED);
    expect(first).toEqual({
      spec: { template: { metadata: { labels: { role: null }, annotations: { note: null } } } },
    });
    const podsAreClean = revision(CANARY_ROLE, { template: templateOf('v1'), podLabels: {}, podAnnotations: {} });
    expect(writes(podsAreClean, NOTHING_INJECTED)).toEqual([
      [RS, { metadata: { annotations: { [RECORD]: null, [NOTE]: null } } }],
    ]);
  });

  test('is repaired on a pod that missed it', () => {
    expect(writes(revision(CANARY_ROLE, { podLabels: {} }), CANARY_ROLE)).toEqual([
      [pod(0), { metadata: { labels: { role: 'canary' } } }],
      [pod(1), { metadata: { labels: { role: 'canary' } } }],
    ]);
  });

  test('never takes a key of somebody else', () => {
    const present = revision(CANARY_ROLE, { podLabels: { role: 'canary', 'topology.example.com/zone': 'a' } });
    for (const [, patch] of writes(present, NOTHING_INJECTED).slice(1)) {
      expect(patch).toEqual({ metadata: { labels: { role: null }, annotations: { note: null } } });
    }
  });

  test('may have a key that every object of the language has', () => {
    const odd = injectedMetadata({ labels: { constructor: 'us' } });
    const gone = revision(odd, { template: templateOf('v1'), podLabels: {} });
    expect(writes(gone, NOTHING_INJECTED)).toEqual([[RS, { metadata: { annotations: { [RECORD]: null } } }]]);
  });
});

describe('what a role has replaced', () => {
  const template = ownTemplate('v1');
  const GIVEN_BACK = { labels: { role: 'stable' }, annotations: { note: 'template' } };

  test.for<[string, Options]>([
    ['of the revision that the Rollout asks for', { template }],
    ['of another revision', { template: ownTemplate('v9') }],
    ['when the template has changed in the same key', { template: templateOf('v9') }],
  ])('comes back to the template and to the pods: %s', ([_name, options]) => {
    expect(writes(revision(CANARY_ROLE, {}, template), NOTHING_INJECTED, options)).toEqual([
      [RS, { spec: { template: { metadata: GIVEN_BACK } } }],
      [pod(0), { metadata: GIVEN_BACK }],
      [pod(1), { metadata: GIVEN_BACK }],
    ]);
  });

  test('comes back to the pods when the template was all that was written', () => {
    const halfway = revision(CANARY_ROLE, { template }, template);
    expect(writes(halfway, NOTHING_INJECTED, { template })).toEqual([
      [pod(0), { metadata: GIVEN_BACK }],
      [pod(1), { metadata: GIVEN_BACK }],
    ]);
  });

  test('stays noted when all pods have it back, because nothing else tells of it', () => {
    const done = revision(
      CANARY_ROLE,
      { template, podLabels: GIVEN_BACK.labels, podAnnotations: GIVEN_BACK.annotations },
      template,
    );
    expect(writes(done, NOTHING_INJECTED, { template })).toEqual([
      [RS, { metadata: { annotations: { [RECORD]: null } } }],
    ]);
    const noted = { [NOTE]: done.annotations?.[NOTE] ?? '' };
    expect(writes({ ...done, annotations: noted }, NOTHING_INJECTED, { template })).toEqual([]);
  });

  test('comes back key by key when the metadata of the role is edited', () => {
    const edited = injectedMetadata({ labels: { role: 'trial' } });
    expect(writes(revision(CANARY_ROLE, {}, template), edited, { template })[1]).toEqual([
      pod(0),
      { metadata: { labels: { role: 'trial' }, annotations: { note: 'template' } } },
    ]);
  });

  test('is not what the role itself says: that is lent to nobody, and no other controller takes it away', () => {
    const repeats = injectedMetadata({ labels: { app: 'web', role: 'canary' } });
    expect(bornRecords(templateOf('v1'), repeats)).toEqual({
      [RECORD]: '{"labels":{"role":"canary"}}',
    });
    const [[, patch] = []] = writes(revision(repeats), NOTHING_INJECTED);
    expect(patch).toEqual({ spec: { template: { metadata: { labels: { role: null } } } } });
  });

  test('is what an undo has copied, from then on, whatever the ReplicaSet was made of', () => {
    const role = injectedMetadata({ labels: { role: 'canary' } });
    const undone = withInjectedMetadata(template, role);
    const [[, first] = []] = writes(revision(role, {}, template), STABLE_ROLE, { template: undone });
    expect(first).toMatchObject({
      metadata: { annotations: { [RECORD]: '{"labels":{"role":"stable"}}', [NOTE]: '{"labels":{"role":"canary"}}' } },
      spec: { template: { metadata: { labels: { role: 'stable' } } } },
    });
  });

  test('waits while a Service that carries requests to the pods selects by what is lent', () => {
    const present = revision(CANARY_ROLE, {}, template);
    const kept = writes(present, NOTHING_INJECTED, { template, selectedBy: { app: 'web', role: 'canary' } });
    expect(kept.map(([, patch]) => patch)).toEqual([
      { spec: { template: { metadata: { annotations: { note: 'template' } } } } },
      { metadata: { annotations: { note: 'template' } } },
      { metadata: { annotations: { note: 'template' } } },
    ]);
  });
});

describe('a record of another controller', () => {
  const template = ownTemplate('v1');
  const FOREIGN = { [RECORD]: '{"labels":{"role":"canary"},"annotations":{"note":"on trial"}}' };
  const present = revision(CANARY_ROLE, { annotations: FOREIGN }, template);

  test('is completed with what the template of the Rollout says, while it is known', () => {
    expect(writes(present, CANARY_ROLE, { template })).toEqual([
      [RS, { metadata: { annotations: { [NOTE]: '{"annotations":{"note":"template"}}' } } }],
    ]);
  });

  test('of an older revision is completed with its own labels and with annotations of the present template', () => {
    const labels = { app: 'web', role: 'old' };
    const older = { ...present, labels };
    const now = ownTemplate('v9');
    const [[, patch] = []] = writes(older, NOTHING_INJECTED, { template: now });
    expect(patch).toMatchObject({
      metadata: { annotations: { [NOTE]: '{"annotations":{"note":"template"}}' } },
      spec: { template: { metadata: { labels: { role: 'old' }, annotations: { note: 'template' } } } },
    });
  });

  test('never costs the selector a label, nor the pods their hash', () => {
    const hash = '{"labels":{"app":"web","rollouts-pod-template-hash":"x"}}';
    const repeats = revision(NOTHING_INJECTED, { annotations: { [RECORD]: hash } });
    expect(writes(repeats, NOTHING_INJECTED)).toEqual([[RS, { metadata: { annotations: { [RECORD]: null } } }]]);
  });

  test('that is gone together with what was replaced: the note still tells of it', () => {
    const { labels = {} } = template.metadata ?? {};
    const robbed: Revision = {
      ...present,
      template: { ...template, metadata: { labels } },
      annotations: { [NOTE]: '{"annotations":{"note":"template"}}' },
      podLabels: labels,
      podAnnotations: {},
    };
    const back = { annotations: { note: 'template' } };
    expect(writes(robbed, NOTHING_INJECTED, { template })).toEqual([
      [RS, { spec: { template: { metadata: back } } }],
      [pod(0), { metadata: back }],
      [pod(1), { metadata: back }],
    ]);
  });

  test('with labels alone is left as it is: they are known from the ReplicaSet', () => {
    const role = injectedMetadata({ labels: { role: 'canary' } });
    const worn = withInjectedMetadata(template, role);
    const labelled = revision(
      role,
      { annotations: { [RECORD]: '{"labels":{"role":"canary"}}' }, template: worn },
      template,
    );
    expect(writes(labelled, role, { template })).toEqual([]);
  });
});

describe('the record', () => {
  test('has its keys in order, so that it is the same text for the same metadata', () => {
    const record = recordOf({ labels: { b: '2', a: '1' }, annotations: {} });
    expect(record).toBe('{"labels":{"a":"1","b":"2"}}');
    expect(recordOf(NOTHING_INJECTED)).toBeNull();
  });

  test.each(['not json', '[]', 'null', '{"labels":"x"}', '{"labels":{"a":1}}', '7'])(
    '%s counts as nothing',
    (record) => {
      const situation = buildSituation({ revisions: [{ version: 'v1', annotations: { [RECORD]: record } }] });
      expect(situation.stable === null ? null : recordedMetadata(situation.stable)).toEqual(NOTHING_INJECTED);
    },
  );
});
