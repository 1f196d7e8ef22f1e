/**
 * Gathers what a decision about one Rollout may look at, from the caches alone; what `spec.workloadRef` names comes to
 * it later. It decides nothing; it only refuses to answer while a cache has not seen our own last write.
 */
import type { Rollout } from '../../api/rollout.ts';
import type { RolloutWorld } from '../../core/rollout/world.ts';
import { classNameOf } from '../../core/traffic/dialect.ts';
import { objectKey, splitKey } from '../../kube/object-key.ts';
import type { Endpoint, Ingress, IngressClass, KubeObject, Service } from '../../kube/objects.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { ReadableCache } from '../../runtime/object-cache.ts';
import type { OwnWrites } from '../../runtime/own-writes.ts';
import { ingressNames, serviceNames, type Caches } from './caches.ts';
import type { Workloads } from './workloads.ts';

interface Sources {
  readonly caches: Caches;
  readonly workloads: Pick<Workloads, 'cacheOf'>;
  readonly ownWrites: OwnWrites;
  readonly clock: Clock;
  /** See RolloutWorld. */
  readonly propagationMs: number | null;
}

/**
 * - `stale`: a cache is behind what we wrote for this Rollout
 * - `absent`: there is no such Rollout among ours
 */
export type Observation =
  | { readonly kind: 'stale' }
  | {
      readonly kind: 'absent';
      readonly namespace: string;
      readonly name: string;
      readonly managedServices: readonly Service[];
    }
  | { readonly kind: 'world'; readonly world: RolloutWorld };

/** The world has no workload yet: finding it may take a request. */
export function observe(sources: Sources, key: string): Observation {
  const { caches, workloads, ownWrites, clock, propagationMs } = sources;
  if (ownWrites.isBehind(key, (plural) => cacheOf(caches, plural) ?? workloads.cacheOf(plural)))
    return { kind: 'stale' };
  const { namespace, name } = splitKey(key);
  const managedServices = caches.services.cache.byIndex('managedBy', key);
  const rollout = caches.rollouts.cache.get(namespace, name);
  if (rollout === undefined) return { kind: 'absent', namespace, name, managedServices };

  const services = new Map<string, Service>(managedServices.map((service) => [service.metadata.name, service]));
  const endpoints = new Map<string, readonly Endpoint[]>();
  for (const one of serviceNames(rollout)) {
    const service = caches.services.cache.get(namespace, one);
    if (service !== undefined) services.set(one, service);
    const slices = caches.endpointSlices.cache.byIndex('service', objectKey(namespace, one));
    endpoints.set(
      one,
      slices.flatMap((slice) => slice.endpoints),
    );
  }
  const replicaSets = [
    ...caches.replicaSets.cache.byIndex('controller', rollout.metadata.uid),
    ...caches.replicaSets.cache.byIndex('orphanIn', namespace),
  ];
  const pods = replicaSets.flatMap((one) => caches.pods.cache.byIndex('controller', one.metadata.uid));
  const ingresses = ingressesOf(caches, rollout, namespace);
  return {
    kind: 'world',
    world: Object.freeze({
      now: clock.now(),
      rollout,
      workload: null,
      replicaSets,
      pods,
      services,
      endpoints,
      ingresses,
      ingressClasses: classesOf(caches, ingresses),
      propagationMs,
    }),
  };
}

/**
 * Those that the spec names, those that we own, and those on the same hosts or with the same Services: a second canary
 * would be ignored by the proxy, and another Ingress to the stable Service is split with it.
 */
function ingressesOf(caches: Caches, rollout: Rollout, namespace: string): ReadonlyMap<string, Ingress> {
  const { cache } = caches.ingresses;
  const found = new Map<string, Ingress>();
  const add = (ingress: Ingress) => found.set(ingress.metadata.name, ingress);
  const named = ingressNames(rollout);
  for (const one of named) {
    const ingress = cache.get(namespace, one);
    if (ingress === undefined) continue;
    add(ingress);
    for (const rule of ingress.spec?.rules ?? []) {
      for (const other of cache.byIndex('host', objectKey(namespace, rule.host ?? '*'))) add(other);
    }
  }
  if (named.length > 0) {
    for (const service of serviceNames(rollout)) {
      for (const other of cache.byIndex('service', objectKey(namespace, service))) add(other);
    }
  }
  for (const own of cache.byIndex('controller', rollout.metadata.uid)) add(own);
  return found;
}

function classesOf(caches: Caches, ingresses: ReadonlyMap<string, Ingress>): ReadonlyMap<string, IngressClass> {
  const names = new Set([...ingresses.values()].map(classNameOf));
  const classes = [...names].flatMap((name) => caches.ingressClasses?.cache.get('', name) ?? []);
  return new Map(classes.map((one) => [one.metadata.name, one]));
}

function cacheOf(caches: Caches, plural: string): ReadableCache<KubeObject> | undefined {
  return Object.values(caches).find((informer) => informer.resource.plural === plural)?.cache;
}
