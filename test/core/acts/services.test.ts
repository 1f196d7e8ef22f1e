/** Selectors and the word that says whose a Service is. */
import { describe, expect, test } from 'vitest';
import { ANNOTATIONS, LABELS } from '../../../src/api/words/labels.ts';
import { isManaged, selectorWrites } from '../../../src/core/acts/services.ts';
import type { Situation } from '../../../src/core/observed/situation.ts';
import type { Service } from '../../../src/kube/objects.ts';
import { buildSituation, hashOf, NAME, routed } from '../build-world.ts';

const V1 = hashOf('v1');

/** With a stable Service that is as given. */
function situationWith(service: { readonly selects?: string; readonly annotated: boolean }): Situation {
  const situation = buildSituation({ strategy: routed() });
  const stable: Service = {
    metadata: {
      name: 'web-stable',
      namespace: situation.namespace,
      uid: 'uid-service',
      resourceVersion: '1',
      ...(service.annotated ? { annotations: { [ANNOTATIONS.managedByRollouts]: NAME } } : {}),
    },
    spec: {
      selector: { app: NAME, ...(service.selects === undefined ? {} : { [LABELS.podTemplateHash]: service.selects }) },
    },
  };
  const services = new Map([...situation.world.services, ['web-stable', stable]]);
  return { ...situation, world: { ...situation.world, services } };
}

describe('a Service that is to select a revision', () => {
  const annotation = { metadata: { annotations: { [ANNOTATIONS.managedByRollouts]: NAME } } };
  const selector = { spec: { selector: { [LABELS.podTemplateHash]: V1 } } };

  test.each([
    { name: 'and does', service: { selects: V1, annotated: true }, patches: [], events: [] },
    {
      name: 'and selects another',
      service: { selects: 'other', annotated: true },
      patches: [selector],
      events: ['SwitchService'],
    },
    {
      name: 'and never was ours',
      service: { annotated: false },
      patches: [{ ...annotation, ...selector }],
      events: ['SwitchService'],
    },
    {
      name: 'and does, but lost the word that it is ours',
      service: { selects: V1, annotated: false },
      patches: [annotation],
      events: [],
    },
  ])('$name', ({ service, patches, events }) => {
    const writes = selectorWrites(situationWith(service), [{ service: 'web-stable', templateHash: V1 }]);
    expect(writes.map((write) => (write.op === 'patch' ? write.patch : null))).toEqual(patches);
    expect(writes.flatMap((write) => write.events ?? []).map(({ reason }) => reason)).toEqual(events);
  });
});

test.each([
  { name: 'says so', service: { annotated: true }, managed: true },
  { name: 'selects a revision', service: { selects: V1, annotated: false }, managed: true },
  { name: 'does neither', service: { annotated: false }, managed: false },
])('a Service that $name is managed: $managed', ({ service, managed }) => {
  expect(isManaged(situationWith(service), 'web-stable')).toBe(managed);
});
