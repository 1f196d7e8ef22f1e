/** Arguments from Secrets (spec B.2, 4 and 5). */
import { describe, expect, test } from 'vitest';
import type { AnalysisArgument } from '../../../src/api/schema/metric.ts';
import { argumentValues, secretReferences } from '../../../src/core/analysis/secrets.ts';

function secret(name: string, key: string): Omit<AnalysisArgument, 'name'> {
  return { valueFrom: { secretKeyRef: { name, key } } };
}

const ARGS: readonly AnalysisArgument[] = [
  { name: 'plain', value: 'x' },
  { name: 'token', ...secret('api', 'token') },
  { name: 'again', ...secret('api', 'token') },
  { name: 'other', value: 'hidden', ...secret('api', 'other') },
];

test('each key that is needed is named once', () => {
  expect(secretReferences(ARGS)).toEqual([
    { name: 'api', key: 'token' },
    { name: 'api', key: 'other' },
  ]);
  expect(secretReferences(undefined)).toEqual([]);
});

test('what is read replaces a value beside it, and is known to be secret', () => {
  const resolved = argumentValues(ARGS, new Map([['api', { token: 't0p', other: '' }]]));
  expect(resolved).toEqual({
    values: new Map([
      ['plain', 'x'],
      ['token', 't0p'],
      ['again', 't0p'],
      ['other', ''],
    ]),
    secretValues: ['t0p', 't0p', ''],
  });
});

test('without secrets there are placeholders, which are no secret', () => {
  const resolved = argumentValues(ARGS, null);
  expect('values' in resolved && resolved.values.get('token')).toBe('temp-for-secret');
  expect('values' in resolved && resolved.secretValues).toEqual([]);
});

describe('an argument cannot be resolved', () => {
  test.each([
    {
      name: 'without a value, even when nothing uses it',
      args: [{ name: 'a' }],
      problem: 'argument "a" was not supplied',
    },
    {
      name: 'with a field reference, which only a Rollout fills in',
      args: [{ name: 'a', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
      problem: 'argument "a" was not supplied',
    },
    {
      name: 'from a Secret that does not exist',
      args: [{ name: 'a', ...secret('gone', 'k') }],
      problem: 'secret "gone" not found',
    },
    {
      name: 'from a Secret that was not read',
      args: [{ name: 'a', ...secret('unread', 'k') }],
      problem: 'secret "unread" not found',
    },
    {
      name: 'from a key that the Secret does not have',
      args: [{ name: 'a', ...secret('api', 'constructor') }],
      problem: 'key "constructor" does not exist in secret "api"',
    },
  ])('$name', ({ args, problem }) => {
    const secrets = new Map([
      ['api', { token: 't' }],
      ['gone', null],
    ]);
    expect(argumentValues(args, secrets)).toEqual({ problem });
  });
});
