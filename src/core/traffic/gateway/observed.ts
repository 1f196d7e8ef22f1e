/**
 * What a world holds of routes, and what of it a Rollout divides.
 */
import { gatewayApiOf, namedRoutes, type NamedRoute } from '../../../api/schema/gateway-api.ts';
import type { Rollout } from '../../../api/schema/rollout.ts';
import { GRPC_ROUTES, HTTP_ROUTES } from '../../../kube/resources.ts';
import type { Route } from '../../../kube/route.ts';
import type { Situation } from '../../observed/situation.ts';
import type { RolloutWorld } from '../../observed/world.ts';
import { markOf } from '../mark.ts';
import { leftBehind, type Shared, type SharedKinds } from '../shared-objects.ts';
import { sidesOf } from '../sides.ts';
import type { Recognition } from './managed-rules.ts';

export const ROUTES = {
  component: 'gateway-api',
  resources: [HTTP_ROUTES, GRPC_ROUTES],
  namedBy: namedRoutesOf,
} as const satisfies SharedKinds;

/** A route with its kind. */
export interface FoundRoute extends Shared<Route> {}

/** A route that the spec names and that is there. */
export interface DividedRoute extends FoundRoute {
  readonly named: NamedRoute;
}

export function namedRoutesOf({ spec }: Pick<Rollout, 'spec'>): readonly NamedRoute[] {
  return namedRoutes(gatewayApiOf(spec.strategy?.canary?.trafficRouting));
}

export function routeIn({ routed }: Pick<RolloutWorld, 'routed'>, { resource, name }: NamedRoute): Route | undefined {
  return routed.get(resource.plural)?.get(name);
}

/** In the order of the spec. */
export function dividedRoutes({ world, rollout }: Situation): readonly DividedRoute[] {
  return namedRoutesOf(rollout).flatMap((named) => {
    const object = routeIn(world, named);
    return object === undefined ? [] : [{ named, resource: named.resource, object }];
  });
}

/** Those that the Rollout has divided and that its spec no longer names. */
export function leftRoutes(situation: Situation): readonly FoundRoute[] {
  return leftBehind(situation, ROUTES);
}

/** By which the rules that the Rollout has added to the route are known. */
export function recognitionOf({ rollout, name }: Pick<Situation, 'rollout' | 'name'>, route: Route): Recognition {
  const { managedRoutes = [] } = rollout.spec.strategy?.canary?.trafficRouting ?? {};
  const { rules = {} } = markOf(route, name) ?? {};
  const names = [...Object.keys(rules), ...managedRoutes.map((one) => one.name)];
  return { sides: sidesOf(rollout), names, contents: Object.values(rules) };
}
