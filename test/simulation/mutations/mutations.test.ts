/**
 * The invariants are tried on faults: every deliberate one is found, by the invariant that is there for
 * it, within a bounded number of histories.
 */
import { expect, test } from 'vitest';
import { runRandomHistory } from '../random-history.ts';
import type { Mutation } from './mutation.ts';
import { WRONG_ANALYSES } from './wrong-analyses.ts';
import { WRONG_ADOPTIONS } from './wrong-adoptions.ts';
import { WRONG_BLUE_GREEN } from './wrong-blue-green.ts';
import { WRONG_BELIEFS } from './wrong-beliefs.ts';
import { WRONG_EVICTIONS } from './wrong-evictions.ts';
import { WRONG_EXPERIMENTS } from './wrong-experiments.ts';
import { WRONG_WRITES } from './wrong-writes.ts';

const MOST_HISTORIES = 400;
/** Far more than any fault needs, on however busy a machine. */
const TIMEOUT_MS = 240_000;

test.each([
  ...WRONG_BELIEFS,
  ...WRONG_WRITES,
  ...WRONG_EVICTIONS,
  ...WRONG_ADOPTIONS,
  ...WRONG_BLUE_GREEN,
  ...WRONG_ANALYSES,
  ...WRONG_EXPERIMENTS,
])('$name: $caughtBy', { timeout: TIMEOUT_MS }, async ({ caughtBy, firstSeed = 1, ...played }: Mutation) => {
  const found = new Set<string>();
  for (let i = 0; i < MOST_HISTORIES && !found.has(caughtBy); i++) {
    const { failure } = await runRandomHistory(firstSeed + i, played);
    if (failure !== null) found.add(failure.invariant);
  }
  expect([...found]).toContain(caughtBy);
});
