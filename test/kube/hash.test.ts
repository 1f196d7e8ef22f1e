import { expect, test } from 'vitest';
import { fnv1aHash } from '../../src/kube/hash.ts';

// Computed with Go's hash/fnv and the safe encoding of k8s.io/apimachinery.
test.each([
  { text: 'null', hash: '5ffbfbbd64' },
  { text: '[{"pause":{}}]', hash: '6b9b86fbd5' },
  { text: '[{"setWeight":10},{"pause":{"duration":"10s"}}]', hash: '7c69795dc6' },
])('$text hashes to $hash', ({ text, hash }) => {
  expect(fnv1aHash(text)).toBe(hash);
});

test('the empty text has the offset basis as its hash', () => {
  const letters = 'bcdfghjklmnpqrstvwxz2456789';
  const encoded = Array.from('2166136261', (digit) => letters[digit.charCodeAt(0) % letters.length]).join('');
  expect(fnv1aHash('')).toBe(encoded);
});

test('a collision count of zero counts', () => {
  expect(fnv1aHash('x', 0)).not.toBe(fnv1aHash('x'));
  expect(fnv1aHash('x', 1)).not.toBe(fnv1aHash('x', 0));
});

test('text is hashed as UTF-8, byte by byte', () => {
  const eight = '\u0001\u0000\u0000\u0000\u0000\u0000\u0000\u0000';
  expect(fnv1aHash('é', 1)).toBe(fnv1aHash(`é${eight}`));
  expect(fnv1aHash('é')).not.toBe(fnv1aHash('\u00c3\u00a9'));
});
