/**
 * A Rollout that another controller of this API has brought to some point, and the objects that it left: names,
 * hashes, labels, annotations and status as the API defines them, written by hand and under that controller's
 * name. Nothing here is computed by our own code, or a takeover would only be tested against ourselves.
 */
import type { RolloutStatus } from '../../src/api/status.ts';
import type { Service } from '../../src/kube/objects.ts';
import { waitFor } from '../cluster/wait.ts';
import { routing, type RolloutManifest } from './manifests.ts';
import type { Session } from './session.ts';

const FORMER_MANAGER = '--field-manager=rollouts-controller';
const HASH_LABEL = 'rollouts-pod-template-hash';

/** Template hashes that a former release computed; ours are others, so the labels have to be believed. */
export const STABLE_HASH = '6cf78c66c5';
export const CANARY_HASH = '7d6b9c5f4b';

interface InheritedRevision {
  readonly image: string;
  readonly hash: string;
  readonly replicas: number;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface InheritedRouting {
  /** Hashes that the two Services select. */
  readonly stable: string;
  readonly canary: string;
  readonly weight: number;
  /** Further annotations of the canary Ingress. */
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface Inheritance {
  /** As the user has it now: the Rollout `web`. */
  readonly manifest: RolloutManifest;
  /** Oldest first. */
  readonly revisions: readonly InheritedRevision[];
  readonly routing?: InheritedRouting;
  readonly status: RolloutStatus;
}

/** All objects are there, and every pod is available, when this resolves. No controller may be at work. */
export async function inherit(session: Session, inheritance: Inheritance): Promise<void> {
  const { manifest, revisions, status } = inheritance;
  await session.apply(manifest);
  const revision = `rollout.argoproj.io/revision=${revisions.length}`;
  await session.kubectl('annotate', FORMER_MANAGER, 'rollout', 'web', revision);
  const { metadata } = await session.get('rollouts', 'web');
  const owner = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    name: 'web',
    uid: metadata.uid,
    controller: true,
    blockOwnerDeletion: true,
  };
  await create(session, ...revisions.map((one, index) => replicaSet(manifest, one, index + 1, owner)));
  if (inheritance.routing !== undefined) await route(session, inheritance.routing, owner);
  await waitFor(() => session.list('replicasets'), {
    what: 'the inherited pods to be available',
    until: (all) => all.every((one) => (one.status?.availableReplicas ?? 0) === one.spec.replicas),
  });
  const counted = {
    observedGeneration: String(metadata.generation),
    selector: 'app=web',
    replicas: total(revisions),
    HPAReplicas: total(revisions),
    readyReplicas: total(revisions),
    availableReplicas: total(revisions),
    updatedReplicas: revisions.at(-1)?.replicas ?? 0,
  };
  const patch = JSON.stringify({ status: { ...counted, ...status } });
  await session.kubectl('patch', FORMER_MANAGER, 'rollout', 'web', '--subresource=status', '--type=merge', '-p', patch);
}

function replicaSet(manifest: RolloutManifest, one: InheritedRevision, revision: number, owner: object): object {
  const { hash, image, replicas, annotations = {} } = one;
  const labels = { app: 'web', [HASH_LABEL]: hash };
  const [container] = (manifest.spec.template?.spec?.['containers'] ?? []) as readonly object[];
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `web-${hash}`,
      labels,
      annotations: {
        'rollout.argoproj.io/desired-replicas': String(manifest.spec.replicas),
        'rollout.argoproj.io/revision': String(revision),
        ...annotations,
      },
      ownerReferences: [owner],
    },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ ...container, image }] } },
    },
  };
}

async function route(session: Session, { stable, canary, weight, annotations }: InheritedRouting, owner: object) {
  await session.apply(...routing());
  for (const [name, hash] of [
    ['web', stable],
    ['web-canary', canary],
  ] as const) {
    const patch = {
      metadata: { annotations: { 'argo-rollouts.argoproj.io/managed-by-rollouts': 'web' } },
      spec: { selector: { [HASH_LABEL]: hash } } satisfies Partial<Service['spec']>,
    };
    await session.kubectl('patch', FORMER_MANAGER, 'service', name, '--type=merge', '-p', JSON.stringify(patch));
  }
  const { spec } = await session.get('ingresses', 'web');
  await create(session, {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: {
      name: 'web-web-canary',
      annotations: {
        'nginx.ingress.kubernetes.io/canary': 'true',
        'nginx.ingress.kubernetes.io/canary-weight': String(weight),
        ...annotations,
      },
      ownerReferences: [owner],
    },
    // The host's rule as a whole, the stable backend renamed.
    spec: JSON.parse(JSON.stringify(spec).replaceAll('"name":"web"', '"name":"web-canary"')),
  });
}

/** As a client writes that knows no server-side apply. */
async function create(session: Session, ...objects: readonly object[]): Promise<void> {
  const text = objects.map((one) => JSON.stringify(one)).join('\n---\n');
  const result = await session.tryKubectl(['create', FORMER_MANAGER, '-f', '-'], text);
  if (result.code !== 0) throw new Error(`kubectl create ended with ${result.code}: ${result.stderr}`);
}

function total(revisions: readonly InheritedRevision[]): number {
  return revisions.reduce((sum, { replicas }) => sum + replicas, 0);
}
