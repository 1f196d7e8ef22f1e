/**
 * How long after a write to a route its proxies are sure to act on it, in milliseconds, and when that is over.
 */
import type { Route } from '../../../kube/route.ts';
import type { Situation } from '../../observed/situation.ts';
import { propagationTime } from '../propagation.ts';
import { markOf } from '../mark.ts';
import { controllersOf, unconfirmedRoute } from './parents.ts';

/** Between the API server's clock and ours. */
const MOST_CLOCK_SKEW_MS = 5_000;

/**
 * By the name of its controller, how long a proxy needs at most. Traefik acts on one change at once and then on none for
 * 2 s; one second more because the API server writes down whole seconds.
 */
const BY_CONTROLLER: ReadonlyMap<string, number> = new Map([['traefik.io/gateway-controller', 4_000]]);

/** The time that this API allows for routers of every kind: its default of `scaleDownDelaySeconds`. */
const UNKNOWN_MS = 30_000;

interface FieldsEntry {
  readonly time?: string;
  readonly subresource?: string;
  readonly fieldsV1?: object;
}

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
  const times = entriesOf(route)
    .filter(({ subresource, fieldsV1 = {} }) => subresource === 'status' || 'f:spec' in fieldsV1)
    .map(({ time }) => Date.parse(time ?? ''))
    // A time from a clock far ahead of ours cannot be used: it would keep the pods for that long.
    .filter((time) => time <= situation.now + MOST_CLOCK_SKEW_MS);
  return times.length === 0 ? null : Math.max(...times) + propagationMs(situation, route);
}

function entriesOf({ metadata }: Route): readonly FieldsEntry[] {
  return (metadata as { managedFields?: readonly FieldsEntry[] }).managedFields ?? [];
}
