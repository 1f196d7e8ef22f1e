/**
 * How long after a write to a route its proxies are sure to act on it, in milliseconds, and when that is over.
 */
import type { Route } from '../../../kube/route.ts';
import type { Situation } from '../../observed/situation.ts';
import { markOf } from '../mark.ts';
import { propagationTime, TRAEFIK_MS, UNKNOWN_MS } from '../propagation.ts';
import { lastWrittenAt } from '../written-times.ts';
import { CONTOUR, TRAEFIK } from './implementations.ts';
import { controllersOf, unconfirmedRoute } from './parents.ts';

/**
 * Contour holds a change back for 0.5 s at most, and then each Envoy hears of it by itself. Behind one of them it took 0.4 s
 * at most in a small cluster; what is left is for larger ones, and a second because the API server writes down whole seconds.
 */
const CONTOUR_MS = 4_000;

/** By the name of its controller, how long a proxy needs at most. */
const BY_CONTROLLER: ReadonlyMap<string, number> = new Map([
  [CONTOUR, CONTOUR_MS],
  [TRAEFIK, TRAEFIK_MS],
]);

export function propagationMs(situation: Situation, route: Route): number {
  const times = controllersOf(route).map((name) => BY_CONTROLLER.get(name) ?? UNKNOWN_MS);
  return propagationTime(situation, times.length === 0 ? UNKNOWN_MS : Math.max(...times));
}

/**
 * When its proxies are sure to act on the route as it is, in milliseconds since the epoch: that long after the last
 * change of its spec, and after the last report of a controller about it. Infinity while a controller has not seen the
 * route as it is; `null` for a route that this Rollout has not written.
 */
export function settledAtOf(situation: Situation, route: Route): number | null {
  if (markOf(route, situation.name) === undefined) return null;
  if (unconfirmedRoute(route) !== null) return Number.POSITIVE_INFINITY;
  const writtenAt = lastWrittenAt(route, situation.now, { statusToo: true });
  return writtenAt === null ? null : writtenAt + propagationMs(situation, route);
}
