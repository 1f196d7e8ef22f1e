import { expect, test } from 'vitest';
import { runRandomHistory } from './random-history.ts';

const HISTORIES = 150;

test('no event is passed over that a decision depends on', { timeout: 300_000 }, async () => {
  for (let seed = 1; seed <= HISTORIES; seed++) {
    const { failure } = await runRandomHistory(seed, { findsMissedLooks: true });
    expect(failure, `seed ${seed}`).toBeNull();
  }
});
