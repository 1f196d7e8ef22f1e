/**
 * What a world holds of Istio's objects, and what of it a Rollout divides.
 */
import { namedVirtualServices, type NamedVirtualService } from '../../../api/schema/istio.ts';
import type { Rollout } from '../../../api/schema/rollout.ts';
import type { TrafficRouting } from '../../../api/schema/traffic-routing.ts';
import type { DestinationRule, HttpRoute, VirtualService } from '../../../kube/istio.ts';
import type { KubeObject } from '../../../kube/objects.ts';
import { DESTINATION_RULES, VIRTUAL_SERVICES } from '../../../kube/resources.ts';
import type { Situation } from '../../observed/situation.ts';
import type { RolloutWorld } from '../../observed/world.ts';
import { markOf } from '../mark.ts';
import { propagationTime, UNKNOWN_MS } from '../propagation.ts';
import type { ObjectRef } from '../router.ts';
import { leftBehind, type Shared, type SharedKinds } from '../shared-objects.ts';
import { sidesOf, type Sides } from '../sides.ts';
import { lastWrittenAt } from '../written-times.ts';
import { isDivided, isManaged, routesOf, serviceOfHost, type Recognition } from './rules.ts';

export const ISTIO = {
  component: 'istio',
  resources: [VIRTUAL_SERVICES, DESTINATION_RULES],
  namedBy: istioReferences,
} as const satisfies SharedKinds;

type Routed = Pick<RolloutWorld, 'routed' | 'rollout'>;

interface FoundVirtualService extends Shared<VirtualService> {}

/** A VirtualService that the spec names and that is there. */
export interface DividedVirtualService extends FoundVirtualService {
  readonly named: NamedVirtualService;
}

export type SubsetNames = NonNullable<NonNullable<TrafficRouting['istio']>['destinationRule']>;

/** `undefined` where whole Services are the sides. */
export function subsetNamesOf({ spec }: Pick<Rollout, 'spec'>): SubsetNames | undefined {
  return spec.strategy?.canary?.trafficRouting?.istio?.destinationRule;
}

export function namedServicesOf({ spec }: Pick<Rollout, 'spec'>): readonly NamedVirtualService[] {
  return namedVirtualServices(spec.strategy?.canary?.trafficRouting?.istio);
}

export function istioReferences(rollout: Pick<Rollout, 'spec'>): readonly ObjectRef[] {
  const rule = subsetNamesOf(rollout);
  return [
    ...namedServicesOf(rollout).map(({ name }) => ({ resource: VIRTUAL_SERVICES, name })),
    ...(rule === undefined ? [] : [{ resource: DESTINATION_RULES, name: rule.name }]),
  ];
}

export function virtualServiceIn({ routed }: Pick<Routed, 'routed'>, name: string): VirtualService | undefined {
  return routed.get(VIRTUAL_SERVICES.plural)?.get(name);
}

/** The DestinationRule that the spec names; `undefined` where it names none, or none is there. */
export function destinationRuleIn({ routed, rollout }: Routed): DestinationRule | undefined {
  const names = subsetNamesOf(rollout);
  return names === undefined ? undefined : routed.get(DESTINATION_RULES.plural)?.get(names.name);
}

/** In the order of the spec. */
export function dividedServices({ world, rollout }: Situation): readonly DividedVirtualService[] {
  return namedServicesOf(rollout).flatMap((named) => {
    const object = virtualServiceIn(world, named.name);
    return object === undefined ? [] : [{ named, resource: VIRTUAL_SERVICES, object }];
  });
}

export function leftObjects(situation: Situation): readonly Shared[] {
  return leftBehind(situation, ISTIO);
}

/** The sides as rules.ts names them. Without the DestinationRule no destination is one of them. */
export function istioSides({ routed, rollout }: Routed): Sides {
  const sides = sidesOf(rollout);
  const names = subsetNamesOf(rollout);
  if (names === undefined) return sides;
  const { host = '' } = destinationRuleIn({ routed, rollout })?.spec ?? {};
  const service = serviceOfHost(host, sides.namespace) ?? '';
  return { ...sides, stable: `${service}:${names.stableSubsetName}`, canary: `${service}:${names.canarySubsetName}` };
}

/** By which the routes that the Rollout has added to the VirtualService are known. */
export function recognitionOf({ world, rollout, name }: Situation, object: VirtualService): Recognition {
  const { managedRoutes = [] } = rollout.spec.strategy?.canary?.trafficRouting ?? {};
  const { rules = {} } = markOf(object, name) ?? {};
  const names = [...Object.keys(rules), ...managedRoutes.map((one) => one.name)];
  return { sides: istioSides({ routed: world.routed, rollout }), names };
}

/** Whether the spec asks for this route to be divided: by its name, or without one because it is the only one. */
export function isNamed(one: HttpRoute, { routes }: NamedVirtualService): boolean {
  return routes.length === 0 || (one.name !== undefined && routes.includes(one.name));
}

/** The routes of people that are divided. */
export function dividedRoutesOf(
  { object, named }: DividedVirtualService,
  recognition: Recognition,
): readonly HttpRoute[] {
  return routesOf(object).filter(
    (one) => !isManaged(one, recognition) && isNamed(one, named) && isDivided(one, recognition.sides),
  );
}

/**
 * How long the proxies of a mesh need at most, in milliseconds. Istio gathers changes for up to 10 s while they keep coming,
 * and sends them to proxies of which it reports nothing: nothing better is known than for a proxy of an unknown kind.
 */
export function propagationMs(situation: Situation): number {
  return propagationTime(situation, UNKNOWN_MS);
}

/** As of `TrafficRouter.settledAt`: the time counts from the last write. */
export function settledAtOf(situation: Situation, object: KubeObject): number | null {
  if (markOf(object, situation.name) === undefined) return null;
  const writtenAt = lastWrittenAt(object, situation.now);
  return writtenAt === null ? null : writtenAt + propagationMs(situation);
}
