/**
 * The invariants are tried on faults: every deliberate one is found, by the invariant that is there for
 * it, within a bounded number of histories.
 */
import { expect, test } from 'vitest';
import { FIRST_SEEDS, seedOf } from './first-seeds.ts';
import { MUTATIONS } from './mutations.ts';

const MOST_HISTORIES = 400;
/** Far more than any fault needs, on however busy a machine. */
const TIMEOUT_MS = 240_000;

test.each(MUTATIONS)('$name: $caughtBy', { timeout: TIMEOUT_MS }, async (mutation) => {
  const seed = await seedOf(mutation, FIRST_SEEDS[mutation.name] ?? 1, MOST_HISTORIES);
  expect(seed, 'seed of a history in which the fault is found').not.toBeNull();
});

test('every seed is that of a fault', () => {
  const names = new Set(MUTATIONS.map(({ name }) => name));
  expect(Object.keys(FIRST_SEEDS).filter((name) => !names.has(name))).toEqual([]);
});
