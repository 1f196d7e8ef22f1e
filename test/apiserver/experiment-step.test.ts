/**
 * Canaries with an experiment as a step, told with kubectl: pods of both versions are compared beside the rollout, and
 * what the experiment comes to decides whether the rollout goes on, goes back or waits (spec C.3, H.5).
 */
import { describe } from 'vitest';
import type { CanaryStep as Step, ExperimentStep } from '../../src/api/schema/steps.ts';
import { LABELS } from '../../src/api/words/labels.ts';
import { waitFor } from '../testbed/cluster/wait.ts';
import { promote, promoteFull, retry } from './commands.ts';
import { routedRollout, routing, type RolloutManifest } from './manifests.ts';
import { MetricPage } from './metric-page.ts';
import { test, type Session } from './session.ts';

const EXPERIMENT: ExperimentStep = {
  templates: [
    { name: 'baseline', specRef: 'stable' },
    { name: 'canary', specRef: 'canary', metadata: { labels: { side: 'new' }, annotations: { why: 'compare' } } },
  ],
  analyses: [
    {
      name: 'compare',
      templateName: 'healthy',
      requiredForCompletion: true,
      args: [
        { name: 'trial', value: '{{templates.canary.podTemplateHash}}' },
        { name: 'stable', valueFrom: { podTemplateHashValue: 'Stable' } },
        { name: 'latest', valueFrom: { podTemplateHashValue: 'Latest' } },
      ],
    },
  ],
  scaleDownDelaySeconds: 0,
};

function rolloutOf(image: string, experiment: ExperimentStep = EXPERIMENT): RolloutManifest {
  const steps: readonly Step[] = [{ setWeight: 20 }, { experiment }, { setWeight: 60 }, { pause: {} }];
  return routedRollout({ replicas: 2, image, canary: { steps } });
}

/** The first version serves; no experiment was made for it. */
async function firstDeploy(session: Session, page: MetricPage, metric: object = {}): Promise<void> {
  const template = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisTemplate',
    metadata: { name: 'healthy' },
    spec: {
      args: [{ name: 'trial' }, { name: 'stable' }, { name: 'latest' }],
      metrics: [
        { name: 'errors', successCondition: 'result.errors < 5', provider: { web: { url: page.url } }, ...metric },
      ],
    },
  };
  await session.apply(template, ...routing(), rolloutOf('web:1'));
  await session.until('web', { phase: 'Healthy', stableImage: 'web:1', weight: 0 });
}

/** Names of the experiments without the hash of their revision, with what they came to. */
async function experimentsOf(session: Session): Promise<readonly string[]> {
  const experiments = await session.list('experiments');
  return experiments
    .map(({ metadata, status }) => `${metadata.name.replace(/^web-[^-]+-/, '')} ${status?.phase ?? ''}`)
    .toSorted();
}

function untilExperiments(session: Session, wanted: readonly string[]) {
  return waitFor(() => experimentsOf(session), {
    what: `the experiments to be ${wanted.join(', ')}`,
    until: (seen) => JSON.stringify(seen) === JSON.stringify(wanted),
  });
}

describe('an experiment step', () => {
  test('runs pods of both versions, and lets the rollout go on when it is successful', async ({ session, expect }) => {
    await using page = await MetricPage.open({ errors: 0 });
    await firstDeploy(session, page);
    await session.apply(rolloutOf('web:2'));
    const { canaryHash, stableHash } = await hashesAt(session, { phase: 'Paused', index: 3, weight: 60 });
    expect(await experimentsOf(session)).toEqual(['2-1 Successful']);

    const [experiment] = await session.list('experiments');
    expect(experiment?.metadata.ownerReferences).toEqual([expect.objectContaining({ kind: 'Rollout', name: 'web' })]);
    expect(experiment?.metadata.annotations).toMatchObject({ 'rollout.argoproj.io/revision': '2' });
    const [baseline, canary] = await Promise.all(
      ['baseline', 'canary'].map((name) => session.get('replicasets', `${experiment?.metadata.name}-${name}`)),
    );
    expect(imageOf(baseline)).toBe('web:1');
    expect(imageOf(canary)).toBe('web:2');
    expect(canary?.spec.template.metadata).toMatchObject({ labels: { side: 'new' }, annotations: { why: 'compare' } });
    expect(canary?.spec.selector.matchLabels).toMatchObject({ app: 'web', side: 'new' });
    const hashes = [baseline, canary].map((one) => one?.metadata.labels?.[LABELS.podTemplateHash]);
    expect(new Set([...hashes, canaryHash, stableHash]).size).toBe(4);

    const [run] = await session.list('analysisruns');
    expect(run?.spec.args).toEqual([
      { name: 'trial', value: hashes[1] },
      { name: 'stable', value: stableHash },
      { name: 'latest', value: canaryHash },
    ]);
    await session.waitForEvent('web', 'ExperimentCreated');
    expect((await session.get('rollouts', 'web')).status?.canary?.currentExperiment).toBeUndefined();
    await promote(session, 'web');
    await session.until('web', { phase: 'Healthy', stableImage: 'web:2', weight: 0 });
  });

  test('takes a bad release back by itself, says why, and a retry repeats it', async ({ session, expect }) => {
    await using page = await MetricPage.open({ errors: 12 });
    await firstDeploy(session, page);
    await session.apply(rolloutOf('web:2'));
    const why =
      'Metric "errors" assessed Failed due to failed (1) > failureLimit (0): errors measured {"errors":12}, and less than 5 is needed (successCondition: result.errors < 5): 1 failed, 0 allowed';
    await session.until('web', {
      phase: 'Degraded',
      message: `RolloutAborted: Rollout aborted update to revision 2: Experiment analysis phase is error/failed: ${why}`,
      aborted: true,
      weight: 0,
      stableService: 'web:1',
    });
    expect(await experimentsOf(session)).toEqual(['2-1 Failed']);
    page.shows = { errors: 0 };
    await retry(session, 'web');
    await session.until('web', { phase: 'Paused', index: 3, weight: 60 });
    expect(await experimentsOf(session)).toEqual(['2-1 Failed', '2-1-1 Successful']);
  });

  test('pauses when it shows nothing, and is repeated when a person resumes', async ({ session, expect }) => {
    await using page = await MetricPage.open({ errors: 7 });
    await firstDeploy(session, page, { failureCondition: 'result.errors > 10' });
    await session.apply(rolloutOf('web:2'));
    await session.until('web', { phase: 'Paused', message: 'InconclusiveExperiment', index: 1, weight: 20 });
    expect(await experimentsOf(session)).toEqual(['2-1 Inconclusive']);
    page.shows = { errors: 0 };
    await promote(session, 'web');
    await session.until('web', { phase: 'Paused', message: 'CanaryPauseStep', index: 3, weight: 60 });
    expect(await experimentsOf(session)).toEqual(['2-1 Inconclusive', '2-1-1 Successful']);
  });

  test('ends with its pods when the rollout is promoted in full', async ({ session }) => {
    await using page = await MetricPage.open({ errors: 0 });
    await firstDeploy(session, page, { count: 100_000, interval: '1s' });
    await session.apply(rolloutOf('web:2'));
    await untilExperiments(session, ['2-1 Running']);
    await promoteFull(session, 'web');
    await session.until('web', { phase: 'Healthy', stableImage: 'web:2', weight: 0 });
    await untilExperiments(session, ['2-1 Successful']);
    await waitFor(() => session.list('replicasets'), {
      what: 'the pods of the experiment to be removed',
      until: (all) =>
        all.filter(({ spec }) => spec.replicas !== 0).every(({ metadata }) => !metadata.name.includes('2-1-')),
    });
  });
});

function imageOf(replicaSet: Awaited<ReturnType<Session['list']>>[number] | undefined): unknown {
  const spec = (replicaSet as { spec?: { template?: { spec?: { containers?: { image?: string }[] } } } } | undefined)
    ?.spec;
  return spec?.template?.spec?.containers?.[0]?.image;
}

async function hashesAt(session: Session, wanted: Parameters<Session['until']>[1]) {
  await session.until('web', wanted);
  const { status } = await session.get('rollouts', 'web');
  return { canaryHash: status?.currentPodHash, stableHash: status?.stableRS };
}
