/**
 * Whether the objects of Istio that a Rollout refers to exist and can carry its weights.
 */
import type { NamedVirtualService } from '../../../api/schema/istio.ts';
import { invalidValue, requiredValue, type FieldError } from '../../../api/words/field-error.ts';
import { PROBLEMS } from '../../../api/words/problems.ts';
import type { DestinationRule, HttpRoute, VirtualService } from '../../../kube/istio.ts';
import { DESTINATION_RULES, VIRTUAL_SERVICES, type Resource } from '../../../kube/resources.ts';
import { situationOf } from '../../observed/situation.ts';
import type { RolloutWorld } from '../../observed/world.ts';
import { whyMissing, wrongSum } from '../shared-references.ts';
import { backendsOn, holdsShares, sumAmong } from '../shares.ts';
import { maxWeightOf, sidesOf } from '../sides.ts';
import {
  destinationRuleIn,
  isNamed,
  ISTIO,
  namedServicesOf,
  recognitionOf,
  subsetNamesOf,
  virtualServiceIn,
  type SubsetNames,
} from './observed.ts';
import { headersMatchedBy, isDivided, isManaged, readingOf, routesOf, serviceOfHost } from './rules.ts';
import { subsetsOf } from './subsets.ts';

const PATH = 'spec.strategy.canary.trafficRouting.istio';

export function* missingIstio(world: RolloutWorld): Iterable<FieldError> {
  // Without one nothing is known of where requests go.
  if (namedServicesOf(world.rollout).length === 0) {
    yield requiredValue(`${PATH}.virtualService`, PROBLEMS.istioVirtualServicesMissing);
  }
  for (const { name, field } of namedServicesOf(world.rollout)) {
    if (virtualServiceIn(world, name) === undefined) yield missing(world, VIRTUAL_SERVICES, `${field}.name`, name);
  }
  const names = subsetNamesOf(world.rollout);
  if (names !== undefined && destinationRuleIn(world) === undefined) {
    yield missing(world, DESTINATION_RULES, 'destinationRule.name', names.name);
  }
}

export function* unfitIstio(world: RolloutWorld): Iterable<FieldError> {
  const names = subsetNamesOf(world.rollout);
  const rule = destinationRuleIn(world);
  const ruleProblem = names === undefined || rule === undefined ? null : problemOfRule(world, names, rule);
  if (ruleProblem !== null) yield invalidValue(`${PATH}.destinationRule.name`, names?.name, ruleProblem);
  for (const named of namedServicesOf(world.rollout)) {
    const object = virtualServiceIn(world, named.name);
    const problem = object === undefined ? null : problemOf(world, named, object);
    if (problem !== null) yield invalidValue(`${PATH}.${named.field}.name`, named.name, problem);
  }
}

function missing(world: RolloutWorld, resource: Resource, field: string, name: string): FieldError {
  return invalidValue(`${PATH}.${field}`, name, whyMissing(world, ISTIO, { resource, name }));
}

function problemOfRule({ rollout }: RolloutWorld, names: SubsetNames, rule: DestinationRule): string | null {
  const { host = '' } = rule.spec ?? {};
  const who = `DestinationRule \`${names.name}\``;
  if (serviceOfHost(host, sidesOf(rollout).namespace) === null) {
    return `${who} is for host ${host}, and not for a Service of the namespace of the Rollout`;
  }
  const lacking = [names.stableSubsetName, names.canarySubsetName].find(
    (name) => !subsetsOf(rule).some((one) => one.name === name),
  );
  return lacking === undefined ? null : `${who} has no subset ${lacking}`;
}

function problemOf(world: RolloutWorld, named: NamedVirtualService, object: VirtualService): string | null {
  const who = `VirtualService \`${named.name}\``;
  const recognition = recognitionOf(situationOf(world), object);
  const own = routesOf(object).filter((one) => !isManaged(one, recognition));
  const unknown = named.routes.find((name) => !own.some((one) => one.name === name));
  if (unknown !== undefined) return `${who} has no HTTP route ${unknown}`;
  if (named.routes.length === 0 && own.length !== 1) {
    return `${who} has ${own.length} HTTP routes, so the Rollout has to name those that it divides`;
  }
  for (const one of own.filter((route) => isNamed(route, named))) {
    const problem = problemOfRoute(world, one, recognition.sides);
    if (problem !== null) return `${who} has an HTTP route ${one.name ?? ''}`.trimEnd() + problem;
  }
  return null;
}

function problemOfRoute(
  { rollout }: RolloutWorld,
  one: HttpRoute,
  sides: Parameters<typeof readingOf>[0],
): string | null {
  const { route = [] } = one;
  const reading = readingOf(sides);
  if ((['stable', 'canary'] as const).some((side) => backendsOn(route, reading, side).length > 1)) {
    return ' that names one side twice';
  }
  if (!isDivided(one, sides)) return ` that does not lead to both ${sides.stable} and ${sides.canary}`;
  const maxWeight = maxWeightOf(rollout);
  if (!holdsShares(route, reading, maxWeight)) {
    return ` with further destinations, and ${wrongSum(sides, maxWeight, sumAmong(route, reading))}`;
  }
  const asked = (rollout.spec.strategy?.canary?.steps ?? []).flatMap(
    ({ setHeaderRoute }) => setHeaderRoute?.match ?? [],
  );
  const matched = headersMatchedBy(one);
  const repeated = asked.find(({ headerName }) => matched.includes(headerName.toLowerCase()));
  return repeated === undefined
    ? null
    : ` that matches header ${repeated.headerName} already, so a step cannot match it as well`;
}
