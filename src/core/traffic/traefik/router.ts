/**
 * Traffic through Traefik's own API: the weights of the stable and the canary Service in the weighted services of a
 * TraefikService, to which IngressRoutes of people lead. It knows no rules for headers.
 */
import { DEFAULTS } from '../../../api/words/defaults.ts';
import type { JsonObject } from '../../../kube/json.ts';
import { deepEqual } from '../../../kube/merge-patch.ts';
import type { Write } from '../../../kube/plan.ts';
import type { TraefikService } from '../../../kube/traefik-service.ts';
import type { BlockedOn } from '../../acts/blocked.ts';
import type { Hazard } from '../../acts/hazard.ts';
import type { Situation } from '../../observed/situation.ts';
import { markOf, sidesOfMark } from '../mark.ts';
import { rolesApart } from '../roles-apart.ts';
import type { Leftover, ObservedSplit, ShownRoute, TrafficRouter, TrafficSplit, WrittenField } from '../router.ts';
import { sharedEdit, type RolloutName } from '../shared-edit.ts';
import { sharedLeftover, unseenLeftovers } from '../shared-leftovers.ts';
import { markedIn, sharedWatch } from '../shared-objects.ts';
import { isDividedAmong, shareAmong, withShare } from '../shares.ts';
import { maxWeightOf, sidesOf, type Sides } from '../sides.ts';
import { weightEvent } from '../weight-event.ts';
import { missingWeighted, unfitWeighted } from './references.ts';
import {
  backendsIn,
  dividedServices,
  leftServices,
  propagationMs,
  readingOf,
  settledAtOf,
  WEIGHTED,
  weightedServices,
  type FoundWeighted,
} from './weighted.ts';

const LIST = ['spec', 'weighted', 'services'];

export const traefikRouter = {
  name: 'Traefik',
  place: 'TraefikService',
  routes: true,

  watch: sharedWatch(WEIGHTED),
  shared: { kinds: WEIGHTED, departure },
  references: weightedServices,
  missingReferences: missingWeighted,
  unfitReferences: unfitWeighted,
  unsupported: () => [],

  observe(situation: Situation): ObservedSplit {
    const { rollout } = situation;
    const weights = dividedServices(situation).map(({ object }) => weightIn(object, sidesOf(rollout), rollout));
    return { lowestWeight: weights[0] ?? 0, highestWeight: weights[0] ?? 0 };
  },

  leadsBesideWeight: () => false,

  propagationMs(situation: Situation): number {
    const found = [...dividedServices(situation), ...leftServices(situation)];
    return found.length === 0 ? 0 : propagationMs(situation);
  },

  settledAt(situation: Situation): number | null {
    const settled = dividedServices(situation).flatMap(({ object }) => settledAtOf(situation, object) ?? []);
    return settled[0] ?? null;
  },

  /** A list that does not name both Services, or that holds other weights than whole ones, is refused with its spec. */
  blockedOn: (): BlockedOn | null => null,
  unconfirmed: (): BlockedOn | null => null,
  hazards: (situation: Situation): readonly Hazard[] => [...boundClients(situation), ...rolesApart(situation)],

  render(situation: Situation, split: TrafficSplit): Write[] {
    return dividedServices(situation).flatMap((found) => renderOne(situation, found, split) ?? []);
  },

  written(situation: Situation): readonly WrittenField[] {
    return dividedServices(situation)
      .filter(({ object }) => markOf(object, situation.name) !== undefined)
      .map((found) => ({ ...found, path: LIST }));
  },

  shown(situation: Situation): readonly ShownRoute[] {
    return markedIn(situation, WEIGHTED.resources).flatMap(({ object }: FoundWeighted) => {
      const mark = markOf(object, situation.name);
      if (mark === undefined) return [];
      const { sideOf } = readingOf(sidesOfMark(mark, situation.namespace));
      const shares = backendsIn(object)
        .filter((one) => sideOf(one) !== null)
        .map(({ name, weight = 1 }): [string, string] => [name, String(weight)]);
      return [{ name: object.metadata.name, says: Object.fromEntries(shares) }];
    });
  },

  leftovers(situation: Situation): readonly Leftover[] {
    const seen = leftServices(situation).flatMap((found) => leftoverOf(situation, found) ?? []);
    return [...seen, ...unseenLeftovers(situation, WEIGHTED)];
  },
} as const satisfies TrafficRouter;

/** Traefik leaves a service of weight 0 out, and with it what its cookie says. */
function boundClients(situation: Situation): readonly Hazard[] {
  return dividedServices(situation)
    .filter(({ object }) => object.spec?.weighted?.sticky != null)
    .map(({ object: { metadata } }) => ({
      reason: 'SessionAffinity',
      message: `TraefikService ${situation.namespace}/${metadata.name} binds clients to one of its services with a cookie, so a weight divides only those that come for the first time, and who has been at the canary stays there until its weight is 0; remove spec.weighted.sticky if that is not meant`,
    }));
}

function renderOne(situation: Situation, found: FoundWeighted, { weight }: TrafficSplit): Write | null {
  const { rollout } = situation;
  const sides = sidesOf(rollout);
  const former = weightIn(found.object, sides, rollout);
  return sharedEdit(situation, found, {
    spec: specWith(found.object, sides, weight, maxWeightOf(rollout)),
    mark: { stable: sides.stable, canary: sides.canary, rules: {} },
    why: 'the weights of the TraefikService follow the position',
    events: former === weight ? [] : [weightEvent(former, weight)],
  });
}

function leftoverOf(situation: Situation, found: FoundWeighted): Leftover | null {
  const { rollout, name, namespace } = situation;
  const mark = markOf(found.object, name);
  if (mark === undefined) return null;
  const sides = sidesOfMark(mark, namespace);
  return sharedLeftover(situation, {
    weight: weightIn(found.object, sides, rollout),
    leadsBesideWeight: false,
    emptying: () =>
      sharedEdit(situation, found, {
        spec: specWith(found.object, sides, 0, maxWeightOf(rollout)),
        mark,
        why: 'the Rollout does not route through this TraefikService any more: the canary gets no more of its requests',
      }),
    unmarking: () =>
      sharedEdit(situation, found, {
        spec: null,
        mark: null,
        why: 'the Rollout does not route through this TraefikService any more',
      }),
    propagationMs: propagationMs(situation),
    settledAt: settledAtOf(situation, found.object),
  });
}

function departure(rollout: RolloutName, found: FoundWeighted): Write | null {
  const mark = markOf(found.object, rollout.name);
  if (mark === undefined) return null;
  return sharedEdit(rollout, found, {
    spec: specWith(found.object, sidesOfMark(mark, rollout.namespace), 0, DEFAULTS.maxTrafficWeight),
    mark: null,
    why: 'the Rollout that divided this TraefikService is gone',
  });
}

/** 0 where the list is not divided. */
function weightIn(object: TraefikService, sides: Sides, rollout: Situation['rollout']): number {
  const backends = backendsIn(object);
  const reading = readingOf(sides);
  return isDividedAmong(backends, reading) ? shareAmong(backends, reading, maxWeightOf(rollout)) : 0;
}

/** What of the spec changes for that weight; `null`: nothing. */
function specWith(object: TraefikService, sides: Sides, weight: number, maxWeight: number): JsonObject | null {
  const backends = backendsIn(object);
  const reading = readingOf(sides);
  if (!isDividedAmong(backends, reading)) return null;
  const services = withShare(backends, reading, weight, maxWeight);
  return deepEqual(services, backends) ? null : { weighted: { services: services as unknown as JsonObject[] } };
}
