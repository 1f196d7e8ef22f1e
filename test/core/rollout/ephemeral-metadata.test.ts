/** Labels and annotations that pods carry for their role, and lose with it, without a restart (spec 10.1). */
import { describe, expect, test } from 'vitest';
import { ANNOTATIONS } from '../../../src/api/labels.ts';
import { ephemeralMetadataWrites } from '../../../src/core/rollout/ephemeral-metadata.ts';
import {
  injectedMetadata,
  NOTHING_INJECTED,
  recordedMetadata,
  recordOf,
  withInjectedMetadata,
  withoutInjectedMetadata,
  type InjectedMetadata,
} from '../../../src/core/rollout/injected-metadata.ts';
import type { JsonObject } from '../../../src/kube/json.ts';
import { buildSituation, replicaSetNameOf, templateOf, type Revision } from '../build-world.ts';

const CANARY_ROLE = injectedMetadata({ labels: { role: 'canary' }, annotations: { note: 'on trial' } });
const STABLE_ROLE = injectedMetadata({ labels: { role: 'stable' } });

/** A revision of two pods that carry what the record says, unless told otherwise. */
function revision(injected: InjectedMetadata, fields: Partial<Revision> = {}): Revision {
  const record = recordOf(injected);
  return {
    version: 'v1',
    size: 2,
    template: withInjectedMetadata(templateOf('v1'), injected),
    annotations: record === null ? {} : { [ANNOTATIONS.ephemeralMetadata]: record },
    podLabels: injected.labels,
    podAnnotations: injected.annotations,
    ...fields,
  };
}

/** The writes as `<plural> <name>: <patch>`, in order. */
function writes(present: Revision, wanted: InjectedMetadata): [string, JsonObject][] {
  const situation = buildSituation({ revisions: [present] });
  return ephemeralMetadataWrites(situation, () => wanted).map((write) => {
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
              [ANNOTATIONS.ephemeralMetadata]: '{"labels":{"role":"canary"},"annotations":{"note":"on trial"}}',
            },
          },
          spec: { template: { metadata: { labels: { role: 'canary' }, annotations: { note: 'on trial' } } } },
        },
      ],
      [pod(0), { metadata: { labels: { role: 'canary' }, annotations: { note: 'on trial' } } }],
      [pod(1), { metadata: { labels: { role: 'canary' }, annotations: { note: 'on trial' } } }],
    ]);
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
      [RS, { metadata: { annotations: { [ANNOTATIONS.ephemeralMetadata]: null } } }],
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
      const situation = buildSituation({
        revisions: [{ version: 'v1', annotations: { [ANNOTATIONS.ephemeralMetadata]: record } }],
      });
      expect(situation.stable === null ? null : recordedMetadata(situation.stable)).toEqual(NOTHING_INJECTED);
    },
  );

  test('is what takes a template back to how the user wrote it', () => {
    const lent = withInjectedMetadata(templateOf('v1'), STABLE_ROLE);
    expect(lent.metadata?.labels).toEqual({ app: 'web', role: 'stable' });
    expect(withoutInjectedMetadata(lent, STABLE_ROLE).metadata?.labels).toEqual({ app: 'web' });
  });
});
