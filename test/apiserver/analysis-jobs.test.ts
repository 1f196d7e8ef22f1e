/** AnalysisRuns that measure with Jobs, which the controller manager of Kubernetes runs. */
import { describe, expect } from 'vitest';
import { waitFor } from '../testbed/cluster/wait.ts';
import {
  analysisRun,
  grant,
  jobMetric,
  jobNamesIn,
  resultOf,
  terminate,
  untilPhase,
  untilRun,
} from './analysis-scene.ts';
import { test } from './session.ts';

describe('a job metric', () => {
  test.for([
    { name: 'is successful when its Job is', container: { command: ['sleep', '2'] }, phase: 'Successful' },
    { name: 'is failed when its Job is', container: { command: ['false'] }, phase: 'Failed' },
  ])('$name', async ({ container, phase }, { session }) => {
    await grant(session, 'analysis-jobs');
    await session.apply(analysisRun({ metrics: [jobMetric(container)] }));
    const run = await untilPhase(session, phase);
    const name = `${run.metadata.uid}.errors.1`;
    expect(await jobNamesIn(session)).toEqual([name]);
    expect(await session.kubectl('get', 'jobs', '-l', 'team=shop', '-o', 'name')).toBe(`job.batch/${name}\n`);
    expect(resultOf(run).measurements).toMatchObject([{ phase, metadata: { 'job-name': name } }]);
    await session.kubectl('delete', 'analysisrun', 'check');
    await waitFor(() => jobNamesIn(session), {
      what: 'the Job to go with its run',
      until: ({ length }) => length === 0,
    });
  });

  test('with names that no Job can have is measured all the same, each with a Job of its own', async ({ session }) => {
    await grant(session, 'analysis-jobs');
    const names = ['Error_Rate of the shop', 'a-metric-with-a-long-name-1', 'a-metric-with-a-long-name-2', '-'];
    await session.apply(analysisRun({ metrics: names.map((name) => jobMetric({}, name)) }));
    await untilPhase(session, 'Successful');
    expect(await jobNamesIn(session)).toHaveLength(names.length);
  });

  test('is inconclusive when its image cannot be had, and leaves nothing running', async ({ session }) => {
    await grant(session, 'analysis-jobs');
    await session.apply(analysisRun({ metrics: [jobMetric({ image: 'does-not-exist:1' })] }));
    const run = await untilPhase(session, 'Inconclusive');
    expect(resultOf(run).measurements?.[0]?.message).toMatch(/^the image of container check of pod .* cannot be had/);
    await waitFor(() => jobNamesIn(session), { what: 'the Job to be gone', until: ({ length }) => length === 0 });
  });

  test('under way is ended with its run, and inconclusive', async ({ session }) => {
    await grant(session, 'analysis-jobs');
    await session.apply(analysisRun({ metrics: [jobMetric({ command: ['sleep', '3600'] })] }));
    await untilRun(session, 'to measure', ({ status }) => status?.metricResults?.[0]?.measurements !== undefined);
    await terminate(session);
    const run = await untilPhase(session, 'Inconclusive');
    expect(resultOf(run).measurements).toMatchObject([{ phase: 'Inconclusive', message: 'Metric Terminated' }]);
    await waitFor(() => jobNamesIn(session), { what: 'the Job to be gone', until: ({ length }) => length === 0 });
  });

  test('keeps the Jobs of as many measurements as the status shows', async ({ session }) => {
    await grant(session, 'analysis-jobs');
    const metrics = [jobMetric({}, 'errors', { count: 4, interval: '1s' }), jobMetric({}, 'other')];
    await session.apply(analysisRun({ metrics, measurementRetention: [{ metricName: 'errors', limit: 2 }] }));
    const run = await untilPhase(session, 'Successful');
    expect(resultOf(run)).toMatchObject({ count: 4, measurements: [{}, {}] });
    const { uid } = run.metadata;
    await waitFor(() => jobNamesIn(session), {
      what: 'the Jobs of the last two measurements, and of the other metric',
      until: (names) => names.join() === ['errors.3', 'errors.4', 'other.1'].map((name) => `${uid}.${name}`).join(),
    });
  });

  test('says which right is missing', async ({ session }) => {
    await session.apply(analysisRun({ metrics: [jobMetric({}, 'errors', { consecutiveErrorLimit: 0 })] }));
    const run = await untilPhase(session, 'Error');
    const right = `the controller lacks the right to create jobs.batch in namespace ${session.namespace}; deploy/components/analysis-jobs grants it`;
    expect(run.status?.message).toBe(
      `Metric "errors" assessed Error due to consecutiveErrors (1) > consecutiveErrorLimit (0): "Error Message: ${right}"`,
    );
  });
});
