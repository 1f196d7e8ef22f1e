/**
 * Gathers what a decision about one Rollout may look at, and what people are shown of it. The workload that
 * `spec.workloadRef` names is added later, because it may have to be read from the API server.
 */
import { namedServices } from '../../api/schema/named-services.ts';
import type { Rollout } from '../../api/schema/rollout.ts';
import { keyOf, objectKey } from '../../kube/object-key.ts';
import type { Endpoint, Service } from '../../kube/objects.ts';
import { EXPERIMENTS, SERVICES } from '../../kube/resources.ts';
import {
  EXPERIMENTS_BY_CONTROLLER,
  ORPHANED_REPLICA_SETS,
  PODS_BY_CONTROLLER,
  REPLICA_SETS_BY_CONTROLLER,
  ROLLOUTS_BY_SERVICE,
  SERVICES_BY_MANAGER,
  SLICES_BY_SERVICE,
} from '../observed/indexes.ts';
import type { Lookup } from '../observed/lookup.ts';
import type { RolloutWorld } from '../observed/world.ts';
import { gatherRouted, unreadableRouted } from '../traffic/routers.ts';
import { gatherAnalysis } from './gather-analysis.ts';

/** The world has no workload yet, and nothing in it was asked of the API server or refused by it. */
export function gather(
  lookup: Lookup,
  rollout: Rollout,
  { now, propagationMs }: Pick<RolloutWorld, 'now' | 'propagationMs'>,
): RolloutWorld {
  const { namespace = '', uid } = rollout.metadata;
  const managed = lookup.find(SERVICES_BY_MANAGER, keyOf(rollout));
  const services = new Map<string, Service>(managed.map((service) => [service.metadata.name, service]));
  const endpoints = new Map<string, readonly Endpoint[]>();
  for (const { name } of namedServices(rollout)) {
    const service = lookup.get<Service>(SERVICES, namespace, name);
    if (service !== undefined) services.set(name, service);
    const slices = lookup.find(SLICES_BY_SERVICE, objectKey(namespace, name));
    endpoints.set(
      name,
      slices.flatMap((slice) => slice.endpoints),
    );
  }
  const replicaSets = [
    ...lookup.find(REPLICA_SETS_BY_CONTROLLER, uid),
    ...lookup.find(ORPHANED_REPLICA_SETS, namespace),
  ];
  return Object.freeze({
    now,
    rollout,
    workload: null,
    defaultedTemplate: null,
    replicaSets,
    pods: replicaSets.flatMap(({ metadata }) => lookup.find(PODS_BY_CONTROLLER, metadata.uid)),
    services,
    claimedServices: claimedOf(lookup, rollout, managed),
    endpoints,
    analysis: gatherAnalysis(lookup, rollout),
    experiments: {
      own: lookup.find(EXPERIMENTS_BY_CONTROLLER, uid),
      inTheWay: [],
      unreadable: lookup.unreadable(EXPERIMENTS)?.why ?? null,
    },
    routed: gatherRouted(lookup, rollout),
    unreadableRouted: unreadableRouted(lookup, rollout),
    propagationMs,
    refused: [],
  });
}

function claimedOf(lookup: Lookup, { metadata }: Rollout, services: readonly Service[]): ReadonlySet<string> {
  const isClaimed = (service: Service) =>
    lookup
      .find(ROLLOUTS_BY_SERVICE, keyOf(service))
      .some((other) => other.metadata.name !== metadata.name && other.metadata.deletionTimestamp === undefined);
  return new Set(services.filter(isClaimed).map((service) => service.metadata.name));
}
