/** The plugin of Argo Rollouts and our command line print the same of the same cluster, state by state. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect } from 'vitest';
import { abort, pause, promote } from '../apiserver/commands.ts';
import { allowJobs } from '../apiserver/analysis-examples.ts';
import { jobMetric } from '../apiserver/analysis-scene.ts';
import {
  blueGreenRollout,
  routedRollout,
  routing,
  twoServices,
  withPodAnnotations,
  type RolloutManifest,
} from '../apiserver/manifests.ts';
import { test, type Session } from '../apiserver/session.ts';
import { REPOSITORY } from '../testbed/cluster/repository.ts';
import { waitFor } from '../testbed/cluster/wait.ts';
import { DIFFERENCES, expectSamePicture, unseenDifferences, type State } from './pictures.ts';

const steps = [{ setWeight: 20 }, { pause: {} }, { setWeight: 60 }, { pause: {} }];

function release(image: string, canary: object = {}): RolloutManifest {
  return routedRollout({ replicas: 2, image, canary: { steps, ...canary } });
}

/** The first version serves. */
async function serving(session: Session, canary: object = {}): Promise<void> {
  await session.apply(...routing(), release('web:1', canary));
  await session.until('web', { phase: 'Healthy', stableImage: 'web:1' });
}

/** All three commands that print a Rollout. Returns what `get rollout` prints. */
async function expectSamePictures(session: Session, state?: State): Promise<string> {
  await expectSamePicture(session, ['list', 'rollouts']);
  await expectSamePicture(session, ['status', 'web', '--watch=false']);
  return expectSamePicture(session, ['get', 'rollout', 'web', '--no-color'], state);
}

describe('a canary', () => {
  test('that is deployed for the first time', async ({ session }) => {
    const waiting = withPodAnnotations(release('web:1'), { 'serin.test/ready': 'false' });
    await session.apply(...routing(), waiting);
    await session.until('web', { phase: 'Progressing', pods: 2 });
    expect(await expectSamePictures(session)).toMatch(/□ web-\S+  Pod  ✔ Running  TIME  ready:0\/1$/m);
    await session.makeReady('web:1', 2);
    await session.until('web', { phase: 'Healthy' });
    expect(await expectSamePictures(session)).toMatch(/⧉ web-\S+  ReplicaSet  ✔ Healthy  TIME  stable$/m);
  });

  test('at a pause', async ({ session }) => {
    await serving(session);
    await session.apply(release('web:2'));
    await session.until('web', { phase: 'Paused', index: 1, weight: 20, canaryAvailable: 1 });
    expect(await expectSamePictures(session)).toMatch(/^├──# revision:2$/m);
  });

  test('whose pods cannot start', async ({ session }) => {
    await serving(session);
    await session.apply(release('bad-image:2'));
    await session.until('web', { phase: 'Progressing', index: 0 });
    await waitFor(() => session.kubectl('get', 'pods'), {
      what: 'a pod that cannot have its image',
      until: (text) => text.includes('ImagePullBackOff'),
    });
    expect(await expectSamePictures(session)).toMatch(/Pod  ⚠ ImagePullBackOff  TIME  ready:0\/1$/m);
  });

  test('whose pods crash', async ({ session }) => {
    await serving(session);
    await session.kubectl('annotate', 'pod', '--all', 'serin.test/crash=once');
    await waitFor(() => session.kubectl('get', 'pods'), {
      what: 'both pods to have been started again',
      until: (text) => /(?:\s1\/1\s+Running\s+1 [^]*){2}/.test(text),
    });
    await session.until('web', { phase: 'Healthy' });
    expect(await expectSamePictures(session)).toMatch(/ready:1\/1,restarts:1$/m);
  });

  test('that cannot be rolled out', async ({ session }) => {
    await serving(session);
    await session.kubectl('delete', 'service', 'web-canary');
    await session.apply(release('web:2'));
    await session.until('web', { phase: 'Degraded' });
    const picture = await expectSamePictures(session, 'a template that the controller refuses');
    expect(picture).toMatch(/^Message: +InvalidSpec: .*"web-canary"/m);
  });

  test('with an analysis that has a Job', async ({ session }) => {
    await allowJobs(session);
    const analysis = { templates: [{ templateName: 'check' }] };
    const checked = { steps: [{ setWeight: 20 }, { analysis }, { pause: {} }] };
    const template = { apiVersion: 'argoproj.io/v1alpha1', kind: 'AnalysisTemplate', metadata: { name: 'check' } };
    const metrics = [jobMetric({}, 'smoke'), jobMetric({ command: ['sleep', '3600'] }, 'long')];
    await session.apply({ ...template, spec: { metrics } });
    await serving(session, checked);
    await session.apply(release('web:2', checked));
    await waitFor(() => session.list('analysisruns'), {
      what: 'one of the two metrics to be measured',
      until: ([run]) => run?.status?.metricResults?.some(({ successful }) => successful === 1) === true,
    });
    const picture = await expectSamePictures(session);
    expect(picture).toMatch(/α web-\S+  AnalysisRun  ◌ Running  TIME  ✔ 1$/m);
    expect(picture).toMatch(/⊞ \S+\.smoke\.1  Job  ✔ Successful  TIME$/m);
  });

  test('with an experiment', async ({ session }) => {
    const templates = [
      { name: 'baseline', specRef: 'stable' as const },
      { name: 'canary', specRef: 'canary' as const },
    ];
    const compared = { steps: [{ experiment: { templates } }, { pause: {} }] };
    await serving(session, compared);
    await session.apply(release('web:2', compared));
    await waitFor(() => session.list('experiments'), {
      what: 'the experiment to run',
      until: ([one]) => one?.status?.phase === 'Running',
    });
    const picture = await expectSamePictures(session);
    expect(picture).toMatch(/Σ web-\S+  Experiment  ◌ Running  TIME$/m);
    expect(picture).toMatch(/^Images: +web:1 \(stable, Σ:baseline\)$/m);
    const [{ metadata: { name } } = { metadata: { name: '' } }] = await session.list('experiments');
    await expectSamePicture(session, ['list', 'experiments']);
    expect(await expectSamePicture(session, ['get', 'experiment', name, '--no-color'])).toMatch(/^├──⧉ \S+-baseline /m);
  });

  test('that was aborted', async ({ session }) => {
    await serving(session);
    await session.apply(release('web:2'));
    await session.until('web', { phase: 'Paused', index: 1, weight: 20 });
    await abort(session, 'web');
    await session.until('web', { phase: 'Degraded', weight: 0 });
    expect(await expectSamePictures(session)).toMatch(/^Status: +✖ Degraded$/m);
  });

  test('that is promoted, and its former revision waits to be removed', async ({ session }) => {
    const patient = { steps: [{ setWeight: 20 }], scaleDownDelaySeconds: 3600 };
    await serving(session, patient);
    await session.apply(release('web:2', patient));
    await session.until('web', { phase: 'Healthy', stableImage: 'web:2' });
    expect(await expectSamePictures(session)).toMatch(/ReplicaSet  ✔ Healthy  TIME  delay:TIME$/m);
  });

  test('that a person has paused, with a revision that has no pods any more', async ({ session }) => {
    await serving(session, { steps: [] });
    await session.apply(release('web:2', { steps: [], scaleDownDelaySeconds: 30 }));
    await session.until('web', { phase: 'Healthy', stableImage: 'web:2', retired: 0 });
    await pause(session, 'web');
    await session.until('web', { phase: 'Paused' });
    expect(await expectSamePictures(session)).toMatch(/ReplicaSet  • ScaledDown  TIME$/m);
  });
});

describe('blue-green', () => {
  test('with a preview, and after the switch', async ({ session }) => {
    const blueGreen = { autoPromotionEnabled: false, scaleDownDelaySeconds: 3600 };
    await session.apply(...twoServices(), blueGreenRollout({ replicas: 2, blueGreen }));
    await session.until('web', { phase: 'Healthy' });
    await session.apply(blueGreenRollout({ replicas: 2, image: 'web:2', blueGreen }));
    await session.until('web', { phase: 'Paused', preview: 'web:2' });
    expect(await expectSamePictures(session)).toMatch(/ReplicaSet  ✔ Healthy  TIME  preview$/m);
    await promote(session, 'web');
    await session.until('web', { phase: 'Healthy', active: 'web:2' });
    expect(await expectSamePictures(session)).toMatch(/ReplicaSet  ✔ Healthy  TIME  stable,active$/m);
  });
});

test('every difference is a row of the page', async () => {
  const page = await readFile(join(REPOSITORY, 'docs/cli.md'), 'utf8');
  expect(DIFFERENCES.filter(({ what }) => !page.includes(`| \`get rollout\`: ${what} |`))).toEqual([]);
});

afterAll(() => {
  const unseen = unseenDifferences();
  if (unseen.length > 0) throw new Error(`No picture shows any more: ${unseen.join(', ')}`);
});
