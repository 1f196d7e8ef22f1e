/**
 * What a GitOps tool does in the middle of a release: the manifests of Git are applied again and again, by client-side
 * and by server-side apply, and what Git does not hold any more is pruned. Nothing of the release may change.
 */
import { describe, expect } from 'vitest';
import { waitFor } from '../testbed/cluster/wait.ts';
import { promote } from './commands.ts';
import { routedRollout, routing } from './manifests.ts';
import { readyEndpoints } from './ready-endpoints.ts';
import { Recording } from './recording.ts';
import { test, type Session } from './session.ts';

const STEPS = [{ setWeight: 50 }, { pause: {} }];
/** How often Git is applied; more of them meet more moments of the release (docs/testing.md). */
const ROUNDS = process.env.SERIN_APISERVER === 'full' ? 8 : 3;
const TRACKING = 'argocd.argoproj.io/tracking-id';
const TEAM = { team: 'shop' };
const HASH = 'rollouts-pod-template-hash';

/** As a tool marks what it applies: by a label that it may choose, and by an annotation with the object's own name. */
function tracked(object: object): object {
  const { kind, metadata } = object as { kind: string; metadata: { name: string } };
  const annotations = { [TRACKING]: `shop:/${kind}:test/${metadata.name}` };
  return { ...object, metadata: { ...metadata, labels: TEAM, annotations } };
}

const manifests = (image: string): readonly object[] =>
  [...routing(), routedRollout({ replicas: 4, image, canary: { steps: STEPS } })].map(tracked);

type Sync = (session: Session, image: string) => Promise<void>;

async function kubectlApply(session: Session, objects: readonly object[], ...flags: readonly string[]): Promise<void> {
  const stdin = objects.map((one) => JSON.stringify(one)).join('\n---\n');
  const { code, stderr } = await session.tryKubectl(['apply', ...flags, '-f', '-'], stdin);
  if (code !== 0) throw new Error(`kubectl apply ${flags.join(' ')}: ${stderr}`);
}

const clientSide: Sync = (session, image) => kubectlApply(session, manifests(image));

const SERVER_SIDE = ['--server-side', '--field-manager=argocd-controller', '--force-conflicts'];

const serverSide: Sync = (session, image) => kubectlApply(session, manifests(image), ...SERVER_SIDE);

/** Git says nothing about the selectors, and the controller everything. */
const serverSideWithoutSelectors: Sync = async (session, image) => {
  const objects = manifests(image).map((object) => {
    const { kind, spec } = object as { kind: string; spec: { selector?: object } };
    const { selector: _selector, ...rest } = spec;
    return kind === 'Service' ? { ...object, spec: rest } : object;
  });
  await kubectlApply(session, objects, ...SERVER_SIDE);
};

/** What Argo CD sends when it is told to respect ignored differences: the live value in the place of Git's. */
const serverSideIgnoring: Sync = async (session, image) => {
  const services = await session.list('services');
  const hashOf = (name: string) => services.find(({ metadata }) => metadata.name === name)?.spec.selector?.[HASH];
  const objects = manifests(image).map((object) => {
    const { kind, metadata, spec } = object as { kind: string; metadata: { name: string }; spec: { selector: object } };
    const hash = hashOf(metadata.name);
    return kind !== 'Service' || hash === undefined
      ? object
      : { ...object, spec: { ...spec, selector: { ...spec.selector, [HASH]: hash } } };
  });
  await kubectlApply(session, objects, ...SERVER_SIDE);
};

const PAUSED = {
  phase: 'Paused',
  index: 1,
  weight: 50,
  sizes: 'web:1=4 web:2=2',
  stableService: 'web:1',
  canaryService: 'web:2',
  aborted: false,
  revision: 2,
} as const;

async function releaseToPause(session: Session, sync: Sync): Promise<void> {
  await sync(session, 'web:1');
  await session.until('web', { phase: 'Healthy', weight: 0 });
  await sync(session, 'web:2');
  await session.until('web', PAUSED);
}

/** `readsFirst`: a hash that was read before a switch may be written after it, and is put right again. */
describe.for<{ name: string; sync: Sync; readsFirst: boolean }>([
  { name: 'client-side apply', sync: clientSide, readsFirst: false },
  { name: 'server-side apply of Services without a selector', sync: serverSideWithoutSelectors, readsFirst: false },
  { name: 'server-side apply that leaves the hash in the selectors', sync: serverSideIgnoring, readsFirst: true },
])('$name', ({ sync, readsFirst }) => {
  test('in the middle of a release changes nothing, and the release goes on through it', async ({ session }) => {
    await releaseToPause(session, sync);
    const specBefore = (await session.get('rollouts', 'web')).spec;
    using recording = await Recording.start(session, 'rollouts', 'replicasets', 'services', 'ingresses');
    for (let round = 0; round < ROUNDS; round += 1) await sync(session, 'web:2');
    await session.settled();
    const moments = await recording.moments(
      'web',
      ({ index, weight, sizes, stableService, canaryService, aborted }) => ({
        index,
        weight,
        sizes,
        stableService,
        canaryService,
        aborted,
      }),
    );
    const { phase: _phase, revision: _revision, ...still } = PAUSED;
    expect(moments).toEqual([still]);
    expect((await session.get('rollouts', 'web')).spec).toEqual(specBefore);

    await promote(session, 'web');
    for (let round = 0; round < ROUNDS; round += 1) await sync(session, 'web:2');
    await session.until('web', {
      phase: 'Healthy',
      index: 2,
      stableService: 'web:2',
      canaryService: 'web:2',
      weight: 0,
    });
    const services = await recording.moments('web', ({ stableService }) => stableService);
    expect(readsFirst ? [...new Set(services)] : services).toEqual(['web:1', 'web:2']);
    expect(services.at(-1)).toBe('web:2');
  });
});

test('server-side apply of the bare manifests takes the hash out of the selectors: it is put back, and no step is skipped', async ({
  session,
}) => {
  await releaseToPause(session, serverSide);
  using recording = await Recording.start(session, 'rollouts', 'replicasets', 'services', 'ingresses');
  for (let round = 0; round < ROUNDS; round += 1) {
    await serverSide(session, 'web:2');
    await session.until('web', PAUSED);
  }
  const moments = await recording.moments('web', ({ index, weight, sizes, aborted }) => ({
    index,
    weight,
    sizes,
    aborted,
  }));
  expect(moments).toEqual([{ index: 1, weight: 50, sizes: PAUSED.sizes, aborted: false }]);
  await promote(session, 'web');
  await serverSide(session, 'web:2');
  await session.until('web', { phase: 'Healthy', index: 2, stableService: 'web:2', canaryService: 'web:2', weight: 0 });
});

test('a Rollout that goes leaves Services without a selector where Git has none, and their endpoints stay', async ({
  session,
}) => {
  await serverSideWithoutSelectors(session, 'web:1');
  await session.until('web', { phase: 'Healthy', stableService: 'web:1' });
  await waitFor(async () => readyEndpoints(await session.list('endpointslices'), 'web') === 4, {
    what: 'the stable Service to reach four pods',
  });
  // While the selector is there, Kubernetes takes pods that leave out of the endpoints: so they leave after it.
  await session.kubectl('delete', 'rollout', 'web', '--cascade=orphan');
  await waitFor(() => session.get('services', 'web'), {
    what: 'the selector to go',
    until: ({ spec }) => spec.selector === undefined,
  });
  await session.kubectl('delete', 'replicasets', '--all');
  await waitFor(() => session.list('pods'), { what: 'the pods to go', until: (pods) => pods.length === 0 });
  await session.settled();
  expect(readyEndpoints(await session.list('endpointslices'), 'web')).toBe(4);
});

describe('pruning', () => {
  test('takes what Git does not hold any more, and nothing that the Rollout made', async ({ session }) => {
    const leftover = tracked({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'leftover' },
      spec: { ports: [{ port: 80 }] },
    });
    await kubectlApply(session, [leftover]);
    await releaseToPause(session, clientSide);
    const kinds = ['core/v1/Service', 'networking.k8s.io/v1/Ingress', 'apps/v1/ReplicaSet', 'core/v1/Pod'];
    const allowed = kinds.map((kind) => `--prune-allowlist=${kind}`);
    await kubectlApply(session, manifests('web:2'), '--prune', '--selector=team=shop', ...allowed);
    await session.settled();
    expect(await session.look('web')).toMatchObject(PAUSED);
    const names = (await session.list('services')).map(({ metadata }) => metadata.name);
    expect(names.toSorted()).toEqual(['web', 'web-canary']);
  });

  test('the canary Ingress carries no mark by which a tool would take it for its own', async ({ session }) => {
    await releaseToPause(session, clientSide);
    const { metadata } = await session.get('ingresses', 'web-web-canary');
    expect(Object.keys({ ...metadata.labels, ...metadata.annotations })).not.toContain(TRACKING);
    expect(metadata.labels?.['team']).toBeUndefined();
    expect(metadata.ownerReferences).toHaveLength(1);
  });

  test('ReplicaSets and pods are owned, and marked by labels of the template alone', async ({ session }) => {
    await releaseToPause(session, clientSide);
    const made = await session.list('replicasets');
    expect(made.map(({ metadata }) => metadata.labels?.['team'])).toEqual([undefined, undefined]);
    expect(made.every(({ metadata }) => metadata.ownerReferences?.length === 1)).toBe(true);
    // Annotations of the Rollout are copied; this one names the Rollout, so that nobody takes the copy for an object of Git.
    expect(made.map(({ metadata }) => metadata.annotations?.[TRACKING])).toEqual(
      made.map(() => 'shop:/Rollout:test/web'),
    );
  });
});

test('the fields of Git that the controller writes are those of the list in docs/gitops.md', async ({ session }) => {
  await clientSide(session, 'web:1');
  const written = { spec: (await session.get('rollouts', 'web')).spec };
  await session.until('web', { phase: 'Healthy' });
  const rollout = await session.get('rollouts', 'web');
  expect({ spec: rollout.spec }).toEqual(written);
  const ours = Object.keys(rollout.metadata.annotations ?? {}).filter((key) => key.startsWith('rollout.argoproj.io/'));
  expect(ours).toEqual(['rollout.argoproj.io/revision']);
  for (const name of ['web', 'web-canary']) {
    const { metadata, spec } = await session.get('services', name);
    expect(Object.keys(spec.selector ?? {}).toSorted()).toEqual(['app', HASH]);
    const added = Object.keys(metadata.annotations ?? {}).filter((key) => key.startsWith('argo-rollouts.'));
    expect(added).toEqual(['argo-rollouts.argoproj.io/managed-by-rollouts']);
  }
  const { metadata } = await session.get('ingresses', 'web');
  expect(Object.keys(metadata.annotations ?? {}).toSorted()).toEqual(
    [TRACKING, 'kubectl.kubernetes.io/last-applied-configuration'].toSorted(),
  );
});
