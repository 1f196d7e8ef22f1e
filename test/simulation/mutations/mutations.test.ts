/**
 * The invariants are tried on faults: every deliberate one is found, by the invariant that is there for
 * it, within a bounded number of histories.
 */
import { expect, test } from 'vitest';
import { runRandomHistory } from '../random-history.ts';
import type { Mutation } from './mutation.ts';
import { WRONG_BELIEFS } from './wrong-beliefs.ts';
import { WRONG_WRITES } from './wrong-writes.ts';

const MOST_HISTORIES = 400;

test.each([...WRONG_BELIEFS, ...WRONG_WRITES])('$name: $caughtBy', ({ decide, caughtBy }: Mutation) => {
  const found = new Set<string>();
  for (let seed = 1; seed <= MOST_HISTORIES && !found.has(caughtBy); seed++) {
    const { failure } = runRandomHistory(seed, { decide });
    if (failure !== null) found.add(failure.invariant);
  }
  expect([...found]).toContain(caughtBy);
});
