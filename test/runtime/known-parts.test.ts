import { describe, expect, test } from 'vitest';
import { withKnownParts } from '../../src/runtime/known-parts.ts';
import { deepFrozen } from '../kube/deep-frozen.ts';

const known = deepFrozen({
  labels: { app: 'web' },
  spec: { replicas: 1, containers: [{ name: 'web', image: 'web:1' }, { name: 'proxy' }], nothing: null },
});
const fresh = (): typeof known => structuredClone(known);

describe('parts of a newer version', () => {
  test('nothing differs: the known one is kept', () => {
    expect(withKnownParts(fresh(), known)).toBe(known);
  });

  test('in another order: the known one is kept', () => {
    expect(withKnownParts({ spec: fresh().spec, labels: fresh().labels }, known)).toBe(known);
  });

  test('one value differs: its siblings and the rest are those that are known', () => {
    const taken = withKnownParts({ ...fresh(), spec: { ...fresh().spec, replicas: 2 } }, known);
    expect(taken).toEqual({ ...known, spec: { ...known.spec, replicas: 2 } });
    expect(taken.labels).toBe(known.labels);
    expect(taken.spec.containers).toBe(known.spec.containers);
  });

  test.each<[name: string, change: (value: Record<string, unknown>) => void]>([
    ['a field more', (value) => (value['more'] = 1)],
    ['a field less', (value) => delete value['labels']],
    ['another field in the place of one', (value) => delete value['labels'] && (value['more'] = { app: 'web' })],
    ['a field without a value', (value) => (value['labels'] = undefined)],
    ['an empty list for an object', (value) => (value['labels'] = [])],
    ['an object for a list', (value) => (value['spec'] = { ...fresh().spec, containers: { 0: { name: 'web' } } })],
    [
      'a list that is longer',
      (value) => (value['spec'] = { ...fresh().spec, containers: [...fresh().spec.containers, 1] }),
    ],
    [
      'a list that is shorter',
      (value) => (value['spec'] = { ...fresh().spec, containers: fresh().spec.containers.slice(1) }),
    ],
    ['null for a value', (value) => (value['labels'] = null)],
    ['a text for a number', (value) => (value['spec'] = { ...fresh().spec, replicas: '1' })],
    ['an object for null', (value) => (value['spec'] = { ...fresh().spec, nothing: {} })],
  ])('%s is a difference, and the newer one says what it is', (_, change) => {
    const newer: Record<string, unknown> = fresh();
    change(newer);
    const wanted = structuredClone(newer);
    const taken = withKnownParts(newer, known);
    expect(taken).not.toBe(known);
    expect(taken).toStrictEqual(wanted);
  });

  test('a frozen newer version is left as it is', () => {
    const newer = deepFrozen({ ...fresh(), labels: { app: 'shop' } });
    expect(withKnownParts(newer, known)).toBe(newer);
  });

  test('nothing is known', () => {
    const newer = fresh();
    expect(withKnownParts(newer, undefined)).toBe(newer);
  });
});
