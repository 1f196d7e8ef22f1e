/**
 * The routes that a Rollout refers to, and whether they exist and can carry its weights.
 */
import { gatewayApiField, type NamedRoute } from '../../../api/schema/gateway-api.ts';
import type { Rollout } from '../../../api/schema/rollout.ts';
import { errorsAmong, invalidValue, type FieldError } from '../../../api/words/field-error.ts';
import { HTTP_ROUTES } from '../../../kube/resources.ts';
import type { Route, RouteRule } from '../../../kube/route.ts';
import type { RolloutWorld } from '../../observed/world.ts';
import type { ObjectRef } from '../router.ts';
import { whyMissing, wrongSum } from '../shared-references.ts';
import { maxWeightOf, sidesOf } from '../sides.ts';
import { isManaged, matchesOf } from './managed-rules.ts';
import { joinedMatches } from './mirror-matches.ts';
import { namedRoutesOf, recognitionOf, routeIn, ROUTES } from './observed.ts';
import { backendsOf, holdsWeights, isDivided, rulesOf, sumOf } from './rules.ts';

export function routeReferences(rollout: Rollout): readonly ObjectRef[] {
  return namedRoutesOf(rollout);
}

export function missingRoutes(world: RolloutWorld): Iterable<FieldError> {
  return errorsAmong(namedRoutesOf(world.rollout), (named) => {
    if (routeIn(world, named) !== undefined) return null;
    return invalidValue(pathOf(world.rollout, named), named.name, whyMissing(world, ROUTES, named));
  });
}

export function* unfitRoutes(world: RolloutWorld): Iterable<FieldError> {
  yield* errorsAmong(namedRoutesOf(world.rollout), (named) => {
    const route = routeIn(world, named);
    const problem = route === undefined ? null : problemOf(world, named, route);
    return problem === null ? null : invalidValue(pathOf(world.rollout, named), named.name, problem);
  });
}

function problemOf({ rollout }: RolloutWorld, named: NamedRoute, route: Route): string | null {
  const sides = sidesOf(rollout);
  const maxWeight = maxWeightOf(rollout);
  const { kind } = named.resource;
  const recognition = recognitionOf({ rollout, name: rollout.metadata.name }, route);
  const rules = rulesOf(route).filter((rule) => !isManaged(rule, recognition));
  const repeating = rules.find((rule) =>
    (['stable', 'canary'] as const).some((side) => backendsOf(rule, sides, side).length > 1),
  );
  if (repeating !== undefined) return `${kind} \`${named.name}\` has a rule that names one Service twice`;
  const divided = rules.filter((rule) => isDivided(rule, sides));
  if (divided.length === 0) {
    return `${kind} \`${named.name}\` has no rule that names both services ${sides.stable} and ${sides.canary} in its backendRefs`;
  }
  const uneven = divided.find((rule) => !holdsWeights(rule, sides, maxWeight));
  if (uneven !== undefined) {
    return `${kind} \`${named.name}\` has a rule with further backends, and ${wrongSum(sides, maxWeight, sumOf(uneven, sides))}`;
  }
  if (!named.takesHeaderRoutes) return null;
  const repeated = repeatedHeader(rollout, divided);
  if (repeated !== null) {
    return `${kind} \`${named.name}\` has a rule that matches header ${repeated} already, so a step cannot match it as well`;
  }
  const unjoinable = named.resource === HTTP_ROUTES ? mirrorProblem(rollout, divided) : null;
  return unjoinable === null ? null : `${kind} \`${named.name}\`: ${unjoinable}`;
}

/** A mirror route copies requests of rules that are there. */
function mirrorProblem({ spec }: Rollout, divided: readonly RouteRule[]): string | null {
  for (const { setMirrorRoute } of spec.strategy?.canary?.steps ?? []) {
    const { name = '', match = [] } = setMirrorRoute ?? {};
    if (match.length === 0) continue;
    const joined = divided.map((rule) => joinedMatches(matchesOf(rule), match));
    const problem = joined.find((one) => typeof one === 'string');
    if (problem !== undefined) return problem;
    if (joined.every((one) => one.length === 0)) return `no rule has requests that mirror route ${name} matches`;
  }
  return null;
}

/** A match has each header once. */
function repeatedHeader({ spec }: Rollout, divided: readonly RouteRule[]): string | null {
  const present = divided.flatMap(({ matches = [] }) => matches.flatMap(({ headers = [] }) => headers));
  const matched = new Set(present.map(({ name }) => name.toLowerCase()));
  const asked = (spec.strategy?.canary?.steps ?? []).flatMap(({ setHeaderRoute }) => setHeaderRoute?.match ?? []);
  return asked.find(({ headerName }) => matched.has(headerName.toLowerCase()))?.headerName ?? null;
}

function pathOf({ spec }: Rollout, { field }: NamedRoute): string {
  const routing = spec.strategy?.canary?.trafficRouting ?? {};
  return `spec.strategy.canary.trafficRouting.${gatewayApiField(routing)}.${field}`;
}
