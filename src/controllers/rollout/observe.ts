/**
 * Observes one Rollout in the caches; refuses to answer while a cache has not seen our own last write.
 */
import type { Rollout } from '../../api/schema/rollout.ts';
import { SERVICES_BY_MANAGER } from '../../core/observed/indexes.ts';
import type { RolloutWorld } from '../../core/observed/world.ts';
import { gather } from '../../core/rollout/gather.ts';
import { departures } from '../../core/traffic/routers.ts';
import { splitKey } from '../../kube/object-key.ts';
import type { Service } from '../../kube/objects.ts';
import type { Write } from '../../kube/plan.ts';
import { ROLLOUTS } from '../../kube/resources.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { OwnWrites } from '../../runtime/own-writes.ts';
import { informerOf, type Caches } from '../caches.ts';
import { lookupInCaches } from '../lookup.ts';
import type { AskProxies } from './ask-proxies.ts';
import type { Workloads } from './workloads.ts';

interface Sources {
  readonly caches: Caches;
  readonly workloads: Pick<Workloads, 'cacheOf'>;
  readonly ownWrites: OwnWrites;
  readonly clock: Clock;
  /** See RolloutWorld. */
  readonly propagationMs: number | null;
  /** Absent where no proxy is asked. */
  readonly asking?: Pick<AskProxies, 'shownFor'>;
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
      /** What takes it out of the objects of its router that outlive it. */
      readonly departures: readonly Write[];
    }
  | { readonly kind: 'world'; readonly world: RolloutWorld };

/** The world has no workload yet: finding it may take a request. */
export function observe(
  { caches, workloads, ownWrites, clock, propagationMs, asking }: Sources,
  key: string,
): Observation {
  // A cache that may not be filled any more never shows what was written.
  const cacheOf = (plural: string) => {
    const informer = informerOf(caches, plural);
    if (informer === undefined) return workloads.cacheOf(plural);
    return informer.unreadable === null ? informer.cache : undefined;
  };
  if (ownWrites.isBehind(key, cacheOf)) return { kind: 'stale' };
  const lookup = lookupInCaches(caches);
  const { namespace, name } = splitKey(key);
  const rollout = lookup.get<Rollout>(ROLLOUTS, namespace, name);
  if (rollout === undefined) {
    const managedServices = lookup.find(SERVICES_BY_MANAGER, key);
    return { kind: 'absent', namespace, name, managedServices, departures: departures(lookup, { namespace, name }) };
  }
  const world = gather(lookup, rollout, { now: clock.now(), propagationMs });
  const proxiesShow = asking?.shownFor(key);
  return { kind: 'world', world: proxiesShow === undefined ? world : Object.freeze({ ...world, proxiesShow }) };
}
