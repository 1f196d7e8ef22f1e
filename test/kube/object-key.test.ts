import { expect, test } from 'vitest';
import { objectKey, splitKey } from '../../src/kube/object-key.ts';

test('a key is split into what it was made of', () => {
  expect(objectKey('shop', 'web')).toBe('shop/web');
  expect(splitKey('shop/web')).toEqual({ namespace: 'shop', name: 'web' });
});

test('a key without a namespace is a name', () => {
  expect(splitKey('web')).toEqual({ namespace: '', name: 'web' });
});
