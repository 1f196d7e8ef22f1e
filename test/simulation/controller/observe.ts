/**
 * Gathers the world of the one Rollout of a history from a process's caches, as the controller's observe
 * stage does from its informers.
 */
import { ANNOTATIONS } from '../../../src/api/labels.ts';
import { namedServices } from '../../../src/api/named-services.ts';
import type { Rollout } from '../../../src/api/rollout.ts';
import type { ReferencedWorkload, RolloutWorld } from '../../../src/core/rollout/world.ts';
import type {
  Endpoint,
  EndpointSlice,
  Ingress,
  KubeObject,
  PodMetadata,
  ReplicaSet,
  Service,
} from '../../../src/kube/objects.ts';
import { workloadOf } from '../../../src/kube/workload.ts';
import { workloadResource } from '../../../src/api/workload-ref.ts';
import { controllerOf } from '../../../src/kube/owners.ts';
import { ENDPOINT_SLICES, INGRESSES, PODS, REPLICA_SETS, ROLLOUTS, SERVICES } from '../../../src/kube/resources.ts';
import { frozen } from '../cluster/frozen.ts';

/** What both the API and a cache of it can be asked. */
export interface Lookup {
  get<T extends KubeObject>(plural: string, name: string): T | undefined;
  list<T extends KubeObject>(plural: string): readonly T[];
}

/** `null` when the Rollout is not there. */
export function observe(objects: Lookup, rolloutName: string, now: number): RolloutWorld | null {
  const rollout = objects.get<Rollout>(ROLLOUTS.plural, rolloutName);
  if (rollout === undefined) return null;
  const named = namedServices(rollout).map(({ name }) => name);
  const replicaSets = objects
    .list<ReplicaSet>(REPLICA_SETS.plural)
    .filter((one) => (controllerOf(one)?.uid ?? rollout.metadata.uid) === rollout.metadata.uid);
  const owners = new Set(replicaSets.map((one) => one.metadata.uid));
  const services = objects
    .list<Service>(SERVICES.plural)
    .filter(
      (one) =>
        named.includes(one.metadata.name) ||
        one.metadata.annotations?.[ANNOTATIONS.managedByRollouts] === rollout.metadata.name,
    );
  return Object.freeze({
    now,
    rollout,
    workload: workloadIn(objects, rollout),
    replicaSets: frozen(replicaSets),
    pods: frozen(objects.list<PodMetadata>(PODS.plural).filter((pod) => owners.has(controllerOf(pod)?.uid ?? ''))),
    services: byName(services),
    endpoints: new Map<string, readonly Endpoint[]>(
      named.map((name) => [name, objects.get<EndpointSlice>(ENDPOINT_SLICES.plural, name)?.endpoints ?? []]),
    ),
    ingresses: byName(objects.list<Ingress>(INGRESSES.plural)),
    ingressClasses: new Map(),
    propagationMs: null,
  });
}

function workloadIn(objects: Lookup, { spec }: Rollout): ReferencedWorkload | null {
  const { workloadRef } = spec;
  const resource = workloadRef === undefined ? null : workloadResource(workloadRef);
  if (resource === null) return null;
  const object = objects.get(resource.plural, workloadRef?.name ?? '');
  return object === undefined ? { missing: `${resource.plural} not found` } : frozen(workloadOf(object));
}

function byName<T extends KubeObject>(objects: readonly T[]): ReadonlyMap<string, T> {
  return new Map(objects.map((one) => [one.metadata.name, one]));
}
