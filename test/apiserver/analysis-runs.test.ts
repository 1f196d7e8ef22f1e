/**
 * AnalysisRuns that measure over the network: those that people create with kubectl, and those of Rollouts.
 */
import { afterAll, beforeAll, describe, expect } from 'vitest';
import type { RolloutAnalysis } from '../../src/api/schema/analysis.ts';
import type { Metric } from '../../src/core/analysis/provider.ts';
import { waitFor } from '../testbed/cluster/wait.ts';
import { analysisRun, resultOf, terminate, untilDescribed, untilPhase, webMetric } from './analysis-scene.ts';
import { basicRollout } from './manifests.ts';
import { test } from './session.ts';
import { Vendor } from './vendor.ts';

let vendor: Vendor;
beforeAll(async () => {
  vendor = await Vendor.start();
});
afterAll(() => vendor?.[Symbol.dispose]());

const json = (body: unknown) => () => ({ body: JSON.stringify(body) });

describe('a web metric', () => {
  test('succeeds, and kubectl shows it', async ({ session }) => {
    const url = vendor.answer('/succeeds', json({ ok: true }));
    await session.apply(analysisRun({ metrics: [webMetric(url, { count: 2, interval: '1s' })] }));
    const run = await untilPhase(session, 'Successful');
    expect(resultOf(run)).toMatchObject({ count: 2, successful: 2, phase: 'Successful' });
    expect(run.status?.runSummary).toEqual({ count: 1, successful: 1 });
    expect(await session.kubectl('get', 'analysisruns')).toMatch(/check +Successful/);
    await untilDescribed(session, ["Metric 'errors' Completed. Result: Successful", 'Result: Successful']);
    expect(vendor.asked('/succeeds')).toBe(2);
  });

  test('fails beside one that hangs, which is not waited for', async ({ session }) => {
    const url = vendor.answer('/fails', json({ ok: false }));
    const hangs = vendor.answer('/hangs-beside', () => 'silence');
    const slow = webMetric(hangs, { name: 'slow' }, { timeoutSeconds: 120 });
    await session.apply(analysisRun({ metrics: [slow, webMetric(url)] }));
    const run = await untilPhase(session, 'Failed');
    expect(run.status?.message).toBe(
      'Metric "errors" assessed Failed due to failed (1) > failureLimit (0): errors measured {"ok":false}, and that is not good (successCondition: result.ok): 1 failed, 0 allowed',
    );
    expect(resultOf(run)).toMatchObject({ failed: 1, count: 1, measurements: [{ value: '{"ok":false}' }] });
    await untilDescribed(session, ['Warning  AnalysisRunFailed']);
    await waitFor(() => vendor.left('/hangs-beside') > 0, { what: 'the slow metric to be given up' });
  });

  test('is inconclusive when neither condition holds', async ({ session }) => {
    const url = vendor.answer('/unclear', json({ rate: 0.5 }));
    const conditions = { successCondition: 'result.rate > 0.9', failureCondition: 'result.rate < 0.1' };
    await session.apply(analysisRun({ metrics: [webMetric(url, conditions)] }));
    expect(resultOf(await untilPhase(session, 'Inconclusive'))).toMatchObject({ inconclusive: 1 });
  });

  test('that could not be measured is measured again after ten seconds', async ({ session }) => {
    const url = vendor.answer('/recovers', () =>
      vendor.asked('/recovers') === 1 ? { status: 503, body: 'later' } : { body: '{"ok":true}' },
    );
    await session.apply(analysisRun({ metrics: [webMetric(url)] }));
    const { measurements, ...counted } = resultOf(await untilPhase(session, 'Successful'));
    expect(counted).toMatchObject({ count: 1, successful: 1, error: 1, consecutiveError: 0 });
    expect(measurements?.map(({ phase }) => phase)).toEqual(['Error', 'Successful']);
    expect(measurements?.[0]?.message).toContain('received non 2xx response code: 503');
    const [first, second] = (measurements ?? []).map(({ startedAt = '' }) => Date.parse(startedAt));
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(10_000);
  });

  test('under way is given up when the run is asked to end', async ({ session }) => {
    const hangs = vendor.answer('/hangs', () => 'silence');
    const url = vendor.answer('/endless', json({ ok: true }));
    const slow = webMetric(hangs, { name: 'slow' }, { timeoutSeconds: 120 });
    await session.apply(analysisRun({ metrics: [slow, webMetric(url, { interval: '1h' })] }));
    await waitFor(() => vendor.asked('/hangs') === 1 && vendor.asked('/endless') === 1, { what: 'both to be asked' });
    await terminate(session);
    const run = await untilPhase(session, 'Successful');
    expect(run.status?.message).toBe('Run Terminated');
    expect(resultOf(run)).toMatchObject({ count: 1, successful: 1 });
    expect(run.status?.metricResults?.map(({ name }) => name)).toEqual(['errors']);
    await waitFor(() => vendor.left('/hangs') > 0, { what: 'the request to be given up' });
  });

  test('under way is given up when the run is deleted', async ({ session }) => {
    const hangs = vendor.answer('/deleted', () => 'silence');
    await session.apply(analysisRun({ metrics: [webMetric(hangs, {}, { timeoutSeconds: 120 })] }));
    await waitFor(() => vendor.asked('/deleted') > 0, { what: 'the metric to be asked' });
    await session.kubectl('delete', 'analysisrun', 'check');
    await waitFor(() => vendor.left('/deleted') > 0, { what: 'the request to be given up' });
    expect(vendor.asked('/deleted')).toBe(1);
  });

  test('of a run with a time to live: the run is deleted in time', async ({ session }) => {
    const url = vendor.answer('/short-lived', json({ ok: true }));
    await session.apply(analysisRun({ metrics: [webMetric(url)], ttlStrategy: { secondsAfterSuccess: 1 } }));
    await untilPhase(session, 'Successful');
    await waitFor(() => session.kubectl('get', 'analysisruns', '-o', 'name'), {
      what: 'the run to be deleted',
      until: (names) => names === '',
    });
    expect(vendor.asked('/short-lived')).toBe(1);
  });

  test('of a run with a mistake: the run says it at once', async ({ session }) => {
    await session.apply(analysisRun({ metrics: [webMetric('http://{{args.host}}')] }));
    const run = await untilPhase(session, 'Error');
    expect(run.status?.message).toBe('Unable to resolve metric arguments: failed to resolve {{args.host}}');
  });
});

describe('a Rollout whose canary is measured', () => {
  const template = (url: string, fields: Partial<Metric> = {}): object => ({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisTemplate',
    metadata: { name: 'errors' },
    spec: { args: [{ name: 'revision' }], metrics: [webMetric(`${url}?{{args.revision}}`, fields)] },
  });
  const analysis: RolloutAnalysis = {
    templates: [{ templateName: 'errors' }],
    args: [{ name: 'revision', valueFrom: { podTemplateHashValue: 'Latest' } }],
  };

  test('goes back by itself when a measurement fails', async ({ session }) => {
    let isOk = true;
    const url = vendor.answer('/background', () => ({ body: JSON.stringify({ ok: isOk }) }));
    const canary = { analysis, steps: [{ setWeight: 50 }, { pause: {} }] };
    await session.apply(template(url, { interval: '1s' }), basicRollout({ replicas: 2, canary }));
    await session.until('web', { phase: 'Healthy' });
    await session.apply(basicRollout({ replicas: 2, canary, image: 'web:2' }));
    await session.until('web', { phase: 'Paused', canary: 1 });
    await waitFor(() => vendor.asked('/background') > 1, { what: 'the canary to be measured' });
    isOk = false;
    const { message } = await session.until('web', { phase: 'Degraded', aborted: true, stable: 2 });
    expect(message).toContain('Metric "errors" assessed Failed due to failed (1) > failureLimit (0)');
  });

  test('says with kubectl what was measured, what is allowed, and what came of it', async ({ session }) => {
    let rate = 0.01;
    const url = vendor.answer('/told', () => ({ body: JSON.stringify(rate) }));
    const canary = { steps: [{ setWeight: 50 }, { analysis }] };
    const limit = { failureCondition: 'result > 0.05', failureLimit: 1, count: 5, interval: '1s' };
    const { successCondition: _, ...measured } = webMetric(`${url}?{{args.revision}}`, limit);
    await session.apply(
      { ...template(url), spec: { args: [{ name: 'revision' }], metrics: [measured] } },
      basicRollout({ canary }),
    );
    await session.until('web', { phase: 'Healthy' });
    rate = 0.31;
    await session.apply(basicRollout({ canary, image: 'web:2' }));
    await session.until('web', { phase: 'Degraded', aborted: true });
    const told = 'errors measured 0.31, and 0.05 is the most (failureCondition: result > 0.05): 2 failed, 1 allowed';
    expect(await session.kubectl('describe', 'rollout', 'web')).toContain(told);
    const [head = '', ...rows] = (await session.kubectl('get', 'analysisruns')).trim().split('\n');
    expect(head).toMatch(/^NAME +STATUS +AGE +MESSAGE$/);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatch(/^web-\S+ +Failed +\S+ +Metric "errors" assessed Failed due to failed \(2\) > /);
    expect(rows[0]).toContain(told);
  });

  test('goes on when its step is successful', async ({ session }) => {
    const url = vendor.answer('/step', json({ ok: true }));
    const canary = { steps: [{ setWeight: 50 }, { analysis }] };
    await session.apply(template(url), basicRollout({ canary }));
    await session.until('web', { phase: 'Healthy' });
    await session.apply(basicRollout({ canary, image: 'web:2' }));
    await session.until('web', { phase: 'Healthy', stableImage: 'web:2' });
    expect(vendor.asked('/step')).toBe(1);
  });
});
