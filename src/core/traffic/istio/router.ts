/**
 * Traffic through Istio: the weights of the stable and the canary side in HTTP routes of VirtualServices, a route for each
 * header route, and the pods of the subsets where subsets are the sides. The objects belong to people.
 */
import { LABELS } from '../../../api/words/labels.ts';
import type { DestinationRule, HttpRoute, VirtualService } from '../../../kube/istio.ts';
import type { JsonObject } from '../../../kube/json.ts';
import { deepEqual } from '../../../kube/merge-patch.ts';
import type { PatchWrite, Write } from '../../../kube/plan.ts';
import { DESTINATION_RULES, VIRTUAL_SERVICES } from '../../../kube/resources.ts';
import type { BlockedOn } from '../../acts/blocked.ts';
import type { Hazard } from '../../acts/hazard.ts';
import { selectedHash } from '../../observed/endpoints.ts';
import type { Situation } from '../../observed/situation.ts';
import { inManagedOrder } from '../managed-order.ts';
import { markOf, sidesOfMark } from '../mark.ts';
import { rolesApart } from '../roles-apart.ts';
import type { Leftover, ObservedSplit, ShownRoute, TrafficRouter, TrafficSplit, WrittenField } from '../router.ts';
import { sharedEdit } from '../shared-edit.ts';
import { markedIn, sharedWatch } from '../shared-objects.ts';
import { maxWeightOf, sidesOf } from '../sides.ts';
import { toldWithLast } from '../weight-event.ts';
import { istioDeparture, istioLeftovers } from './leftovers.ts';
import {
  destinationRuleIn,
  dividedRoutesOf,
  dividedServices,
  ISTIO,
  istioReferences,
  leftObjects,
  propagationMs,
  recognitionOf,
  settledAtOf,
  type DividedVirtualService,
} from './observed.ts';
import { missingIstio, unfitIstio } from './references.ts';
import { isManaged, managedRoutes, readingOf, routesOf, weightOf, withWeight } from './rules.ts';
import { subsetNotInForce, subsetsOf, subsetWrite } from './subsets.ts';

export const istioRouter = {
  name: 'Istio',
  place: 'VirtualService',
  routes: true,

  watch: sharedWatch(ISTIO),
  shared: { kinds: ISTIO, departure: istioDeparture },
  references: istioReferences,
  missingReferences: missingIstio,
  unfitReferences: unfitIstio,
  unsupported: () => [],

  observe(situation: Situation): ObservedSplit {
    const weights = weightsShown(situation);
    return weights.length === 0
      ? { lowestWeight: 0, highestWeight: 0 }
      : { lowestWeight: Math.min(...weights), highestWeight: Math.max(...weights) };
  },

  leadsBesideWeight(situation: Situation): boolean {
    return dividedServices(situation).some(({ object }) => {
      const recognition = recognitionOf(situation, object);
      return routesOf(object).some((one) => isManaged(one, recognition));
    });
  },

  propagationMs(situation: Situation): number {
    const { length } = [...dividedServices(situation), ...leftObjects(situation)];
    return length === 0 ? 0 : propagationMs(situation);
  },

  settledAt(situation: Situation): number | null {
    const { rollout, world } = situation;
    const rule = destinationRuleIn({ routed: world.routed, rollout });
    const objects = [...dividedServices(situation).map(({ object }) => object), ...(rule === undefined ? [] : [rule])];
    const settled = objects.flatMap((object) => settledAtOf(situation, object) ?? []);
    return settled.length === 0 ? null : Math.max(...settled);
  },

  /** Nothing reports about these objects; what cannot be divided is refused with the spec. */
  blockedOn: (): BlockedOn | null => null,

  unconfirmed(situation: Situation): BlockedOn | null {
    return subsetNotInForce(situation, 'canary') ?? subsetNotInForce(situation, 'stable');
  },

  hazards: (situation: Situation): readonly Hazard[] => rolesApart(situation),

  holdsBack: requestsWait,

  render(situation: Situation, split: TrafficSplit): Write[] {
    const subsets = subsetWrite(situation);
    const following = subsets === null ? [] : [subsets];
    if (requestsWait(situation, split)) return following;
    const writes = dividedServices(situation).flatMap((one) => {
      const write = renderOne(situation, one, split);
      return write === null ? [] : [{ write, former: Math.max(0, ...weightsOf(situation, one)) }];
    });
    return [...following, ...toldWithLast(writes, split.weight)];
  },

  written(situation: Situation): readonly WrittenField[] {
    const { name, rollout, world } = situation;
    const rule = destinationRuleIn({ routed: world.routed, rollout });
    const fields: readonly WrittenField[] = [
      ...dividedServices(situation).map(({ object }) => ({
        resource: VIRTUAL_SERVICES,
        object,
        path: ['spec', 'http'],
      })),
      ...(rule === undefined ? [] : [{ resource: DESTINATION_RULES, object: rule, path: ['spec', 'subsets'] }]),
    ];
    return fields.filter(({ object }) => markOf(object, name) !== undefined);
  },

  shown(situation: Situation): readonly ShownRoute[] {
    return markedIn(situation, ISTIO.resources).map(({ resource, object }) => ({
      name: object.metadata.name,
      says: resource === DESTINATION_RULES ? revisionsShown(object) : sharesShown(situation, object),
    }));
  },

  leftovers(situation: Situation): readonly Leftover[] {
    return istioLeftovers(situation);
  },
} as const satisfies TrafficRouter;

/**
 * Whether requests have to wait for the proxies to know the subsets: more of them to the canary for its subset, and those
 * that return for that of the stable side, where that is just becoming the canary's revision. Requests that return to
 * another revision wait for nothing.
 */
function requestsWait(situation: Situation, split: TrafficSplit): boolean {
  const weights = weightsShown(situation);
  const grows = weights.some((weight) => weight < split.weight) || split.headerRoutes.length > 0;
  const shrinks = weights.some((weight) => weight > split.weight);
  if (grows && subsetNotInForce(situation, 'canary') !== null) return true;
  const { stable, canary } = sidesOf(situation.rollout);
  const isPromotion = selectedHash(situation, stable) === selectedHash(situation, canary);
  return shrinks && isPromotion && subsetNotInForce(situation, 'stable') !== null;
}

function renderOne(situation: Situation, one: DividedVirtualService, split: TrafficSplit): PatchWrite | null {
  const { object } = one;
  const maxWeight = maxWeightOf(situation.rollout);
  const recognition = recognitionOf(situation, object);
  const { sides } = recognition;
  const divided = dividedRoutesOf(one, recognition);
  const own = routesOf(object)
    .filter((route) => !isManaged(route, recognition))
    .map((route) => (divided.includes(route) ? withWeight(route, sides, split.weight, maxWeight) : route));
  const managed = managedRoutes(inManagedOrder(situation.rollout, split.headerRoutes), divided, sides);
  const http: readonly HttpRoute[] = [...managed, ...own];
  return sharedEdit(situation, one, {
    spec: deepEqual(http, routesOf(object)) ? null : { http: http as unknown as JsonObject[] },
    mark: {
      stable: sides.stable,
      canary: sides.canary,
      rules: Object.fromEntries(managed.map(({ name = '' }) => [name, ''])),
    },
    why: 'the weights and header routes of the VirtualService follow the position',
  });
}

function weightsShown(situation: Situation): readonly number[] {
  return dividedServices(situation).flatMap((one) => weightsOf(situation, one));
}

/** Of each divided route. */
function weightsOf(situation: Situation, one: DividedVirtualService): readonly number[] {
  const recognition = recognitionOf(situation, one.object);
  const maxWeight = maxWeightOf(situation.rollout);
  return dividedRoutesOf(one, recognition).map((route) => weightOf(route, recognition.sides, maxWeight));
}

function sharesShown({ name, namespace }: Situation, object: VirtualService): Readonly<Record<string, string>> {
  const mark = markOf(object, name);
  if (mark === undefined) return {};
  const { sideOf } = readingOf(sidesOfMark(mark, namespace));
  const shares = routesOf(object).flatMap((one, index) =>
    (one.route ?? [])
      .filter((each) => sideOf(each) !== null)
      .map(({ destination: { host, subset }, weight = 0 }): [string, string] => [
        `${one.name ?? `route ${index}`} ${subset === undefined ? host : `${host}:${subset}`}`,
        String(weight),
      ]),
  );
  return Object.fromEntries(shares);
}

function revisionsShown(object: DestinationRule): Readonly<Record<string, string>> {
  const revisions = subsetsOf(object).flatMap(({ name, labels }): [string, string][] => {
    const hash = labels?.[LABELS.podTemplateHash];
    return hash === undefined ? [] : [[`subset ${name}`, hash]];
  });
  return Object.fromEntries(revisions);
}
