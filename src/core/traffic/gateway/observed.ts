/**
 * What a world holds of routes, and what of it a Rollout divides.
 */
import { gatewayApiOf, namedRoutes, type NamedRoute } from '../../../api/schema/gateway-api.ts';
import type { RefusalReason } from '../../../api/words/reasons.ts';
import { ANNOTATIONS } from '../../../api/words/labels.ts';
import type { Rollout } from '../../../api/schema/rollout.ts';
import { GRPC_ROUTES, HTTP_ROUTES } from '../../../kube/resources.ts';
import type { Route } from '../../../kube/route.ts';
import type { Situation } from '../../observed/situation.ts';
import type { RolloutWorld } from '../../observed/world.ts';
import type { Recognition } from './managed-rules.ts';
import { markOf } from '../mark.ts';
import { sidesOf } from '../sides.ts';

export const ROUTE_RESOURCES = [HTTP_ROUTES, GRPC_ROUTES] as const;

type RouteResource = NamedRoute['resource'];

/** A route with its kind. */
export interface FoundRoute {
  readonly resource: RouteResource;
  readonly route: Route;
}

/** A route that the spec names and that is there. */
export interface DividedRoute extends FoundRoute {
  readonly named: NamedRoute;
}

export function namedRoutesOf({ spec }: Rollout): readonly NamedRoute[] {
  return namedRoutes(gatewayApiOf(spec.strategy?.canary?.trafficRouting));
}

/** Plurals of the kinds of routes that may hold weights of it, as the Rollout has written them down. */
export function writtenKinds({ metadata }: Rollout): readonly string[] {
  return (metadata.annotations?.[ANNOTATIONS.dividedRoutes] ?? '').split(',');
}

export function routeIn({ routed }: Pick<RolloutWorld, 'routed'>, { resource, name }: NamedRoute): Route | undefined {
  return routed.get(resource.plural)?.get(name);
}

/** In the order of the spec. */
export function dividedRoutes({ world, rollout }: Situation): readonly DividedRoute[] {
  return namedRoutesOf(rollout).flatMap((named) => {
    const route = routeIn(world, named);
    return route === undefined ? [] : [{ named, resource: named.resource, route }];
  });
}

/** Those that the Rollout has divided and that its spec no longer names. */
export function leftRoutes({ world, rollout, name }: Situation): readonly FoundRoute[] {
  const named = namedRoutesOf(rollout);
  return ROUTE_RESOURCES.flatMap((resource) =>
    [...(world.routed.get(resource.plural)?.values() ?? [])]
      .filter((route) => markOf(route, name) !== undefined)
      .filter(({ metadata }) => !named.some((one) => one.resource === resource && one.name === metadata.name))
      .map((route) => ({ resource, route })),
  );
}

/** By which the rules that the Rollout has added to the route are known. */
export function recognitionOf({ rollout, name }: Pick<Situation, 'rollout' | 'name'>, route: Route): Recognition {
  const { managedRoutes = [] } = rollout.spec.strategy?.canary?.trafficRouting ?? {};
  const { rules = {} } = markOf(route, name) ?? {};
  const names = [...Object.keys(rules), ...managedRoutes.map((one) => one.name)];
  return { sides: sidesOf(rollout), names, contents: Object.values(rules) };
}

/** Where a write to a route goes, and how its refusal is reported. */
export function routeTarget({ namespace }: Pick<Situation, 'namespace'>, { resource, route }: FoundRoute) {
  const refusedAs = 'TrafficRoutingError' satisfies RefusalReason;
  return { resource, namespace, name: route.metadata.name, refusedAs } as const;
}
