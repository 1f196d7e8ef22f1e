import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fnv1aHash } from '../../src/kube/hash.ts';
import type { JsonObject } from '../../src/kube/json.ts';
import type { PodTemplate } from '../../src/kube/objects.ts';
import { templateHash } from '../../src/kube/template-hash.ts';
import { deepFrozen } from './deep-frozen.ts';

interface Recorded {
  readonly name: string;
  readonly template: PodTemplate;
  readonly hash: string;
  readonly hashAfterTwoCollisions: string;
}

/** The hashes of these were computed by a Go program that encodes the types of k8s.io/api v0.36.3. */
const RECORDED = JSON.parse(
  readFileSync(new URL('fixtures/defaulted-templates.json', import.meta.url), 'utf8'),
) as readonly Recorded[];

const SCALEDOWN: PodTemplate = {
  metadata: { labels: { app: 'canary-scaledowndelay' } },
  spec: {
    containers: [
      {
        name: 'canary-scaledowndelay',
        image: 'nginx:1.19-alpine',
        ports: [{ name: 'http', containerPort: 80, protocol: 'TCP' }],
        resources: { requests: { cpu: '5m', memory: '16Mi' } },
      },
    ],
  },
};

const WEB: PodTemplate = {
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'web', image: 'nginx:1.25' }] },
};

function withContainer(fields: JsonObject): PodTemplate {
  return { ...WEB, spec: { containers: [{ name: 'web', image: 'nginx:1.25', ...fields }] } };
}

describe('published vectors', () => {
  test.each([
    { template: SCALEDOWN, count: undefined, hash: '674d8cf959' },
    { template: SCALEDOWN, count: 0, hash: '68785fb4f5' },
    { template: SCALEDOWN, count: 1, hash: 'dbc977b9d' },
    { template: WEB, count: undefined, hash: '7dc666b946' },
    { template: WEB, count: 1, hash: '68db74476c' },
  ])('$hash', ({ template, count, hash }) => {
    expect(templateHash(template, count)).toBe(hash);
    expect(templateHash(deepFrozen(structuredClone(template)), count)).toBe(hash);
  });
});

describe('what Go computes', () => {
  test.each(RECORDED)('$name', ({ template, hash, hashAfterTwoCollisions }) => {
    expect(templateHash(template)).toBe(hash);
    expect(templateHash(template, 2)).toBe(hashAfterTwoCollisions);
  });
});

describe('templates that are one', () => {
  test.each([
    {
      name: 'another order of keys',
      other: { spec: { containers: [{ image: 'nginx:1.25', name: 'web' }] }, metadata: { labels: { app: 'web' } } },
    },
    { name: 'an empty list', other: withContainer({ args: [] }) },
    { name: 'a null', other: withContainer({ command: null, resources: null }) },
    { name: 'a switch that is off', other: withContainer({ stdin: false }) },
    { name: 'empty requests', other: withContainer({ resources: { requests: {} } }) },
  ])('$name', ({ other }) => {
    expect(templateHash(other)).toBe(templateHash(WEB));
  });

  test.each([
    { name: 'thousandths', a: '0.001', b: '1m' },
    { name: 'a number', a: 0.5, b: '500m' },
    { name: 'a larger suffix', a: '1024Mi', b: '1Gi' },
  ])('an amount written as $name', ({ a, b }) => {
    const [one, other] = [a, b].map((cpu) => templateHash(withContainer({ resources: { limits: { cpu } } })));
    expect(one).toBe(other);
  });
});

describe('templates that differ', () => {
  test.each([
    { name: 'a field that this version does not know', other: withContainer({ quantumLevel: 3 }) },
    { name: 'an unreadable amount', other: withContainer({ resources: { limits: { cpu: 'lots' } } }) },
    { name: 'a value of the wrong type', other: withContainer({ args: 'not a list', stdin: 'yes' }) },
    { name: 'an empty security context', other: withContainer({ securityContext: {} }) },
    { name: 'an annotation', other: { ...WEB, metadata: { labels: { app: 'web' }, annotations: { a: 'b' } } } },
    { name: 'nothing at all', other: {} },
  ])('$name', ({ other }) => {
    expect(templateHash(other)).not.toBe(templateHash(WEB));
  });

  test('unknown fields follow the known ones in alphabetical order', () => {
    const text =
      '{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"web","image":"nginx:1.25",' +
      '"resources":{},"tty":true,"aardvark":1,"constructor":{"a":1,"b":2}}]}}';
    expect(templateHash(withContainer({ constructor: { b: 2, a: 1 }, aardvark: 1, tty: true }))).toBe(fnv1aHash(text));
  });

  test('an unreadable amount is hashed as it stands', () => {
    const text =
      '{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"web","image":"nginx:1.25",' +
      '"resources":{"limits":{"cpu":"lots","memory":{"a":1}}}}]}}';
    const template = withContainer({ resources: { limits: { memory: { a: 1 }, cpu: 'lots' } } });
    expect(templateHash(template)).toBe(fnv1aHash(text));
  });
});

test('keys named items survive', () => {
  const volumes = (path: string) => [{ name: 'c', configMap: { name: 'c', items: [{ key: 'items', path }] } }];
  const template = (path: string): PodTemplate => ({ ...WEB, spec: { ...WEB.spec, volumes: volumes(path) } });
  expect(templateHash(template('items'))).not.toBe(templateHash(template('other')));
});

test('a half surrogate pair is replaced as Go replaces it', () => {
  expect(templateHash(withContainer({ args: ['\ud800'] }))).toBe(templateHash(withContainer({ args: ['\ufffd'] })));
});
