/**
 * The HTTP routes of a VirtualService: which of them divide requests between two sides, with which weight, and the routes
 * that header routes add. Pure values in and out; everything that is not ours stays as it was.
 *
 * A side is a Service, `web-canary`, or a subset of one, `web:canary`.
 */
import type { HeaderRouteMatch } from '../../../api/schema/steps.ts';
import type { HttpRoute, HeaderPattern, RequestMatch, RouteDestination, VirtualService } from '../../../kube/istio.ts';
import type { HeaderRoute } from '../router.ts';
import { backendsOn, isDividedAmong, shareAmong, withShare, type Reading } from '../shares.ts';
import type { Side, Sides } from '../sides.ts';

/** By which the routes that were added are told from those of people. */
export interface Recognition {
  readonly sides: Sides;
  /** Names of the managed routes. */
  readonly names: readonly string[];
}

export function routesOf({ spec }: VirtualService): readonly HttpRoute[] {
  return spec?.http ?? [];
}

export function isManaged({ name = '', route = [] }: HttpRoute, { sides, names }: Recognition): boolean {
  if (names.includes(name)) return true;
  const stem = /^(.+)-\d+$/.exec(name)?.[1];
  const { sideOf } = readingOf(sides);
  const leadsToCanaryAlone = route.length > 0 && route.every((one) => sideOf(one) === 'canary');
  return stem !== undefined && names.includes(stem) && leadsToCanaryAlone;
}

/** Whether both sides are among the destinations, each once. */
export function isDivided({ route = [] }: HttpRoute, sides: Sides): boolean {
  return isDividedAmong(route, readingOf(sides));
}

export function weightOf({ route = [] }: HttpRoute, sides: Sides, maxWeight: number): number {
  return shareAmong(route, readingOf(sides), maxWeight);
}

export function withWeight(one: HttpRoute, sides: Sides, weight: number, maxWeight: number): HttpRoute {
  return { ...one, route: withShare(one.route ?? [], readingOf(sides), weight, maxWeight) };
}

/**
 * The routes of these header routes for the divided ones, the first match first: copies that match a header in addition
 * and lead to the canary alone. One of the headers has to be there, as with other controllers of this API.
 */
export function managedRoutes(
  headerRoutes: readonly HeaderRoute[],
  divided: readonly HttpRoute[],
  sides: Sides,
): readonly HttpRoute[] {
  const taken = new Set(headerRoutes.map(({ name }) => name));
  return headerRoutes.flatMap(({ name, matches }) =>
    divided.map((one, index) => managedRoute(one, index === 0 ? name : numbered(name, index, taken), matches, sides)),
  );
}

/** Names of headers in lower case: Istio asks for that, and they have no case. */
export function headersMatchedBy({ match = [] }: HttpRoute): readonly string[] {
  return match.flatMap(({ headers = {} }) => Object.keys(headers).map((name) => name.toLowerCase()));
}

/** The Service of that namespace which a host stands for; `null` for any other host. */
export function serviceOfHost(host: string, namespace: string): string | null {
  const [service = '', ofNamespace = namespace, kind = 'svc'] = host.split('.');
  return ofNamespace === namespace && kind === 'svc' && service !== '' ? service : null;
}

export function readingOf(sides: Sides): Reading<RouteDestination> {
  const sideOf = ({ destination }: RouteDestination): Side | null => {
    const service = serviceOfHost(destination.host, sides.namespace);
    const is = (side: Side) =>
      service !== null && [service, `${service}:${destination.subset ?? ''}`].includes(sides[side]);
    if (is('canary')) return 'canary';
    return is('stable') ? 'stable' : null;
  };
  return { sideOf, unsaid: 0 };
}

function managedRoute(one: HttpRoute, name: string, matches: readonly HeaderRouteMatch[], sides: Sides): HttpRoute {
  const ownMatches: readonly RequestMatch[] = (one.match ?? []).length === 0 ? [{}] : (one.match ?? []);
  const match = ownMatches.flatMap((own) =>
    matches.map((added) => ({ ...own, headers: { ...own.headers, ...headerOf(added) } })),
  );
  const route = backendsOn(one.route ?? [], readingOf(sides), 'canary').map((backend) => ({ ...backend, weight: 100 }));
  return { ...one, name, match, route };
}

function headerOf({ headerName, headerValue }: HeaderRouteMatch): Readonly<Record<string, HeaderPattern>> {
  const { exact = '', regex = '', prefix = '' } = headerValue ?? {};
  const given: HeaderPattern = exact !== '' ? { exact } : regex === '' ? { prefix } : { regex };
  return { [headerName.toLowerCase()]: given };
}

function numbered(name: string, index: number, taken: Set<string>): string {
  let number = index;
  while (taken.has(`${name}-${number}`)) number += 1;
  taken.add(`${name}-${number}`);
  return `${name}-${number}`;
}
