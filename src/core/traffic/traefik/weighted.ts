/**
 * The TraefikService that a Rollout leads through: what of its list of weighted services is ours.
 */
import type { Rollout } from '../../../api/schema/rollout.ts';
import { TRAEFIK_SERVICES } from '../../../kube/resources.ts';
import type { TraefikService, WeightedBackend } from '../../../kube/traefik-service.ts';
import type { Situation } from '../../observed/situation.ts';
import type { RolloutWorld } from '../../observed/world.ts';
import { markOf } from '../mark.ts';
import { propagationTime, TRAEFIK_MS } from '../propagation.ts';
import type { ObjectRef } from '../router.ts';
import { leftBehind, type Shared, type SharedKinds } from '../shared-objects.ts';
import type { Reading } from '../shares.ts';
import type { Side, Sides } from '../sides.ts';
import { lastWrittenAt } from '../written-times.ts';

export const WEIGHTED = {
  component: 'traefik',
  resources: [TRAEFIK_SERVICES],
  namedBy: weightedServices,
} as const satisfies SharedKinds;

/** A TraefikService with its kind. */
export interface FoundWeighted extends Shared<TraefikService> {}

/** '' when the spec names none. */
export function weightedName({ spec }: Pick<Rollout, 'spec'>): string {
  return spec.strategy?.canary?.trafficRouting?.traefik?.weightedTraefikServiceName ?? '';
}

export function weightedServices(rollout: Pick<Rollout, 'spec'>): readonly ObjectRef[] {
  const name = weightedName(rollout);
  return name === '' ? [] : [{ resource: TRAEFIK_SERVICES, name }];
}

/** The one that the spec names; `undefined` where it is not there. */
export function weightedIn({ routed, rollout }: Pick<RolloutWorld, 'routed' | 'rollout'>): TraefikService | undefined {
  return routed.get(TRAEFIK_SERVICES.plural)?.get(weightedName(rollout));
}

/** None, or the one. */
export function dividedServices({ world, rollout }: Situation): readonly FoundWeighted[] {
  const object = weightedIn({ routed: world.routed, rollout });
  return object === undefined ? [] : [{ resource: TRAEFIK_SERVICES, object }];
}

export function leftServices(situation: Situation): readonly FoundWeighted[] {
  return leftBehind(situation, WEIGHTED);
}

export function backendsIn({ spec }: TraefikService): readonly WeightedBackend[] {
  return spec?.weighted?.services ?? [];
}

export function readingOf(sides: Sides): Reading<WeightedBackend> {
  const sideOf = ({ kind = 'Service', namespace = sides.namespace, name }: WeightedBackend): Side | null => {
    if (kind !== 'Service' || namespace !== sides.namespace) return null;
    if (name === sides.canary) return 'canary';
    return name === sides.stable ? 'stable' : null;
  };
  return { sideOf, unsaid: 1 };
}

/** How long Traefik needs at most to act on a write, in milliseconds. */
export function propagationMs(situation: Situation): number {
  return propagationTime(situation, TRAEFIK_MS);
}

/** As of `TrafficRouter.settledAt`: nothing reports about a TraefikService, so the time counts from its last write. */
export function settledAtOf(situation: Situation, object: TraefikService): number | null {
  if (markOf(object, situation.name) === undefined) return null;
  const writtenAt = lastWrittenAt(object, situation.now);
  return writtenAt === null ? null : writtenAt + propagationMs(situation);
}
