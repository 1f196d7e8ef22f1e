/**
 * Objects of Istio that a former spec has led through. A VirtualService returns all requests to the stable side and loses
 * the routes that were added; the subsets of a DestinationRule select all pods of their Service again.
 */
import { DEFAULTS } from '../../../api/words/defaults.ts';
import type { DestinationRule, HttpRoute, VirtualService } from '../../../kube/istio.ts';
import type { JsonObject } from '../../../kube/json.ts';
import { deepEqual } from '../../../kube/merge-patch.ts';
import type { Write } from '../../../kube/plan.ts';
import { DESTINATION_RULES } from '../../../kube/resources.ts';
import type { Situation } from '../../observed/situation.ts';
import { markOf, sidesOfMark, type Mark } from '../mark.ts';
import type { Leftover } from '../router.ts';
import { sharedEdit, type RolloutName } from '../shared-edit.ts';
import { sharedLeftover, unseenLeftovers } from '../shared-leftovers.ts';
import type { Shared } from '../shared-objects.ts';
import { maxWeightOf } from '../sides.ts';
import { ISTIO, leftObjects, propagationMs, settledAtOf } from './observed.ts';
import { isDivided, isManaged, routesOf, weightOf, withWeight, type Recognition } from './rules.ts';
import { releasedSubsets, selectsRevision } from './subsets.ts';

export function istioLeftovers(situation: Situation): readonly Leftover[] {
  const seen = leftObjects(situation).flatMap((found) => {
    const mark = markOf(found.object, situation.name);
    if (mark === undefined) return [];
    return [isRule(found) ? leftRule(situation, found, mark) : leftService(situation, found, mark)];
  });
  return [...seen, ...unseenLeftovers(situation, ISTIO)];
}

/** The write that takes a Rollout that is gone out of an object of Istio at once. */
export function istioDeparture(rollout: RolloutName, found: Shared): Write | null {
  const mark = markOf(found.object, rollout.name);
  if (mark === undefined) return null;
  const why = 'the Rollout that divided its requests is gone';
  if (isRule(found)) return releasedSubsets(rollout, found, mark, { mark: null, why });
  const http = emptied(found.object, recognitionOfMark(mark, rollout.namespace), DEFAULTS.maxTrafficWeight);
  return sharedEdit(rollout, found, { spec: changed(found.object, http), mark: null, why });
}

function isRule(found: Shared): found is Shared<DestinationRule> {
  return found.resource === DESTINATION_RULES;
}

function leftService(situation: Situation, found: Shared<VirtualService>, mark: Mark): Leftover {
  const { object } = found;
  const recognition = recognitionOfMark(mark, situation.namespace);
  const maxWeight = maxWeightOf(situation.rollout);
  const weights = routesOf(object)
    .filter((one) => !isManaged(one, recognition) && isDivided(one, recognition.sides))
    .map((one) => weightOf(one, recognition.sides, maxWeight));
  return sharedLeftover(situation, {
    weight: Math.max(0, ...weights),
    leadsBesideWeight: routesOf(object).some((one) => isManaged(one, recognition)),
    emptying: () =>
      sharedEdit(situation, found, {
        spec: changed(object, emptied(object, recognition, maxWeight)),
        mark: { ...mark, rules: {} },
        why: 'the Rollout does not route through this VirtualService any more: the canary gets no more of its requests',
      }),
    unmarking: () =>
      sharedEdit(situation, found, {
        spec: null,
        mark: null,
        why: 'the Rollout does not route through this VirtualService any more',
      }),
    propagationMs: propagationMs(situation),
    settledAt: settledAtOf(situation, object),
  });
}

/** It leads no request by itself. Pods stay until every proxy knows that its subsets are no longer bound to a revision. */
function leftRule(situation: Situation, found: Shared<DestinationRule>, mark: Mark): Leftover {
  const nothing = { returnsRequests: false, leadsRequests: false, weight: 0 };
  const why = 'the Rollout does not route through this DestinationRule any more';
  if (selectsRevision(found.object, mark)) {
    const write = releasedSubsets(situation, found, mark, { mark, why });
    return { ...nothing, write, settledAt: situation.now + propagationMs(situation) };
  }
  return sharedLeftover(situation, {
    weight: 0,
    leadsBesideWeight: false,
    emptying: () => null,
    unmarking: () => sharedEdit(situation, found, { spec: null, mark: null, why }),
    propagationMs: propagationMs(situation),
    settledAt: settledAtOf(situation, found.object),
  });
}

function recognitionOfMark(mark: Mark, namespace: string): Recognition {
  return { sides: sidesOfMark(mark, namespace), names: Object.keys(mark.rules) };
}

/** All requests of its divided routes go to the stable side. */
function emptied(object: VirtualService, recognition: Recognition, maxWeight: number): readonly HttpRoute[] {
  const { sides } = recognition;
  return routesOf(object)
    .filter((one) => !isManaged(one, recognition))
    .map((one) => (isDivided(one, sides) ? withWeight(one, sides, 0, maxWeight) : one));
}

function changed(object: VirtualService, http: readonly HttpRoute[]): JsonObject | null {
  return deepEqual(routesOf(object), http) ? null : { http: http as unknown as JsonObject[] };
}
