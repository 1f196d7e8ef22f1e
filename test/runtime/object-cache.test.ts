import { expect, test } from 'vitest';
import type { KubeObject } from '../../src/kube/objects.ts';
import { ObjectCache } from '../../src/runtime/object-cache.ts';

const object = (name: string, app: string): KubeObject => ({
  metadata: { name, namespace: 'shop', uid: name, resourceVersion: '1', labels: { app } },
});

function filled(...objects: readonly KubeObject[]): ObjectCache<KubeObject> {
  const cache = new ObjectCache<KubeObject>();
  cache.addIndex('app', ({ metadata }) => [metadata.labels?.['app'] ?? '']);
  for (const one of objects) cache.put(one);
  return cache;
}

const found = (cache: ObjectCache<KubeObject>, app: string): string[] =>
  cache.byIndex('app', app).map(({ metadata }) => metadata.name);

test('one, two and three objects are found under a value, each once', () => {
  const cache = filled(object('a', 'web'));
  expect(found(cache, 'web')).toEqual(['a']);
  cache.put(object('a', 'web'));
  expect(found(cache, 'web')).toEqual(['a']);
  cache.put(object('b', 'web'));
  cache.put(object('c', 'web'));
  cache.put(object('b', 'web'));
  expect(found(cache, 'web').sort()).toEqual(['a', 'b', 'c']);
});

test('any one of the objects under a value, or none', () => {
  const cache = filled(object('a', 'web'), object('b', 'web'), object('c', 'shop'));
  expect(['a', 'b']).toContain(cache.oneByIndex('app', 'web')?.metadata.name);
  expect(cache.oneByIndex('app', 'shop')?.metadata.name).toBe('c');
  expect(cache.oneByIndex('app', 'other')).toBeUndefined();
  expect(() => cache.oneByIndex('none', 'web')).toThrow('There is no index none');
});

test('an object that is removed is not found, and the others are', () => {
  const cache = filled(object('a', 'web'), object('b', 'web'), object('c', 'shop'));
  cache.remove('shop/a');
  expect(found(cache, 'web')).toEqual(['b']);
  cache.remove('shop/c');
  expect(found(cache, 'shop')).toEqual([]);
  cache.remove('shop/b');
  expect(found(cache, 'web')).toEqual([]);
});

test('an object whose value changes is found under the new one alone, as is one that gives an object its place', () => {
  const cache = filled(object('a', 'web'), object('b', 'shop'));
  cache.put(object('a', 'shop'));
  expect([found(cache, 'web'), found(cache, 'shop').sort()]).toEqual([[], ['a', 'b']]);
  cache.put(object('b', 'web'));
  expect([found(cache, 'web'), found(cache, 'shop')]).toEqual([['b'], ['a']]);
});

test('an index that is added later finds what is there already', () => {
  const cache = filled(object('a', 'web'), object('b', 'web'));
  cache.addIndex('namespace', ({ metadata }) => [metadata.namespace ?? '']);
  expect(cache.byIndex('namespace', 'shop')).toHaveLength(2);
});
