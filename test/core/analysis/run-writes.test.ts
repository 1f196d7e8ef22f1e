/** What of a run is worth a line in the log. */
import { expect, test } from 'vitest';
import { metric, run } from './build-run.ts';
import { AnalysisHistory, value } from './looks.ts';

test('the writes with which a run begins and ends are reported, those between them are routine', () => {
  const measured = metric('errors', { interval: '10s', count: 3 });
  const history = new AnalysisHistory(run({ metrics: [measured] }), { answer: () => value(1) });
  const routines: boolean[] = [];
  for (let round = 0; round < 3; round += 1) {
    const { plan } = history.look();
    routines.push(...plan.writes.map(({ routine = false }) => routine));
    history.now += 10_000;
  }
  expect(history.status.phase).toBe('Successful');
  expect(routines).toEqual([false, true, false]);
});
