/** What the demo says about its requests, worked out from answers with known moments. */
import { expect, test } from 'vitest';
import type { Answer } from '../testbed/data-plane/answers.ts';
import { Meter } from '../../examples/demo/meter.ts';

function answer(doneAt: number, version: string, status = 200): Answer {
  return { sentAt: doneAt - 5, doneAt, version, status, fresh: false };
}

test('shares are those of the last ten seconds, and failures are counted for ever', () => {
  const meter = new Meter();
  meter.add(answer(1_000, 'blue', 502));
  for (let at = 2_000; at < 12_000; at += 100) meter.add(answer(at, 'blue'));
  for (let at = 12_000; at < 20_000; at += 100) meter.add(answer(at, at % 400 === 0 ? 'green' : 'blue'));
  expect(meter.reading(19_950)).toEqual({
    counted: 100,
    percentOf: { blue: 80, green: 20 },
    answered: 181,
    failed: 1,
  });
  expect(meter.failures).toEqual([answer(1_000, 'blue', 502)]);
});

test('failures are told apart by who answered, and the first ones of each are kept', () => {
  const meter = new Meter();
  for (let at = 1_000; at < 1_030; at += 1) meter.add(answer(at, 'red', 500));
  meter.add(answer(2_000, '', 502));
  meter.add(answer(2_000, 'red'));
  expect([...meter.failedOf]).toEqual([
    ['red', 30],
    ['', 1],
  ]);
  expect(meter.failures).toHaveLength(21);
  expect(meter.failures.at(-1)).toEqual(answer(2_000, '', 502));
});

test('a failure is nobody’s share', () => {
  const meter = new Meter();
  for (const status of [200, 500, 0]) meter.add(answer(1_000, status === 0 ? '' : 'red', status));
  expect(meter.reading(1_000)).toEqual({ counted: 1, percentOf: { red: 100 }, answered: 3, failed: 2 });
  expect(meter.recent(1_000)).toHaveLength(3);
});

test('before the first answer there is no share', () => {
  expect(new Meter().reading(0)).toEqual({ counted: 0, percentOf: {}, answered: 0, failed: 0 });
});
