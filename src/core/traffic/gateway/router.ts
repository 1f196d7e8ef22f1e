/**
 * Traffic through the Gateway API: the weights of the stable and the canary Service in the rules of HTTPRoutes and
 * GRPCRoutes that name both, and a rule for each header route and mirror route. The routes belong to people.
 */
import { events } from '../../../api/events.ts';
import type { EventNote, PatchWrite, Write } from '../../../kube/plan.ts';
import { HTTP_ROUTES } from '../../../kube/resources.ts';
import type { BlockedOn } from '../../acts/blocked.ts';
import type { Situation } from '../../observed/situation.ts';
import { markOf, sidesOfMark } from '../mark.ts';
import type { ObservedSplit, ShownRoute, TrafficRouter, TrafficSplit, WrittenField } from '../router.ts';
import { markedIn } from '../shared-objects.ts';
import { maxWeightOf, sidesOf } from '../sides.ts';
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
    // A new weight is reported once, with the last of the routes that get it.
    const last = writes.findLastIndex(({ former }) => former !== split.weight);
    return writes.map(({ write, former }, index) =>
      index === last ? { ...write, events: [weightEvent(former, split)] } : write,
    );
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
  const managed = named.takesHeaderRoutes
    ? managedRules(inOrder(situation, split, named.resource === HTTP_ROUTES), divided, sides)
    : [];
  const rules = Object.fromEntries(managed.map((rule) => [rule.name ?? '', contentOf(rule)]));
  return editOf(situation, one, recognition, {
    rules: [...managed, ...own],
    mark: { stable: sides.stable, canary: sides.canary, rules },
    why: 'the weights and header rules of the route follow the position',
  });
}

/** `managedRoutes` gives the order of precedence: of two rules that match as much the first one counts. */
function inOrder(
  { rollout }: Situation,
  { headerRoutes, mirrorRoutes = [] }: TrafficSplit,
  takesMirrors: boolean,
): readonly ManagedRoute[] {
  const names = (rollout.spec.strategy?.canary?.trafficRouting?.managedRoutes ?? []).map(({ name }) => name);
  const managed = [...headerRoutes, ...(takesMirrors ? mirrorRoutes : [])];
  return managed.toSorted((one, other) => names.indexOf(one.name) - names.indexOf(other.name));
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

function weightEvent(former: number, split: TrafficSplit): EventNote {
  const stable = { weight: 0 };
  return events.weightUpdated({ canary: { weight: former }, stable }, { canary: { weight: split.weight }, stable });
}
