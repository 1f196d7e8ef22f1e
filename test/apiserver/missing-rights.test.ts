/**
 * A controller whose ClusterRole says nothing of analyses, as in a cluster whose image was upgraded before its rights:
 * releases and commands work, and a Rollout with an analysis waits until the rights are granted.
 */
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest';
import { findCondition } from '../../src/kube/conditions.ts';
import { startCluster, type Cluster } from '../testbed/cluster/cluster.ts';
import { startController, type ControllerProcess } from '../testbed/cluster/controller-process.ts';
import { installSerin } from '../testbed/cluster/install.ts';
import { waitFor } from '../testbed/cluster/wait.ts';
import { abort, retry } from './commands.ts';
import { accessTo } from './global-setup.ts';
import { routedRollout, routing, type RolloutManifest } from './manifests.ts';
import { Session } from './session.ts';

interface Role {
  readonly rules: readonly { readonly resources: readonly string[] }[];
}

let cluster: Cluster;
let controller: ControllerProcess;
beforeAll(async () => {
  cluster = await startCluster();
  const { plane } = cluster;
  await installSerin(plane);
  const role = JSON.parse(await plane.mustKubectl(['get', 'clusterrole', 'serin', '-o', 'json'])) as Role;
  const rules = role.rules.filter(({ resources }) => !resources.some((one) => one.includes('analysis')));
  if (rules.length !== role.rules.length - 3) throw new Error('the ClusterRole has other rules of analyses');
  await plane.mustKubectl(['patch', 'clusterrole', 'serin', '--type=merge', '-p', JSON.stringify({ rules })]);
  controller = await startController(plane);
});
afterAll(() => cluster?.stop());

async function openSession(): Promise<Session> {
  const session = await Session.open(await accessTo(cluster.plane, controller));
  onTestFailed(async () => console.error(await session.report()));
  return session;
}

test('a canary without an analysis is released, and can be aborted', async () => {
  const session = await openSession();
  const manifest = (image: string): RolloutManifest =>
    routedRollout({ image, canary: { steps: [{ setWeight: 50 }, { pause: {} }] } });
  await session.apply(...routing(), manifest('web:1'));
  await session.until('web', { phase: 'Healthy', weight: 0 });
  await session.apply(manifest('web:2'));
  await session.until('web', { phase: 'Paused', index: 1, weight: 50 });
  await abort(session, 'web');
  await session.until('web', { phase: 'Degraded', aborted: true, weight: 0 });
  await retry(session, 'web');
  const { canaryImage } = await session.until('web', { phase: 'Paused', aborted: false, weight: 50 });
  expect(canaryImage).toBe('web:2');
});

test('a canary with an analysis waits for the right to read it, and goes on when that is granted', async () => {
  const session = await openSession();
  const steps = [{ setWeight: 50 }, { analysis: { templates: [{ templateName: 'smoke' }] } }, { pause: {} }];
  const manifest = (image: string): RolloutManifest => routedRollout({ image, canary: { steps } });
  const template = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisTemplate',
    metadata: { name: 'smoke' },
    spec: { metrics: [{ name: 'errors', provider: { web: { url: 'http://127.0.0.1:9/' } } }] },
  };
  await session.apply(template, ...routing(), manifest('web:1'));
  await session.until('web', { phase: 'Healthy', weight: 0 });
  await session.apply(manifest('web:2'));
  await session.until('web', { phase: 'Progressing', index: 1, weight: 50 });
  const why = async () => findCondition((await session.get('rollouts', 'web')).status?.conditions, 'Blocked')?.message;
  await waitFor(why, {
    what: 'the missing right to be named',
    until: (message = '') => /cannot list resource "analysis(runs|templates)"/.test(message),
  });
  await abort(session, 'web');
  await session.until('web', { phase: 'Degraded', aborted: true, weight: 0 });
  await retry(session, 'web');
  await session.until('web', { phase: 'Progressing', index: 1, weight: 50 });
  // Nothing has listed them yet, and the API server answers the first that does with an error.
  await waitFor(() => session.list('analysisruns'), { what: 'no run at all', until: ({ length }) => length === 0 });

  await installSerin(cluster.plane);
  const runs = await waitFor(() => session.list('analysisruns'), {
    what: 'the AnalysisRun',
    until: ({ length }) => length > 0,
  });
  expect(runs.map(({ metadata }) => metadata.labels?.['step-index'])).toEqual(['1']);
  expect((await controller.log()).match(/This resource may not be read/g)).toHaveLength(3);
});
