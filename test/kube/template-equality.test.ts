/**
 * The recorded templates come from kube-apiserver 1.36.3: each `template` was sent as part of a
 * ReplicaSet in a server-side dry run, and `defaulted` is what came back.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../src/kube/json.ts';
import type { PodTemplate } from '../../src/kube/objects.ts';
import { withDefaults } from '../../src/kube/template-defaults.ts';
import { comparisonWith } from '../../src/kube/template-equality.ts';
import { deepFrozen } from './deep-frozen.ts';

interface Recorded {
  readonly name: string;
  readonly template: PodTemplate;
  readonly defaulted: PodTemplate;
}

const RECORDED = deepFrozen(
  JSON.parse(readFileSync(new URL('fixtures/defaulted-templates.json', import.meta.url), 'utf8')),
) as readonly Recorded[];

const CONTAINER = { name: 'web', image: 'nginx:1.25' };
const WEB: PodTemplate = { metadata: { labels: { app: 'web' } }, spec: { containers: [CONTAINER] } };

function withSpec(fields: JsonObject): PodTemplate {
  return { ...WEB, spec: { ...WEB.spec, ...fields } };
}

function withContainer(fields: JsonObject): PodTemplate {
  return withSpec({ containers: [{ ...CONTAINER, ...fields }] });
}

/** Every template that differs from the given one in exactly one leaf, with the path of that leaf. */
function* mutationsOf(value: Json, path = ''): Generator<{ path: string; mutated: Json }> {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      for (const { path: where, mutated } of mutationsOf(item as Json, `${path}[${index}]`)) {
        yield { path: where, mutated: value.with(index, mutated) };
      }
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, child] of Object.entries(value as JsonObject)) {
      for (const { path: where, mutated } of mutationsOf(child ?? null, `${path}.${key}`)) {
        yield { path: where, mutated: { ...(value as JsonObject), [key]: mutated } };
      }
    }
  } else if (value !== null) {
    yield { path, mutated: typeof value === 'string' ? `${value}x` : typeof value === 'number' ? value + 1 : !value };
  }
}

describe('what the API server makes of a template', () => {
  test.each(RECORDED)('$name: is still that template', ({ template, defaulted }) => {
    expect(comparisonWith(template).isSame(defaulted)).toBe(true);
    expect(comparisonWith(defaulted).isSame(template)).toBe(true);
  });

  test.each(RECORDED)('$name: defaulting it again adds nothing', ({ defaulted }) => {
    expect(withDefaults(defaulted)).toEqual(defaulted);
  });

  test.each(RECORDED)('$name: with any one leaf changed is another template', ({ template, defaulted }) => {
    const unnoticed = [...mutationsOf(defaulted as Json)]
      .filter(({ mutated }) => comparisonWith(template).isSame(mutated as PodTemplate))
      .map(({ path }) => path);
    // The deprecated twin of serviceAccountName means nothing beside it.
    expect(unnoticed.filter((path) => path !== '.spec.serviceAccount')).toEqual([]);
  });
});

describe('the same template', () => {
  test.each([
    {
      name: 'the hash label of the ReplicaSet does not count',
      ofReplicaSet: { ...WEB, metadata: { labels: { app: 'web', 'rollouts-pod-template-hash': 'abc' } } },
      ofRollout: WEB,
    },
    {
      name: 'amounts count by value',
      ofReplicaSet: withContainer({ resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '100m' } } }),
      ofRollout: withContainer({ resources: { limits: { cpu: 1, memory: '1024Mi' }, requests: { cpu: '0.1' } } }),
    },
    {
      name: 'a binary and a decimal suffix can mean the same',
      ofReplicaSet: withContainer({ resources: { limits: { memory: '1024k' } } }),
      ofRollout: withContainer({ resources: { limits: { memory: '1000Ki' } } }),
    },
    {
      name: 'amounts finer than a thousandth are stored rounded up',
      ofReplicaSet: withContainer({ resources: { limits: { cpu: '2m' } } }),
      ofRollout: withContainer({ resources: { limits: { cpu: '1001u' } } }),
    },
    {
      name: 'only the deprecated service account is set',
      ofReplicaSet: withSpec({ serviceAccountName: 'a', serviceAccount: 'a' }),
      ofRollout: withSpec({ serviceAccount: 'a' }),
    },
    {
      name: 'an older API server wrote the host port of a pod on the host network',
      ofReplicaSet: withSpec({
        hostNetwork: true,
        containers: [{ name: 'a', ports: [{ containerPort: 80, hostPort: 80 }] }],
      }),
      ofRollout: withSpec({ hostNetwork: true, containers: [{ name: 'a', ports: [{ containerPort: 80 }] }] }),
    },
    { name: 'nothing is an empty template', ofReplicaSet: { metadata: {}, spec: {} }, ofRollout: {} },
    {
      name: 'an unreadable amount equals itself',
      ofReplicaSet: withContainer({ resources: { limits: { cpu: 'lots' } } }),
      ofRollout: withContainer({ resources: { limits: { cpu: 'lots' } } }),
    },
  ])('$name', ({ ofReplicaSet, ofRollout }) => {
    expect(comparisonWith(ofRollout).isSame(ofReplicaSet)).toBe(true);
  });
});

describe('another template', () => {
  test.each([
    {
      name: 'a label is gone',
      ofReplicaSet: { ...WEB, metadata: { labels: { app: 'web', tier: 'a' } } },
      ofRollout: WEB,
    },
    {
      name: 'the Rollout sets the hash label itself',
      ofReplicaSet: WEB,
      ofRollout: { ...WEB, metadata: { labels: { app: 'web', 'rollouts-pod-template-hash': 'abc' } } },
    },
    {
      name: 'a container was added',
      ofReplicaSet: WEB,
      ofRollout: withSpec({ containers: [CONTAINER, { name: 'b' }] }),
    },
    {
      name: 'a grace period of zero is not the default',
      ofReplicaSet: WEB,
      ofRollout: withSpec({ terminationGracePeriodSeconds: 0 }),
    },
    {
      name: 'requests are not defaulted from limits',
      ofReplicaSet: withContainer({ resources: { limits: { cpu: '1' }, requests: { cpu: '1' } } }),
      ofRollout: withContainer({ resources: { limits: { cpu: '1' } } }),
    },
    {
      name: 'a port off the host network',
      ofReplicaSet: withContainer({ ports: [{ containerPort: 80, hostPort: 80 }] }),
      ofRollout: withContainer({ ports: [{ containerPort: 80 }] }),
    },
    {
      name: 'a field that this version does not know',
      ofReplicaSet: WEB,
      ofRollout: withContainer({ quantumLevel: 3 }),
    },
    {
      name: 'a volume of a kind that this version does not know is not an emptyDir',
      ofReplicaSet: withSpec({ volumes: [{ name: 'v', emptyDir: {} }] }),
      ofRollout: withSpec({ volumes: [{ name: 'v', hologram: {} }] }),
    },
  ])('$name', ({ ofReplicaSet, ofRollout }) => {
    expect(comparisonWith(ofRollout).isSame(ofReplicaSet)).toBe(false);
  });
});

describe('malformed templates', () => {
  test.each([
    { name: 'containers that are no list', template: withSpec({ containers: 'none' }) },
    { name: 'a list of nothing', template: withSpec({ containers: [null, 1, 'a'], hostNetwork: true }) },
    {
      name: 'ports that are no list',
      template: withSpec({ hostNetwork: true, containers: [{ name: 'a', ports: { a: 1 } }] }),
    },
    { name: 'amounts that are no map', template: withContainer({ resources: { limits: [1], requests: 'all' } }) },
    { name: 'keys of the prototype', template: withContainer({ constructor: { a: 1 }, toString: 'x' }) },
  ])('$name: equal to itself and to nothing else', ({ template }) => {
    expect(comparisonWith(structuredClone(template)).isSame(template)).toBe(true);
    expect(comparisonWith(template).isSame(WEB)).toBe(false);
  });
});

describe('a template that says more', () => {
  test.each([
    { name: 'a field that nobody here knows', more: withSpec({ ...WEB.spec, aNewDefault: 'x' }), less: WEB },
    { name: 'a known field', more: withSpec({ ...WEB.spec, enableServiceLinks: true }), less: WEB },
    {
      name: 'a field of an item of a list',
      more: withContainer({ name: 'a', image: 'a', aNewDefault: 1 }),
      less: withContainer({ name: 'a', image: 'a' }),
    },
    {
      name: 'an annotation, beside the hash label',
      more: {
        ...WEB,
        metadata: {
          ...WEB.metadata,
          annotations: { a: 'b' },
          labels: { ...WEB.metadata?.labels, 'rollouts-pod-template-hash': 'abc' },
        },
      },
      less: WEB,
    },
  ])('$name', ({ more, less }) => {
    expect(comparisonWith(less).saysMore(more)).toBe(true);
  });

  test.each([
    { name: 'the same', more: WEB, less: WEB },
    { name: 'a default that we know', more: withSpec({ ...WEB.spec, dnsPolicy: 'ClusterFirst' }), less: WEB },
    {
      name: 'another value beside more',
      more: withContainer({ name: 'a', image: 'b', aNewDefault: 1 }),
      less: withContainer({ name: 'a', image: 'a' }),
    },
    {
      name: 'one more container',
      more: withSpec({ containers: [{ name: 'a' }, { name: 'b' }] }),
      less: withSpec({ containers: [{ name: 'a' }] }),
    },
  ])('is not $name', ({ more, less }) => {
    expect(comparisonWith(less).saysMore(more)).toBe(false);
  });
});
