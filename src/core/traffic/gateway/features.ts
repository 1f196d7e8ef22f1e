/**
 * What a Rollout asks of a Gateway beyond what every implementation has, and whether the GatewayClass lists it
 * (`status.supportedFeatures`). It is refused before it is written: a route that uses what its Gateway does not have may
 * be accepted all the same, and then answer no request.
 */
import { gatewayApiField, type NamedRoute } from '../../../api/schema/gateway-api.ts';
import { forbidden, type FieldError } from '../../../api/words/field-error.ts';
import type { Rollout } from '../../../api/schema/rollout.ts';
import type { CanaryStep } from '../../../api/schema/steps.ts';
import type { Gateway, GatewayClass } from '../../../kube/gateway.ts';
import { GATEWAY_CLASSES, GATEWAYS, GRPC_ROUTES, HTTP_ROUTES } from '../../../kube/resources.ts';
import type { ParentReference, Route } from '../../../kube/route.ts';
import type { RolloutWorld } from '../../observed/world.ts';
import { sidesOf } from '../sides.ts';
import { isManaged } from './managed-rules.ts';
import { namedRoutesOf, recognitionOf, routeIn } from './observed.ts';
import { isGateway, nameOf, parentKey, parentText } from './parents.ts';
import { isDivided, mirrorsOf, rulesOf } from './rules.ts';

/** Those that can be asked for, by the names that the Gateway API has for them. */
export const FEATURES = [
  'GRPCRoute',
  'HTTPRouteMethodMatching',
  'HTTPRouteRequestMirror',
  'HTTPRouteRequestMultipleMirrors',
  'HTTPRouteRequestPercentageMirror',
] as const;
type Feature = (typeof FEATURES)[number];

interface NeededFeature {
  readonly feature: Feature;
  /** The field of the spec that asks for it. */
  readonly path: string;
  /** By a route of this kind that takes managed routes. */
  readonly of: NamedRoute['resource'];
  /**
   * Whether the class has to list it. A route of a kind that a Gateway does not know gets no report, which the Rollout
   * waits for, so such a kind is only refused where there is a list without it.
   */
  readonly mustBeListed: boolean;
}

export function needsFeatures(rollout: Rollout): boolean {
  return neededFeatures(rollout).length > 0;
}

/** Nothing that the classes of the Gateways list is missing when it is empty. */
export function* unsupportedFeatures(world: RolloutWorld): Iterable<FieldError> {
  for (const needed of neededFeatures(world.rollout)) {
    for (const named of namedRoutesOf(world.rollout)) {
      const route = routeIn(world, named);
      if (route === undefined || named.resource !== needed.of) continue;
      if (needed.mustBeListed && !named.takesHeaderRoutes) continue;
      if (needed.feature === 'HTTPRouteRequestMultipleMirrors' && !hasMirrors(world, route)) continue;
      for (const parent of route.spec?.parentRefs ?? []) {
        const why = whyUnsupported(world, route, parent, needed);
        if (why !== null) yield forbidden(needed.path, why);
      }
    }
  }
}

function neededFeatures(rollout: Rollout): readonly NeededFeature[] {
  const canary = rollout.spec.strategy?.canary;
  const named = namedRoutesOf(rollout);
  const field = gatewayApiField(canary?.trafficRouting ?? {});
  const kinds = named
    .filter(({ resource }) => resource === GRPC_ROUTES)
    .map((route): NeededFeature => {
      const path = `spec.strategy.canary.trafficRouting.${field}.${route.field}`;
      return { feature: 'GRPCRoute', path, of: GRPC_ROUTES, mustBeListed: false };
    });
  if (named.length === 0) return [];
  return [...kinds, ...(canary?.steps ?? []).flatMap(featuresOfStep)];
}

function featuresOfStep({ setMirrorRoute }: CanaryStep, index: number): readonly NeededFeature[] {
  const { match = [], percentage = 100 } = setMirrorRoute ?? {};
  if (match.length === 0) return [];
  const path = `spec.strategy.canary.steps[${index}].setMirrorRoute`;
  const needed = (feature: Feature, field = ''): NeededFeature => {
    return { feature, path: `${path}${field}`, of: HTTP_ROUTES, mustBeListed: true };
  };
  const methods = match.flatMap(({ method }, at) =>
    method === undefined ? [] : [needed('HTTPRouteMethodMatching', `.match[${at}].method`)],
  );
  return [
    needed('HTTPRouteRequestMirror'),
    ...(percentage < 100 ? [needed('HTTPRouteRequestPercentageMirror', '.percentage')] : []),
    needed('HTTPRouteRequestMultipleMirrors'),
    ...methods,
  ];
}

/** A sentence without a full stop; `null` when the Gateway's class lists the feature, or need not. */
function whyUnsupported(
  world: RolloutWorld,
  route: Route,
  parent: ParentReference,
  { feature, mustBeListed }: NeededFeature,
): string | null {
  const unknown = (why: string) =>
    mustBeListed
      ? `${why}, so it is not known whether it supports ${feature}, which ${nameOf(route)} would need`
      : null;
  if (!isGateway(parent)) return unknown(`${parentText(parent)} is no Gateway and lists no features`);
  for (const { plural } of [GATEWAYS, GATEWAY_CLASSES]) {
    const why = world.unreadableRouted.get(plural);
    if (why !== undefined) return unknown(`${parentText(parent)} cannot be looked at: ${why}`);
  }
  const gateway: Gateway | undefined = world.routed.get(GATEWAYS.plural)?.get(parentKey(route, parent));
  if (gateway === undefined) return unknown(`${parentText(parent)} is not found`);
  const name = gateway.spec?.gatewayClassName ?? '';
  const found: GatewayClass | undefined = world.routed.get(GATEWAY_CLASSES.plural)?.get(name);
  if (found === undefined) return unknown(`GatewayClass ${name} of ${parentText(parent)} is not found`);
  const listed = (found.status?.supportedFeatures ?? []).map((one) => (typeof one === 'string' ? one : one.name));
  if (listed.length === 0) return unknown(`GatewayClass ${name} has no status.supportedFeatures`);
  return listed.includes(feature)
    ? null
    : `GatewayClass ${name} does not list ${feature} in status.supportedFeatures, and ${nameOf(route)} at ${parentText(parent)} would need it`;
}

/** Whether a rule that people have written mirrors requests already. */
function hasMirrors({ rollout }: RolloutWorld, route: Route): boolean {
  const recognition = recognitionOf({ rollout, name: rollout.metadata.name }, route);
  const sides = sidesOf(rollout);
  return rulesOf(route).some(
    (rule) => !isManaged(rule, recognition) && isDivided(rule, sides) && mirrorsOf(rule).length > 0,
  );
}
