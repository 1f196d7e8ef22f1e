/**
 * Rollouts whose template lies elsewhere (spec 10.6): the place of a running Deployment is taken and given back, and a
 * reference that leads nowhere moves nothing.
 */
import { describe, expect } from 'vitest';
import type { RolloutSpec } from '../../src/api/schema/rollout.ts';
import { waitFor } from '../testbed/cluster/wait.ts';
import { abort, patchSpec, promote } from './commands.ts';
import { basicRollout, routedRollout, routing, type RolloutManifest } from './manifests.ts';
import { Recording } from './recording.ts';
import { imageOf } from './scene.ts';
import { test, type Session } from './session.ts';

const GENERATION = 'rollout.argoproj.io/workload-generation';
const INVALID = 'InvalidSpec: The Rollout "web" is invalid:';
const APP = { app: 'web' };

function template(image: string): object {
  return { metadata: { labels: APP }, spec: { containers: [{ name: 'web', image }] } };
}

function deployment(image: string, replicas: number): object {
  const spec = { replicas, selector: { matchLabels: APP }, template: template(image) };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec };
}

/** The same Rollout without a template, which it takes from Deployment `web` unless the reference says otherwise. */
function referring(manifest: RolloutManifest, reference: NonNullable<RolloutSpec['workloadRef']> = {}): object {
  const { template: _template, selector: _selector, ...spec } = manifest.spec;
  const workloadRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', ...reference };
  return { ...manifest, spec: { ...spec, workloadRef } };
}

async function podsOfDeployment(session: Session, name: string): Promise<number> {
  return (await session.get('deployments', name)).status?.replicas ?? 0;
}

async function untilDeploymentHas(session: Session, name: string, pods: number): Promise<void> {
  await waitFor(async () => (await session.get('deployments', name)).status?.readyReplicas ?? 0, {
    what: `Deployment ${name} to have ${pods} ready pods`,
    until: (ready) => ready === pods,
  });
}

describe('the echoserver', () => {
  const OLD = 'cilium/echoserver:1.10.2';
  const NEW = 'cilium/echoserver:1.10.3';

  async function adopt(session: Session): Promise<void> {
    await session.applyExamples('echoserver.yaml');
    await untilDeploymentHas(session, 'echoserver', 5);
    await session.applyExamples('echoserver-rollout.yaml');
    await session.until('echoserver', { phase: 'Healthy', stableService: OLD, canaryService: OLD, available: 5 });
    await untilDeploymentHas(session, 'echoserver', 0);
  }

  test('is adopted: its pods go when those of the Rollout are behind the Service, and nothing else of it changes', async ({
    session,
  }) => {
    await session.applyExamples('echoserver.yaml');
    await untilDeploymentHas(session, 'echoserver', 5);
    const { spec } = await session.get('deployments', 'echoserver');
    using recording = await Recording.start(session, 'rollouts', 'replicasets', 'services', 'deployments');
    await session.applyExamples('echoserver-rollout.yaml');
    await untilDeploymentHas(session, 'echoserver', 0);
    const isGiven = (moment: { readonly left: number }) => moment.left < 5;
    const moments = await recording.moments('echoserver', ({ available, stableService }, { deployments }) => ({
      left: deployments.find(({ metadata }) => metadata.name === 'echoserver')?.spec.replicas ?? 0,
      available,
      stableService,
    }));
    expect(moments.find(isGiven)).toEqual({ left: 0, available: 5, stableService: OLD });
    expect((await session.get('deployments', 'echoserver')).spec).toEqual({ ...spec, replicas: 0 });
    const { status } = await session.get('rollouts', 'echoserver');
    expect(status?.selector).toBe('app=echoserver');
    await waitFor(async () => (await session.get('rollouts', 'echoserver')).status?.workloadScaleDown, {
      what: 'the handover to be over',
      until: (scaleDown) => scaleDown?.done === true && scaleDown.from === 5,
    });
  });

  test('is released by editing the Deployment, aborted, and given back', async ({ session }) => {
    await adopt(session);
    await session.kubectl('set', 'image', 'deployment/echoserver', `echoserver=${NEW}`);
    await session.until('echoserver', { phase: 'Paused', index: 1, canaryImage: NEW, canary: 1, weight: 20 });
    const { metadata, status } = await session.get('rollouts', 'echoserver');
    const { generation } = (await session.get('deployments', 'echoserver')).metadata;
    expect(metadata.annotations?.[GENERATION]).toBe(String(generation));
    expect(status?.workloadObservedGeneration).toBe(String(generation));
    expect(await podsOfDeployment(session, 'echoserver')).toBe(0);

    await abort(session, 'echoserver');
    await session.until('echoserver', { phase: 'Degraded', weight: 0, stable: 5, stableService: OLD });
    await session.kubectl('set', 'image', 'deployment/echoserver', `echoserver=${OLD}`);
    await session.until('echoserver', { phase: 'Healthy', stableImage: OLD, weight: 0 });
    await session.kubectl('set', 'image', 'deployment/echoserver', `echoserver=${NEW}`);
    await session.until('echoserver', { phase: 'Paused', index: 1, weight: 20 });
    await promote(session, 'echoserver');
    await session.until('echoserver', { phase: 'Paused', index: 3, weight: 60 });
    await promote(session, 'echoserver');
    await session.until('echoserver', { phase: 'Healthy', stableImage: NEW, stableService: NEW, weight: 0 });

    await patchSpec(session, 'echoserver', { workloadRef: { scaleDown: 'never' } });
    await session.kubectl('scale', 'deployment/echoserver', '--replicas=5');
    await untilDeploymentHas(session, 'echoserver', 5);
    await session.kubectl('delete', 'rollout', 'echoserver');
    await waitFor(async () => (await session.get('services', 'echoserver')).spec.selector, {
      what: 'the Service to select every pod again',
      until: (selector) => JSON.stringify(selector) === '{"app":"echoserver"}',
    });
    await waitFor(() => session.list('pods'), {
      what: 'only the pods of the Deployment to be left',
      until: (pods) => pods.length === 5,
    });
    expect(await session.list('ingresses')).toHaveLength(1);
  });

  test('the way back is open at once: a Deployment that is scaled up after the handover stays up', async ({
    session,
  }) => {
    await adopt(session);
    await session.kubectl('scale', 'deployment/echoserver', '--replicas=5');
    await untilDeploymentHas(session, 'echoserver', 5);
    await session.settled();
    expect(await session.look('echoserver')).toMatchObject({ phase: 'Healthy', revision: 1, available: 5 });
    expect(await podsOfDeployment(session, 'echoserver')).toBe(5);
  });
});

describe('scaleDown', () => {
  test('never: the Deployment keeps its pods, and its changes are released all the same', async ({ session }) => {
    const canary = { steps: [{ setWeight: 50 }, { pause: {} }] };
    await session.apply(
      deployment('web:1', 2),
      referring(basicRollout({ replicas: 2, canary }), { scaleDown: 'never' }),
    );
    await session.until('web', { phase: 'Healthy', pods: 2 });
    await untilDeploymentHas(session, 'web', 2);
    await session.apply(deployment('web:2', 2));
    await session.until('web', { phase: 'Paused', index: 1, sizes: 'web:1=1 web:2=1' });
    expect((await session.get('deployments', 'web')).spec.replicas).toBe(2);
  });

  test('progressively: for each pod of the Rollout that is available one of the Deployment goes', async ({
    session,
  }) => {
    const held = { ...template('web:1'), metadata: { labels: APP, annotations: { 'serin.test/ready': 'true' } } };
    const web = deployment('web:1', 3) as { readonly spec: object };
    await session.apply({ ...web, spec: { ...web.spec, template: held } });
    await untilDeploymentHas(session, 'web', 3);
    using recording = await Recording.start(session, 'rollouts', 'replicasets', 'deployments');
    await session.apply(...routing());
    await session.apply(referring(routedRollout({ replicas: 3 }), { scaleDown: 'progressively' }));
    await untilDeploymentHas(session, 'web', 0);
    await session.until('web', { phase: 'Healthy', available: 3 });
    const together = await recording.moments('web', ({ available }, { deployments }) => {
      return available + (deployments[0]?.spec.replicas ?? 0);
    });
    expect(Math.min(...together)).toBeGreaterThanOrEqual(3);
  });
});

describe('a reference that leads nowhere', () => {
  test('is told, and healed by the object that comes', async ({ session }) => {
    await session.apply(referring(basicRollout({ replicas: 1 })));
    const message = `${INVALID} deployments.apps "web" not found`;
    await session.until('web', { phase: 'Degraded', message });
    expect(await session.list('replicasets')).toEqual([]);
    await session.apply(deployment('web:1', 0));
    await session.until('web', { phase: 'Healthy', message: '', canaryImage: 'web:1' });
  });

  test('in the middle of a release lets sizes follow and nothing else, and the release goes on when it is back', async ({
    session,
  }) => {
    const canary = { steps: [{ setWeight: 25 }, { pause: {} }] };
    const rollout = referring(routedRollout({ replicas: 4, canary }));
    await session.apply(...routing(), deployment('web:1', 0), rollout);
    await session.until('web', { phase: 'Healthy' });
    await session.apply(deployment('web:2', 0));
    const paused = { index: 1, weight: 25, sizes: 'web:1=4 web:2=1', stableService: 'web:1', canaryService: 'web:2' };
    await session.until('web', { phase: 'Paused', ...paused });
    await session.kubectl('delete', 'deployment', 'web');
    await session.until('web', {
      phase: 'Degraded',
      message: `${INVALID} deployments.apps "web" not found`,
      ...paused,
    });
    await patchSpec(session, 'web', { replicas: 8 });
    const resized = { ...paused, sizes: 'web:1=8 web:2=2' };
    await session.until('web', { phase: 'Degraded', ...resized });
    await session.settled();
    expect(await session.look('web')).toMatchObject(resized);
    await session.apply(deployment('web:2', 0));
    await session.until('web', { phase: 'Paused', ...resized });
  });

  test.for([
    {
      name: 'a kind without a template',
      reference: { kind: 'StatefulSet' },
      says: 'workloadRef cannot refer to kind "apps/v1 StatefulSet"',
    },
    {
      name: 'a way to scale down that nobody knows',
      reference: { scaleDown: 'onSuccess' },
      says: 'workloadRef.scaleDown "onSuccess"',
    },
  ])('$name is told', async ({ reference, says }, { session }) => {
    await session.apply(deployment('web:1', 0), referring(basicRollout({ replicas: 1 }), reference));
    await waitFor(async () => (await session.get('rollouts', 'web')).status?.message ?? '', {
      what: 'the reason in the status',
      until: (message) => message.startsWith(`${INVALID} ${says}`),
    });
    await patchSpec(session, 'web', { workloadRef: { kind: 'Deployment', scaleDown: 'never' } });
    await session.until('web', { phase: 'Healthy', message: '' });
  });

  test('labels in a template beside it are told', async ({ session }) => {
    const workloadRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
    await session.apply(deployment('web:1', 0), basicRollout({ replicas: 1, workloadRef }));
    await session.until('web', {
      phase: 'Degraded',
      message: `${INVALID} template must be empty for workload reference rollout`,
    });
  });
});

describe('other kinds', () => {
  test('a ReplicaSet', async ({ session }) => {
    const web = deployment('web:1', 0);
    await session.apply(
      { ...web, kind: 'ReplicaSet' },
      referring(basicRollout({ replicas: 2 }), { kind: 'ReplicaSet' }),
    );
    await session.until('web', { phase: 'Healthy', sizes: 'web:1=2' });
    const present = await session.get('replicasets', 'web');
    expect(present.metadata.ownerReferences).toBeUndefined();
    expect(present.spec.replicas).toBe(0);
  });

  test('a PodTemplate, whose changes are released', async ({ session }) => {
    const podTemplate = (image: string) => ({
      apiVersion: 'v1',
      kind: 'PodTemplate',
      metadata: { name: 'web' },
      template: template(image),
    });
    const { template: _template, ...spec } = basicRollout({ replicas: 2 }).spec;
    const workloadRef = { apiVersion: 'v1', kind: 'PodTemplate', name: 'web' };
    await session.apply(podTemplate('web:1'), { ...basicRollout(), spec: { ...spec, workloadRef } });
    await session.until('web', { phase: 'Healthy', sizes: 'web:1=2' });
    await session.apply(podTemplate('web:2'));
    await session.until('web', { phase: 'Healthy', sizes: 'web:2=2', revision: 2 });
    const own = (await session.list('replicasets')).map(imageOf);
    expect(own.toSorted()).toEqual(['web:1', 'web:2']);
  });
});

test('another workload, with another selector, is a release like any other, and so is the way back', async ({
  session,
}) => {
  const canary = { steps: [{ setWeight: 25 }, { pause: {} }] };
  await session.apply(...routing(), deployment('web:1', 0), referring(routedRollout({ replicas: 4, canary })));
  await session.until('web', { phase: 'Healthy' });
  const labels = { ...APP, track: 'b' };
  const other = { ...template('web:2'), metadata: { labels } };
  await session.apply({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web-b' },
    spec: { replicas: 0, selector: { matchLabels: labels }, template: other },
  });
  await patchSpec(session, 'web', { workloadRef: { name: 'web-b' } });
  const split = { index: 1, weight: 25, sizes: 'web:1=4 web:2=1' };
  await session.until('web', { phase: 'Paused', ...split, stableService: 'web:1', canaryService: 'web:2' });
  await promote(session, 'web');
  await session.until('web', { phase: 'Healthy', stableImage: 'web:2', stableService: 'web:2', weight: 0 });
  await patchSpec(session, 'web', { workloadRef: { name: 'web' } });
  await session.until('web', { phase: 'Paused', index: 1, weight: 25, canaryImage: 'web:1', stableService: 'web:2' });
  expect(await session.list('replicasets', 'rollouts-pod-template-hash')).toHaveLength(2);
});

test('a template that moves from the Deployment into the Rollout is no new revision, leaves no trace of the reference, and may go back', async ({
  session,
}) => {
  await session.apply(deployment('web:1', 0), referring(basicRollout({ replicas: 2 })));
  await session.until('web', { phase: 'Healthy', revision: 1 });
  const own = { spec: { selector: { matchLabels: APP }, template: template('web:1'), workloadRef: null } };
  await session.kubectl('patch', 'rollout', 'web', '--type=merge', '-p', JSON.stringify(own));
  await session.until('web', { phase: 'Healthy', revision: 1, pods: 2 });
  const rollout = await waitFor(() => session.get('rollouts', 'web'), {
    what: 'the traces of the reference to go',
    until: ({ metadata, status }) =>
      metadata.annotations?.[GENERATION] === undefined && status?.workloadObservedGeneration === undefined,
  });
  expect(rollout.status?.workloadScaleDown).toBeUndefined();

  const workloadRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
  await patchSpec(session, 'web', { template: null, workloadRef });
  await waitFor(() => session.get('rollouts', 'web'), {
    what: 'the reference to be taken in',
    until: ({ status }) => status?.workloadObservedGeneration !== undefined,
  });
  await session.until('web', { phase: 'Healthy', revision: 1, pods: 2 });
  expect(await session.list('replicasets', 'rollouts-pod-template-hash')).toHaveLength(1);
});
