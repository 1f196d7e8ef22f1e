/**
 * Traffic through the Gateway API: the weights of the stable and the canary Service in the rules of HTTPRoutes and
 * GRPCRoutes that name both, and a rule for each header route and mirror route. The routes belong to people.
 */
import type { PatchWrite, Write } from '../../../kube/plan.ts';
import { HTTP_ROUTES } from '../../../kube/resources.ts';
import type { BlockedOn } from '../../acts/blocked.ts';
import type { Situation } from '../../observed/situation.ts';
import { inManagedOrder } from '../managed-order.ts';
import { markOf, sidesOfMark } from '../mark.ts';
import type { ObservedSplit, ShownRoute, TrafficRouter, TrafficSplit, WrittenField } from '../router.ts';
import { markedIn } from '../shared-objects.ts';
import { maxWeightOf, sidesOf } from '../sides.ts';
import { toldWithLast } from '../weight-event.ts';
import { editOf } from './edit.ts';
import { unsupportedFeatures } from './features.ts';
import { routeHazards } from './hazards.ts';
import { routeDeparture, routeLeftovers } from './leftovers.ts';
import { contentOf, isManaged, managedRules, type ManagedRoute } from './managed-rules.ts';
import { dividedRoutes, leftRoutes, recognitionOf, ROUTES, type DividedRoute, type FoundRoute } from './observed.ts';
import { refusedRoute, unconfirmedRoute } from './parents.ts';
import { propagationMs, settledAtOf } from './propagation.ts';
import { missingRoutes, routeReferences, unfitRoutes } from './references.ts';
import { backendsOf, isDivided, rulesOf, weightOf, withWeight } from './rules.ts';
import { routeWatch } from './watch.ts';

export const gatewayRouter = {
  name: 'GatewayAPI',
  place: 'routes',
  routes: true,

  watch: routeWatch,
  shared: { kinds: ROUTES, departure: routeDeparture },
  references: routeReferences,
  missingReferences: missingRoutes,
  unfitReferences: unfitRoutes,
  unsupported: unsupportedFeatures,

  observe(situation: Situation): ObservedSplit {
    const weights = dividedRoutes(situation).flatMap((one) => weightsOf(situation, one));
    return weights.length === 0
      ? { lowestWeight: 0, highestWeight: 0 }
      : { lowestWeight: Math.min(...weights), highestWeight: Math.max(...weights) };
  },

  leadsBesideWeight(situation: Situation): boolean {
    return dividedRoutes(situation).some(({ object: route }) => {
      const recognition = recognitionOf(situation, route);
      return rulesOf(route).some((rule) => isManaged(rule, recognition));
    });
  },

  propagationMs(situation: Situation): number {
    const routes = [...dividedRoutes(situation), ...leftRoutes(situation)];
    return Math.max(0, ...routes.map(({ object: route }) => propagationMs(situation, route)));
  },

  settledAt(situation: Situation): number | null {
    const settled = dividedRoutes(situation).flatMap(({ object: route }) => settledAtOf(situation, route) ?? []);
    return settled.length === 0 ? null : Math.max(...settled);
  },

  blockedOn(situation: Situation): BlockedOn | null {
    return firstProblem(situation, refusedRoute);
  },

  unconfirmed(situation: Situation): BlockedOn | null {
    return firstProblem(situation, unconfirmedRoute);
  },

  hazards: routeHazards,

  render(situation: Situation, split: TrafficSplit): Write[] {
    const writes = dividedRoutes(situation).flatMap((one) => {
      const write = renderOne(situation, one, split);
      return write === null ? [] : [{ write, former: Math.max(0, ...weightsOf(situation, one)) }];
    });
    return toldWithLast(writes, split.weight);
  },

  written(situation: Situation): readonly WrittenField[] {
    return dividedRoutes(situation)
      .filter(({ object: route }) => markOf(route, situation.name) !== undefined)
      .map(({ resource, object: route }) => ({ resource, object: route, path: ['spec', 'rules'] }));
  },

  shown(situation: Situation): readonly ShownRoute[] {
    return markedIn(situation, ROUTES.resources).flatMap(({ object: route }: FoundRoute) => {
      const mark = markOf(route, situation.name);
      if (mark === undefined) return [];
      const shares = rulesOf(route).flatMap((rule, index) =>
        (['stable', 'canary'] as const).flatMap((side) =>
          backendsOf(rule, sidesOfMark(mark, situation.namespace), side).map(
            ({ name, weight = 1 }): [string, string] => [`${rule.name ?? `rule ${index}`} ${name}`, String(weight)],
          ),
        ),
      );
      return [{ name: route.metadata.name, says: Object.fromEntries(shares) }];
    });
  },

  leftovers: routeLeftovers,
} as const satisfies TrafficRouter;

function renderOne(situation: Situation, one: DividedRoute, split: TrafficSplit): PatchWrite | null {
  const { object: route, named } = one;
  const { rollout } = situation;
  const sides = sidesOf(rollout);
  const maxWeight = maxWeightOf(rollout);
  const recognition = recognitionOf(situation, route);
  const own = rulesOf(route)
    .filter((rule) => !isManaged(rule, recognition))
    .map((rule) => (isDivided(rule, sides) ? withWeight(rule, sides, split.weight, maxWeight) : rule));
  const divided = own.filter((rule) => isDivided(rule, sides));
  // Only HTTPRoutes mirror requests.
  const mirrorRoutes = named.resource === HTTP_ROUTES ? (split.mirrorRoutes ?? []) : [];
  const wanted: readonly ManagedRoute[] = [...split.headerRoutes, ...mirrorRoutes];
  const managed = named.takesHeaderRoutes ? managedRules(inManagedOrder(rollout, wanted), divided, sides) : [];
  const rules = Object.fromEntries(managed.map((rule) => [rule.name ?? '', contentOf(rule)]));
  return editOf(situation, one, recognition, {
    rules: [...managed, ...own],
    mark: { stable: sides.stable, canary: sides.canary, rules },
    why: 'the weights and header rules of the route follow the position',
  });
}

/** Of each divided rule, those of mirror routes among them. */
function weightsOf({ rollout }: Situation, { object: route }: DividedRoute): readonly number[] {
  const sides = sidesOf(rollout);
  return rulesOf(route)
    .filter((rule) => isDivided(rule, sides))
    .map((rule) => weightOf(rule, sides, maxWeightOf(rollout)));
}

function firstProblem(
  situation: Situation,
  problemOf: (route: DividedRoute['object']) => BlockedOn | null,
): BlockedOn | null {
  for (const { object: route } of dividedRoutes(situation)) {
    const problem = problemOf(route);
    if (problem !== null) return problem;
  }
  return null;
}
