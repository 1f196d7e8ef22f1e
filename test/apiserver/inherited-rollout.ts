/**
 * A Rollout that another controller of this API has brought to some point, and the objects that it left: names,
 * hashes, labels, annotations and status as the API defines them, written by hand and under that controller's
 * name. Nothing here is computed by our own code, or a takeover would only be tested against ourselves.
 */
import type { RolloutStatus } from '../../src/api/schema/status.ts';
import type { Condition, LabelSelector, PodTemplate, Service } from '../../src/kube/objects.ts';
import { waitFor } from '../testbed/cluster/wait.ts';
import {
  HASH_LABEL,
  inheritedReplicaSet,
  numberOf,
  REVISION,
  type InheritedRevision,
  type Owner,
} from './inherited-replica-set.ts';
import { routing, service, type RolloutManifest } from './manifests.ts';
import { readyEndpoints } from './ready-endpoints.ts';
import type { Session } from './session.ts';

const FORMER_MANAGER = '--field-manager=rollouts-controller';

/** Template hashes that a former release computed; ours are others, so the labels have to be believed. */
export const STABLE_HASH = '6cf78c66c5';
export const CANARY_HASH = '7d6b9c5f4b';

export interface InheritedService {
  readonly name: string;
  /** Hash of the revision that it selects, '' for none. */
  readonly selects: string;
  /** Whether it says that the Rollout manages it; true unless told otherwise. */
  readonly isAnnotated?: boolean;
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
  /** Those of a Rollout without a router. */
  readonly services?: readonly InheritedService[];
  readonly routing?: InheritedRouting;
  /** Deployment `web`, where the manifest takes its template from it. */
  readonly deployment?: InheritedDeployment;
  readonly status: RolloutStatus;
}

interface InheritedDeployment {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: 'web' };
  readonly spec: {
    readonly replicas: number;
    readonly selector: LabelSelector | undefined;
    readonly template: PodTemplate;
  };
}

/** A condition that has been true for long. */
export function inheritedCondition(
  type: string,
  status: Condition['status'],
  reason: string,
  message: string,
): Condition {
  const time = '2026-01-02T03:04:05Z';
  return { type, status, reason, message, lastUpdateTime: time, lastTransitionTime: time };
}

/** All objects are there, and every pod is available and behind its Services, when this resolves. No controller may be at work. */
export async function inherit(session: Session, inheritance: Inheritance): Promise<void> {
  const { manifest, revisions, services = [], deployment, status } = inheritance;
  await session.apply(...(deployment === undefined ? [] : [deployment]), manifest);
  const workload = deployment === undefined ? null : await session.get('deployments', 'web');
  // What the Rollout says about its workload is said by its newest revision, too.
  const copied: Record<string, string> =
    workload === null ? {} : { 'rollout.argoproj.io/workload-generation': String(workload.metadata.generation) };
  const annotations = { [REVISION]: String(Math.max(...revisions.map(numberOf))), ...copied };
  const list = Object.entries(annotations).map(([key, value]) => `${key}=${value}`);
  await session.kubectl('annotate', FORMER_MANAGER, 'rollout', 'web', ...list);
  const { metadata } = await session.get('rollouts', 'web');
  const owner: Owner = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    name: 'web',
    uid: metadata.uid,
    controller: true,
    blockOwnerDeletion: true,
  };
  const { template = {} } = (deployment ?? manifest).spec;
  for (const [index, one] of revisions.entries()) {
    if (index > 0) await nextSecond();
    const own = { [REVISION]: String(numberOf(one, index)), ...(index === revisions.length - 1 ? copied : {}) };
    await create(
      session,
      inheritedReplicaSet(
        { ...one, annotations: { ...own, ...one.annotations } },
        { template, replicas: manifest.spec.replicas ?? 1, owner, namespace: session.namespace },
      ),
    );
  }
  if (inheritance.routing !== undefined) await route(session, inheritance.routing, owner);
  for (const one of services) {
    await session.apply(service(one.name, 'web'));
    await lead(session, one);
  }
  await waitFor(() => session.list('replicasets'), {
    what: 'the inherited pods to be available',
    until: (all) => all.every((one) => (one.status?.availableReplicas ?? 0) === one.spec.replicas),
  });
  for (const { name, selects } of services) {
    const selected = selects === '' ? revisions : revisions.filter(({ hash }) => hash === selects);
    await waitFor(async () => readyEndpoints(await session.list('endpointslices'), name), {
      what: `Service ${name} to reach the inherited pods`,
      until: (ready) => ready === total(selected),
    });
  }
  const counted = {
    observedGeneration: String(metadata.generation),
    selector: 'app=web',
    replicas: total(revisions),
    HPAReplicas: total(revisions),
    readyReplicas: total(revisions),
    availableReplicas: total(revisions),
    updatedReplicas: revisions.at(-1)?.replicas ?? 0,
    ...(workload === null ? {} : { workloadObservedGeneration: String(workload.metadata.generation) }),
  };
  const patch = JSON.stringify({ status: { ...counted, ...status } });
  await session.kubectl('patch', FORMER_MANAGER, 'rollout', 'web', '--subresource=status', '--type=merge', '-p', patch);
}

async function route(session: Session, { stable, canary, weight, annotations }: InheritedRouting, owner: Owner) {
  await session.apply(...routing());
  await lead(session, { name: 'web', selects: stable });
  await lead(session, { name: 'web-canary', selects: canary });
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

/** Points a Service of the user at a revision. */
async function lead(session: Session, { name, selects, isAnnotated = true }: InheritedService): Promise<void> {
  const annotations = isAnnotated ? { 'argo-rollouts.argoproj.io/managed-by-rollouts': 'web' } : {};
  const spec: Partial<Service['spec']> = selects === '' ? {} : { selector: { [HASH_LABEL]: selects } };
  const patch = JSON.stringify({ metadata: { annotations }, spec });
  await session.kubectl('patch', FORMER_MANAGER, 'service', name, '--type=merge', '-p', patch);
}

/** As a client writes that knows no server-side apply. */
async function create(session: Session, ...objects: readonly object[]): Promise<void> {
  const text = objects.map((one) => JSON.stringify(one)).join('\n---\n');
  const result = await session.tryKubectl(['create', FORMER_MANAGER, '-f', '-'], text);
  if (result.code !== 0) throw new Error(`kubectl create ended with ${result.code}: ${result.stderr}`);
}

/** Creation times are whole seconds, and tell which revision is the older one. */
async function nextSecond(): Promise<void> {
  const second = () => Math.floor(Date.now() / 1000);
  const present = second();
  await waitFor(() => second() > present, { what: 'the next second' });
}

function total(revisions: readonly InheritedRevision[]): number {
  return revisions.reduce((sum, { replicas }) => sum + replicas, 0);
}
