/** The store of the metrics dies in the middle of a release that is measured (docs/analysis.md): no request is lost. */
import { expect } from 'vitest';
import { startPrometheus } from '../testbed/data-plane/prometheus.ts';
import { promote } from './commands.ts';
import { rounds } from './extent.ts';
import { countOf, latestRun, measuredBy, untilRun } from './measured.ts';
import { imageOf, until } from './rollout.ts';
import { play, type Course } from './scenario.ts';
import { test } from './test.ts';
import type { Traffic } from './traffic.ts';

/** Errors in a row that the API tolerates by default, and one more. */
const ERRORS = 5;
/** An error is repeated after 10 s; moments are whole seconds. */
const BETWEEN_ERRORS_MS = 9_000;

/** The version serves at its first step, and has been measured well. */
async function measuredWell(traffic: Traffic): Promise<void> {
  await until(traffic, { phase: 'Paused', index: 1, weight: 20 });
  await untilRun(traffic, 'to have a good measurement', (run) => countOf(run, 'Successful') > 0);
}

test('a store that dies for good: the fifth error in a row takes the release back', async ({ traffic }) => {
  await using prometheus = await startPrometheus([{ job: 'proxy', url: traffic.metricsUrl }]);
  const kind = await measuredBy(prometheus, 'success-rate', traffic);
  const course: Course = async ({ release, stable }) => {
    await release();
    await measuredWell(traffic);
    await prometheus.kill();
    const { message } = await until(traffic, { phase: 'Degraded', aborted: true, weight: 0 });
    expect(message).toContain(`due to consecutiveErrors (${ERRORS}) > consecutiveErrorLimit (${ERRORS - 1})`);
    const run = await latestRun(traffic);
    expect(run.status?.phase).toBe('Error');
    expect(countOf(run, 'Error')).toBeGreaterThanOrEqual(ERRORS);
    expect(countOf(run, 'Failed')).toBe(0);
    for (const gap of gapsBetweenErrors(run)) expect(gap).toBeGreaterThanOrEqual(BETWEEN_ERRORS_MS);
    await prometheus.start();
    return stable;
  };
  await play(traffic, { name: 'ways back when the metric store dies', kind, count: rounds(2, 1), course });
});

test('a store that is away for a while: the release goes on', async ({ traffic }) => {
  await using prometheus = await startPrometheus([{ job: 'proxy', url: traffic.metricsUrl }]);
  const kind = await measuredBy(prometheus, 'success-rate', traffic);
  const course: Course = async ({ release }) => {
    const { version } = await release();
    await measuredWell(traffic);
    await prometheus.kill();
    const during = await untilRun(traffic, 'to have two errors', (run) => countOf(run, 'Error') >= 2);
    await prometheus.start();
    const before = countOf(during, 'Successful');
    await untilRun(traffic, 'to have another good measurement', (run) => countOf(run, 'Successful') > before);
    await promote(traffic.session, traffic.name);
    await until(traffic, { phase: 'Healthy', weight: 0, stableImage: imageOf(version) });
    await untilRun(traffic, 'to be successful', ({ status }) => status?.phase === 'Successful');
    return version;
  };
  await play(traffic, { name: 'promotions while the metric store is away', kind, count: rounds(3, 1), course });
});

function gapsBetweenErrors({ status }: Awaited<ReturnType<typeof latestRun>>): readonly number[] {
  const errors = (status?.metricResults?.[0]?.measurements ?? []).filter(({ phase }) => phase === 'Error');
  const began = errors.map(({ startedAt = '' }) => Date.parse(startedAt));
  return began.slice(1).map((at, index) => at - (began[index] ?? at));
}
