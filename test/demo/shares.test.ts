/** Which answers speak for a weight: not those on their way while the proxy may still have, or already have, another one. */
import { expect, test } from 'vitest';
import type { Answer } from '../testbed/data-plane/answers.ts';
import { Shares } from '../../examples/demo/shares.ts';

const PROPAGATION_MS = 3_000;

function answer(sentAt: number, version: string, status = 200): Answer {
  return { sentAt, doneAt: sentAt + 5, version, status, fresh: false };
}

/** One request each 100 ms. */
function feed(shares: Shares, fromMs: number, toMs: number, version: (at: number) => string): void {
  for (let at = fromMs; at < toMs; at += 100) shares.add(answer(at, version(at)));
}

test('each weight has its own share', () => {
  const shares = new Shares('green', PROPAGATION_MS);
  shares.seeWeight(20, 0);
  feed(shares, 0, 10_000, (at) => (at % 500 === 0 ? 'green' : 'blue'));
  shares.seeWeight(50, 10_000);
  feed(shares, 10_000, 20_000, (at) => (at % 200 === 0 ? 'green' : 'blue'));
  expect(shares.at(20)).toEqual({ counted: 60, percent: 20 });
  expect(shares.at(50)).toEqual({ counted: 60, percent: 50 });
});

test('what the proxy may have answered by the weight before or after does not count', () => {
  const shares = new Shares('green', PROPAGATION_MS);
  shares.seeWeight(50, 0);
  feed(shares, 0, 3_000, () => 'blue');
  feed(shares, 3_000, 9_000, () => 'green');
  feed(shares, 9_000, 10_000, () => 'blue');
  shares.seeWeight(100, 10_000);
  expect(shares.at(50)).toEqual({ counted: 60, percent: 100 });
});

test('the same weight seen again is no change', () => {
  const shares = new Shares('green', PROPAGATION_MS);
  shares.seeWeight(50, 0);
  feed(shares, 3_000, 5_000, () => 'green');
  shares.seeWeight(50, 5_000);
  feed(shares, 5_000, 7_000, () => 'green');
  expect(shares.at(50).counted).toBe(30);
});

test('failures, a weight that was not seen, and one that passed too quickly have no share', () => {
  const shares = new Shares('green', PROPAGATION_MS);
  shares.add(answer(0, 'green'));
  shares.seeWeight(20, 0);
  for (let at = 3_000; at < 9_000; at += 100) shares.add(answer(at, 'green', 502));
  shares.seeWeight(50, 9_000);
  feed(shares, 9_000, 12_500, () => 'green');
  shares.seeWeight(70, 12_500);
  for (const weight of [20, 50, 70]) expect(shares.at(weight)).toEqual({ counted: 0, percent: Number.NaN });
});
