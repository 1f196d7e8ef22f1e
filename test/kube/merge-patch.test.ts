import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../src/kube/json.ts';
import { deepEqual, mergePatchBetween } from '../../src/kube/merge-patch.ts';

/** RFC 7386, section 2. */
function applied(target: Json | undefined, patch: Json): Json {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const isObject = typeof target === 'object' && target !== null && !Array.isArray(target);
  const result: Record<string, Json> = isObject ? { ...(target as Record<string, Json>) } : {};
  for (const [key, value] of Object.entries(patch as Record<string, Json>)) {
    if (value === null) delete result[key];
    else result[key] = applied(result[key], value);
  }
  return result;
}

/** Numbers between 0 and 1, the same for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A small JSON value over few keys, so that two of them often overlap. Objects hold no null, as the API's do not. */
function randomJson(random: () => number, depth: number): Json {
  const kind = Math.floor(random() * (depth > 0 ? 6 : 4));
  if (kind === 0) return Math.floor(random() * 3);
  if (kind === 1) return random() < 0.5;
  if (kind === 2) return ['', 'a', 'b'][Math.floor(random() * 3)] ?? '';
  if (kind === 3)
    return Array.from({ length: Math.floor(random() * 3) }, () => (random() < 0.2 ? null : randomJson(random, 0)));
  return randomObject(random, depth - 1);
}

function randomObject(random: () => number, depth: number): JsonObject {
  const keys = ['a', 'b', 'constructor', '__proto'].filter(() => random() < 0.6);
  return Object.fromEntries(keys.map((key) => [key, randomJson(random, depth)]));
}

describe('any two objects', () => {
  test.each(Array.from({ length: 20 }, (_, seed) => seed))(
    'seed %d: the patch leads from one to the other and says no more',
    (seed) => {
      const random = randomFrom(seed);
      for (let round = 0; round < 100; round++) {
        const before = randomObject(random, 3);
        const after = random() < 0.1 ? structuredClone(before) : randomObject(random, 3);
        const patch = mergePatchBetween(before, after);
        expect(applied(before, patch ?? {})).toEqual(after);
        expect(patch === null).toBe(deepEqual(before, after));
        expect(mergePatchBetween(after, after)).toBeNull();
        for (const key of Object.keys(patch ?? {})) expect(deepEqual(before[key], after[key])).toBe(false);
      }
    },
  );
});

interface PatchRow {
  readonly name: string;
  readonly before: JsonObject;
  readonly after: JsonObject;
  readonly patch: JsonObject | null;
}

describe('patches', () => {
  test.each<PatchRow>([
    { name: 'nothing to change', before: { a: { b: [1] } }, after: { a: { b: [1] } }, patch: null },
    { name: 'a new key', before: {}, after: { a: 1 }, patch: { a: 1 } },
    { name: 'a key that is gone', before: { a: 1, b: 2 }, after: { b: 2 }, patch: { a: null } },
    {
      name: 'only what differs, however deep',
      before: { a: { b: 1, c: 2 } },
      after: { a: { b: 1, c: 3 } },
      patch: { a: { c: 3 } },
    },
    {
      name: 'a key that is gone, deep',
      before: { a: { b: 1, c: 2 } },
      after: { a: { b: 1 } },
      patch: { a: { c: null } },
    },
    { name: 'an object emptied', before: { a: { b: 1 } }, after: { a: {} }, patch: { a: { b: null } } },
    { name: 'an empty object added', before: {}, after: { a: {} }, patch: { a: {} } },
    { name: 'lists are whole', before: { a: [1, 2] }, after: { a: [1, 3] }, patch: { a: [1, 3] } },
    { name: 'a list for an object', before: { a: { b: 1 } }, after: { a: [1] }, patch: { a: [1] } },
    { name: 'null is absent', before: { a: null, b: 1 }, after: { b: null, c: null }, patch: { b: null } },
    { name: 'undefined is absent', before: { a: 1 }, after: { a: undefined, b: undefined }, patch: { a: null } },
    { name: 'a removed key of the prototype', before: { constructor: 'x' }, after: {}, patch: { constructor: null } },
    {
      name: 'zero, false and the empty text are values',
      before: {},
      after: { a: 0, b: false, c: '' },
      patch: { a: 0, b: false, c: '' },
    },
  ])('$name', ({ before, after, patch }) => {
    expect(mergePatchBetween(before, after)).toEqual(patch);
  });
});

describe('equality', () => {
  test.each<{ readonly a: unknown; readonly b: unknown; readonly areEqual: boolean }>([
    { a: { x: 1, y: [{ z: null }] }, b: { y: [{ z: null }], x: 1 }, areEqual: true },
    { a: { x: undefined }, b: {}, areEqual: true },
    { a: { x: null }, b: {}, areEqual: false },
    { a: [1, 2], b: [2, 1], areEqual: false },
    { a: [1], b: [1, undefined], areEqual: false },
    { a: [], b: {}, areEqual: false },
    { a: null, b: {}, areEqual: false },
    { a: null, b: undefined, areEqual: false },
    { a: 1, b: '1', areEqual: false },
    { a: { x: undefined, y: 1 }, b: { z: 1 }, areEqual: false },
    { a: {}, b: { constructor: Object }, areEqual: false },
  ])('$a and $b: $areEqual', ({ a, b, areEqual }) => {
    expect(deepEqual(a, b)).toBe(areEqual);
    expect(deepEqual(b, a)).toBe(areEqual);
  });
});
