/** The invariants of processes that share the work are tried on faults, as those of the core are. */
import { expect, test } from 'vitest';
import type { LeftOut } from '../controller/share.ts';
import { runRandomHistory } from '../random-history.ts';

const MOST_HISTORIES = 150;
/** Far more than any fault needs, on however busy a machine. */
const TIMEOUT_MS = 240_000;

/** `seed`: of a history in which the fault was found; later ones are tried as well. */
const FAULTS: readonly { readonly leavesOut: LeftOut; readonly caughtBy: string; readonly seed: number }[] = [
  { leavesOut: 'refresh', caughtBy: 'decidesOnWhatOthersWrote', seed: 8 },
  { leavesOut: 'lease', caughtBy: 'writesNeedTheLease', seed: 4 },
  { leavesOut: 'drain', caughtBy: 'writesNeedTheLease', seed: 20 },
];

test.each(FAULTS)('without $leavesOut: $caughtBy', { timeout: TIMEOUT_MS }, async ({ leavesOut, caughtBy, seed }) => {
  const found: string[] = [];
  for (let i = 0; i < MOST_HISTORIES && !found.includes(caughtBy); i++) {
    const { failure } = await runRandomHistory(seed + i, { sharing: { leavesOut } });
    if (failure !== null) found.push(failure.invariant);
  }
  expect(found).toContain(caughtBy);
});
