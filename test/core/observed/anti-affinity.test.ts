/** The term that keeps a canary off the stable pods' nodes (spec 4.6), put in and taken out without a trace. */
import { describe, expect, test } from 'vitest';
import type { AntiAffinity } from '../../../src/api/schema/anti-affinity.ts';
import { injectedStableHash, withAntiAffinity, withoutAntiAffinity } from '../../../src/core/observed/anti-affinity.ts';
import type { JsonObject } from '../../../src/kube/json.ts';
import type { PodTemplate } from '../../../src/kube/objects.ts';
import { hashOf, templateOf } from '../build-world.ts';

const REQUIRED: AntiAffinity = { requiredDuringSchedulingIgnoredDuringExecution: {} };
const PREFERRED: AntiAffinity = { preferredDuringSchedulingIgnoredDuringExecution: { weight: 40 } };
const STABLE = hashOf('v1');

const TERM = {
  labelSelector: { matchExpressions: [{ key: 'rollouts-pod-template-hash', operator: 'In', values: [STABLE] }] },
  namespaces: ['shop'],
  topologyKey: 'kubernetes.io/hostname',
};
const OWN_TERM = { labelSelector: { matchLabels: { app: 'db' } }, topologyKey: 'topology.kubernetes.io/zone' };

function affinityOf(template: PodTemplate): unknown {
  return template.spec?.['affinity'];
}

function withAffinity(affinity: JsonObject): PodTemplate {
  const template = templateOf('v2');
  return { ...template, spec: { ...template.spec, affinity } };
}

describe('withAntiAffinity', () => {
  test('required', () => {
    expect(affinityOf(withAntiAffinity(templateOf('v2'), REQUIRED, STABLE, 'shop'))).toEqual({
      podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [TERM] },
    });
  });

  test('preferred, with its weight', () => {
    expect(affinityOf(withAntiAffinity(templateOf('v2'), PREFERRED, STABLE, 'shop'))).toEqual({
      podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 40, podAffinityTerm: TERM }] },
    });
  });

  test('goes behind the terms of the user', () => {
    const template = withAffinity({
      nodeAffinity: { x: 1 },
      podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [OWN_TERM] },
    });
    expect(affinityOf(withAntiAffinity(template, REQUIRED, STABLE, 'shop'))).toEqual({
      nodeAffinity: { x: 1 },
      podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [OWN_TERM, TERM] },
    });
  });

  test.each([
    { name: 'none is asked for', antiAffinity: undefined, hash: STABLE },
    { name: 'there is nothing to keep away from', antiAffinity: REQUIRED, hash: '' },
  ])('leaves the template as it is when $name', ({ antiAffinity, hash }) => {
    const template = templateOf('v2');
    expect(withAntiAffinity(template, antiAffinity, hash, 'shop')).toBe(template);
  });
});

describe('withoutAntiAffinity', () => {
  test.each<{ name: string; template: PodTemplate }>([
    { name: 'a template without affinity', template: templateOf('v2') },
    { name: 'one with node affinity', template: withAffinity({ nodeAffinity: { x: 1 } }) },
    {
      name: 'one with terms of its own',
      template: withAffinity({ podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [OWN_TERM] } }),
    },
    {
      name: 'one with preferences of its own',
      template: withAffinity({
        podAntiAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: OWN_TERM }],
        },
      }),
    },
  ])('gives back $name', ({ template }) => {
    for (const antiAffinity of [REQUIRED, PREFERRED]) {
      expect(withoutAntiAffinity(withAntiAffinity(template, antiAffinity, STABLE, 'shop'))).toEqual(template);
    }
    expect(withoutAntiAffinity(template)).toEqual(template);
  });
});

describe('injectedStableHash', () => {
  test.each([REQUIRED, PREFERRED])('reads the revision that is kept away from', (antiAffinity) => {
    expect(injectedStableHash(withAntiAffinity(templateOf('v2'), antiAffinity, STABLE, 'shop'))).toBe(STABLE);
  });

  test('finds none in a template of the user', () => {
    expect(injectedStableHash(templateOf('v2'))).toBeNull();
    const own = withAffinity({ podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [OWN_TERM] } });
    expect(injectedStableHash(own)).toBeNull();
  });
});
