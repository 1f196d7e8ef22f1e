/**
 * Whether the TraefikService that a Rollout refers to exists and can carry its weights.
 */
import { invalidValue, type FieldError } from '../../../api/words/field-error.ts';
import { TRAEFIK_SERVICES } from '../../../kube/resources.ts';
import type { TraefikService } from '../../../kube/traefik-service.ts';
import type { RolloutWorld } from '../../observed/world.ts';
import { whyMissing, wrongSum } from '../shared-references.ts';
import { backendsOn, holdsShares, isDividedAmong, sumAmong } from '../shares.ts';
import { maxWeightOf, sidesOf } from '../sides.ts';
import { backendsIn, readingOf, WEIGHTED, weightedIn, weightedName } from './weighted.ts';

const PATH = 'spec.strategy.canary.trafficRouting.traefik.weightedTraefikServiceName';

export function missingWeighted(world: RolloutWorld): readonly FieldError[] {
  if (weightedIn(world) !== undefined) return [];
  const name = weightedName(world.rollout);
  return [invalidValue(PATH, name, whyMissing(world, WEIGHTED, { resource: TRAEFIK_SERVICES, name }))];
}

export function unfitWeighted(world: RolloutWorld): readonly FieldError[] {
  const object = weightedIn(world);
  const problem = object === undefined ? null : problemOf(world, object);
  return problem === null ? [] : [invalidValue(PATH, weightedName(world.rollout), problem)];
}

function problemOf({ rollout }: RolloutWorld, object: TraefikService): string | null {
  const sides = sidesOf(rollout);
  const reading = readingOf(sides);
  const backends = backendsIn(object);
  const who = `TraefikService \`${object.metadata.name}\``;
  if ((['stable', 'canary'] as const).some((side) => backendsOn(backends, reading, side).length > 1)) {
    return `${who} names one Service twice in spec.weighted.services`;
  }
  if (!isDividedAmong(backends, reading)) {
    return `${who} does not name both services ${sides.stable} and ${sides.canary} in spec.weighted.services`;
  }
  const maxWeight = maxWeightOf(rollout);
  return holdsShares(backends, reading, maxWeight)
    ? null
    : `${who} has further services, and ${wrongSum(sides, maxWeight, sumAmong(backends, reading))}`;
}
