/**
 * Canaries that measure, told with kubectl: what a run comes to decides whether the rollout goes on, goes back or waits
 * (spec B.8, H.3). What is measured is a web page of this test.
 */
import { describe, expect } from 'vitest';
import { waitFor } from '../testbed/cluster/wait.ts';
import { promote, promoteFull, retry } from './commands.ts';
import { routedRollout, routing, type RolloutManifest } from './manifests.ts';
import { MetricPage } from './metric-page.ts';
import { test, type Session } from './session.ts';

type Step = NonNullable<NonNullable<NonNullable<RolloutManifest['spec']['strategy']>['canary']>['steps']>[number];

const ANALYSIS = { templates: [{ templateName: 'healthy' }] };
const STEPS: readonly Step[] = [{ setWeight: 20 }, { analysis: ANALYSIS }, { setWeight: 60 }, { pause: {} }];

function templateOf(page: MetricPage, metric: object = {}): object {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisTemplate',
    metadata: { name: 'healthy' },
    spec: {
      metrics: [
        {
          name: 'errors',
          interval: '1s',
          count: 2,
          successCondition: 'result.errors < 5',
          provider: { web: { url: page.url } },
          ...metric,
        },
      ],
    },
  };
}

function rolloutOf(image: string, { analysis, steps = STEPS }: { analysis?: object; steps?: readonly Step[] } = {}) {
  return routedRollout({ replicas: 2, image, canary: { steps, ...(analysis === undefined ? {} : { analysis }) } });
}

/** The first version serves, and was not measured. */
async function firstDeploy(session: Session, page: MetricPage, rollout: RolloutManifest, metric: object = {}) {
  await session.apply(templateOf(page, metric), ...routing(), rollout);
  await session.until('web', { phase: 'Healthy', stableImage: 'web:1', weight: 0 });
  expect(await runsOf(session)).toEqual([]);
}

/** Names of the runs without the hash of their revision, oldest first, with what they came to. */
async function runsOf(session: Session): Promise<readonly string[]> {
  const runs = await session.list('analysisruns');
  return runs
    .toSorted((a, b) => Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion))
    .map(({ metadata, status }) => `${metadata.name.replace(/^web-[^-]+-/, '')} ${status?.phase ?? ''}`)
    .toSorted();
}

function untilRuns(session: Session, wanted: readonly string[]) {
  return waitFor(() => runsOf(session), {
    what: `the runs to be ${wanted.join(', ')}`,
    until: (runs) => JSON.stringify(runs) === JSON.stringify(wanted),
  });
}

describe('an analysis step', () => {
  test('lets the rollout go on when its run is successful', async ({ session, expect: check }) => {
    await using page = await MetricPage.open({ errors: 0 });
    await firstDeploy(session, page, rolloutOf('web:1'));
    await session.apply(rolloutOf('web:2'));
    await session.until('web', { phase: 'Paused', index: 3, weight: 60 });
    check(await runsOf(session)).toEqual(['2-1 Successful']);
    check(page.answered).toBe(2);
    await promote(session, 'web');
    await session.until('web', { phase: 'Healthy', stableImage: 'web:2', weight: 0 });
    await session.waitForEvent('web', 'AnalysisRunSuccessful');
  });

  test('takes a bad release back by itself, says why, and a retry measures again', async ({
    session,
    expect: check,
  }) => {
    await using page = await MetricPage.open({ errors: 12 });
    await firstDeploy(session, page, rolloutOf('web:1'));
    await session.apply(rolloutOf('web:2'));
    const why =
      'Metric "errors" assessed Failed due to failed (1) > failureLimit (0): errors measured {"errors":12}, and less than 5 is needed (successCondition: result.errors < 5): 1 failed, 0 allowed';
    await session.until('web', {
      phase: 'Degraded',
      message: `RolloutAborted: Rollout aborted update to revision 2: Step-based analysis phase error/failed: ${why}`,
      aborted: true,
      weight: 0,
      stableService: 'web:1',
    });
    check(await runsOf(session)).toEqual(['2-1 Failed']);
    check(await session.kubectl('describe', 'rollout', 'web')).toContain(why);
    page.shows = { errors: 0 };
    await retry(session, 'web');
    await session.until('web', { phase: 'Paused', index: 3, weight: 60 });
    check(await runsOf(session)).toEqual(['2-1 Failed', '2-1.1 Successful']);
  });

  test('pauses when its run shows nothing, and measures again when a person resumes', async ({
    session,
    expect: check,
  }) => {
    await using page = await MetricPage.open({ errors: 7 });
    const metric = { successCondition: 'result.errors < 5', failureCondition: 'result.errors > 10' };
    await firstDeploy(session, page, rolloutOf('web:1'), metric);
    await session.apply(rolloutOf('web:2'));
    await session.until('web', { phase: 'Paused', message: 'InconclusiveAnalysisRun', index: 1, weight: 20 });
    check(await runsOf(session)).toEqual(['2-1 Inconclusive']);
    page.shows = { errors: 0 };
    await promote(session, 'web');
    await session.until('web', { phase: 'Paused', message: 'CanaryPauseStep', index: 3, weight: 60 });
    check(await runsOf(session)).toEqual(['2-1 Inconclusive', '2-1.1 Successful']);
  });

  test('ends its run when the rollout is promoted in full', async ({ session }) => {
    await using page = await MetricPage.open({ errors: 0 });
    await firstDeploy(session, page, rolloutOf('web:1'), { count: 100_000 });
    await session.apply(rolloutOf('web:2'));
    await untilRuns(session, ['2-1 Running']);
    await promoteFull(session, 'web');
    await session.until('web', { phase: 'Healthy', stableImage: 'web:2', weight: 0 });
    await untilRuns(session, ['2-1 Successful']);
  });
});

describe('a background analysis', () => {
  const steps: readonly Step[] = [{ setWeight: 20 }, { pause: {} }, { setWeight: 60 }, { pause: {} }];

  test('measures from the first step to the promotion, and ends with it', async ({ session, expect: check }) => {
    await using page = await MetricPage.open({ errors: 0 });
    const rollout = (image: string) => rolloutOf(image, { analysis: ANALYSIS, steps });
    await firstDeploy(session, page, rollout('web:1'), { count: 0 });
    await session.apply(rollout('web:2'));
    await session.until('web', { phase: 'Paused', index: 1, weight: 20 });
    check(await runsOf(session)).toEqual(['2 Running']);
    await promote(session, 'web');
    await session.until('web', { phase: 'Paused', index: 3, weight: 60 });
    await promote(session, 'web');
    await session.until('web', { phase: 'Healthy', stableImage: 'web:2', weight: 0 });
    await untilRuns(session, ['2 Successful']);
    await session.settled();
    check((await session.look('web')).phase).toBe('Healthy');
  });

  test('takes the release back from a pause', async ({ session, expect: check }) => {
    await using page = await MetricPage.open({ errors: 0 });
    const rollout = (image: string) => rolloutOf(image, { analysis: ANALYSIS, steps });
    await firstDeploy(session, page, rollout('web:1'), { count: 0 });
    await session.apply(rollout('web:2'));
    await session.until('web', { phase: 'Paused', index: 1, weight: 20 });
    page.shows = { errors: 50 };
    await session.until('web', { phase: 'Degraded', aborted: true, weight: 0, stableService: 'web:1' });
    check(await runsOf(session)).toEqual(['2 Failed']);
  });
});

test('a template that comes after its Rollout is waited for, and then measured with', async ({
  session,
  expect: check,
}) => {
  await using page = await MetricPage.open({ errors: 0 });
  await session.apply(...routing(), rolloutOf('web:1'));
  await waitFor(async () => (await session.look('web')).message, {
    what: 'the Rollout to say what is missing',
    until: (message) => message.includes("AnalysisTemplate 'healthy' not found"),
  });
  await session.apply(templateOf(page));
  await session.until('web', { phase: 'Healthy', stableImage: 'web:1' });
  await session.apply(rolloutOf('web:2'));
  await session.until('web', { phase: 'Paused', index: 3, weight: 60 });
  check(await runsOf(session)).toEqual(['2-1 Successful']);
});
