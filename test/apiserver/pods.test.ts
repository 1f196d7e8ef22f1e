/** What reaches the pods: ephemeral metadata, anti-affinity, annotations, minReadySeconds (spec 4.6, 4.8, 10.1). */
import { describe, expect } from 'vitest';
import type { CanaryStrategy } from '../../src/api/schema/canary.ts';
import { waitFor } from '../testbed/cluster/wait.ts';
import { abort, promote } from './commands.ts';
import { basicRollout, routedRollout, routing } from './manifests.ts';
import { imageOf } from './scene.ts';
import { test, type PodSeen, type Session } from './session.ts';

const STEPS = [{ setWeight: 50 }, { pause: {} }];

function podsOf(pods: readonly PodSeen[], image: string): readonly PodSeen[] {
  return pods.filter(
    ({ metadata, spec }) => metadata.deletionTimestamp === undefined && spec.containers[0]?.image === image,
  );
}

describe('ephemeral metadata', () => {
  const canary: CanaryStrategy = {
    steps: STEPS,
    stableMetadata: { labels: { role: 'stable' }, annotations: { 'example.com/stable': 'yes' } },
    canaryMetadata: { labels: { role: 'canary' } },
  };
  const manifest = (image: string, strategy = canary) => basicRollout({ replicas: 2, image, canary: strategy });

  /** Every pod of the image has this label `role`, and the same pods as before carry it. */
  function roles(session: Session, image: string, role: string | undefined): Promise<readonly PodSeen[]> {
    return waitFor(async () => podsOf(await session.list('pods'), image), {
      what: `the pods of ${image} to have the role ${role}`,
      until: (pods) => pods.length > 0 && pods.every(({ metadata }) => metadata.labels['role'] === role),
    });
  }

  test('follows the role of the pods without restarting one', async ({ session }) => {
    await session.apply(manifest('web:1'));
    await session.until('web', { phase: 'Healthy' });
    const born = await roles(session, 'web:1', 'stable');
    expect(born[0]?.metadata.annotations).toMatchObject({ 'example.com/stable': 'yes' });
    await session.apply(manifest('web:2'));
    await session.until('web', { phase: 'Paused', index: 1 });
    const [tried] = await roles(session, 'web:2', 'canary');
    await session.kubectl('label', 'pod', tried?.metadata.name ?? '', 'own=kept');

    await promote(session, 'web');
    await session.until('web', { phase: 'Healthy', stableImage: 'web:2', pods: 2 });
    const promoted = await roles(session, 'web:2', 'stable');
    expect(promoted.map(({ metadata }) => metadata.uid)).toContain(tried?.metadata.uid);
    expect(promoted.find(({ metadata }) => metadata.uid === tried?.metadata.uid)?.metadata.labels).toMatchObject({
      own: 'kept',
    });
    const replicaSets = await session.list('replicasets');
    expect(replicaSets.find((one) => imageOf(one) === 'web:1')?.spec.template.metadata?.labels).not.toHaveProperty(
      'role',
    );

    // Neither field is asked for any more: the pods lose what they were lent.
    await session.apply(manifest('web:2', { steps: STEPS }));
    await roles(session, 'web:2', undefined);
    expect(await session.look('web')).toMatchObject({ revision: 2, pods: 2 });
  });

  test('an aborted canary stays a canary', async ({ session }) => {
    await session.apply(...routing(), routedRollout({ canary }));
    await session.until('web', { phase: 'Healthy' });
    await session.apply(routedRollout({ image: 'web:2', canary }));
    await session.until('web', { phase: 'Paused', index: 1 });
    await abort(session, 'web');
    await session.until('web', { phase: 'Degraded', weight: 0, canaryService: 'web:1' });
    await roles(session, 'web:2', 'canary');
    await roles(session, 'web:1', 'stable');
  });

  test('is not a new revision', async ({ session }) => {
    await session.apply(manifest('web:1'));
    await session.until('web', { phase: 'Healthy' });
    await session.apply(manifest('web:1', { ...canary, stableMetadata: { labels: { role: 'other' } } }));
    const pods = await roles(session, 'web:1', 'other');
    expect(pods[0]?.metadata.annotations ?? {}).not.toHaveProperty('example.com/stable');
    expect(await session.look('web')).toMatchObject({ revision: 1, phase: 'Healthy' });
  });
});

describe('antiAffinity', () => {
  const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
  const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';
  const term = (session: Session, hash: string | undefined) => ({
    labelSelector: { matchExpressions: [{ key: 'rollouts-pod-template-hash', operator: 'In', values: [hash] }] },
    namespaces: [session.namespace],
    topologyKey: 'kubernetes.io/hostname',
  });
  const affinityOf = async (session: Session, image: string) =>
    (await session.list('replicasets')).find((one) => imageOf(one) === image)?.spec.template.spec?.['affinity'];

  test.for([
    { kind: REQUIRED, value: {}, shape: (one: object): object => one },
    { kind: PREFERRED, value: { weight: 7 }, shape: (one: object): object => ({ weight: 7, podAffinityTerm: one }) },
  ])('$kind keeps the canary away from the stable revision', async ({ kind, value, shape }, { session }) => {
    const canary: CanaryStrategy = { steps: STEPS, antiAffinity: { [kind]: value } };
    await session.apply(basicRollout({ canary }));
    await session.until('web', { phase: 'Healthy' });
    expect(await affinityOf(session, 'web:1')).toBeUndefined();
    const stable = (await session.get('rollouts', 'web')).status?.stableRS;
    await session.apply(basicRollout({ image: 'web:2', canary }));
    await session.until('web', { phase: 'Paused', index: 1 });
    expect(await affinityOf(session, 'web:2')).toEqual({ podAntiAffinity: { [kind]: [shape(term(session, stable))] } });
    // The term is no part of the template's identity.
    await promote(session, 'web');
    await session.until('web', { phase: 'Healthy', stableImage: 'web:2', revision: 2 });
    await session.settled();
    expect(await session.list('replicasets')).toHaveLength(2);
  });
});

test('annotations and minReadySeconds reach the ReplicaSet of the present revision', async ({ session }) => {
  const annotated = (minReadySeconds: number) => {
    const manifest = basicRollout({ minReadySeconds });
    return { ...manifest, metadata: { ...manifest.metadata, annotations: { 'example.com/change': 'ticket-1' } } };
  };
  await session.apply(annotated(0));
  await session.until('web', { phase: 'Healthy' });
  await session.apply(annotated(1));
  await waitFor(() => session.list('replicasets'), {
    what: 'minReadySeconds on the ReplicaSet',
    until: ([one]) => one?.spec.minReadySeconds === 1,
  });
  const [replicaSet, ...others] = await session.list('replicasets');
  expect(others).toEqual([]);
  expect(replicaSet?.metadata.annotations).toEqual({
    'example.com/change': 'ticket-1',
    'rollout.argoproj.io/revision': '1',
    'rollout.argoproj.io/desired-replicas': '1',
  });
});
