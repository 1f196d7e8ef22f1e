/**
 * Routes that a former spec has led through: they return all requests to the stable Service and lose the rules that were
 * added; once every proxy has heard of that, the mark goes as well.
 */
import type { Write } from '../../../kube/plan.ts';
import type { Route, RouteRule } from '../../../kube/route.ts';
import { DEFAULTS } from '../../../api/words/defaults.ts';
import type { Situation } from '../../observed/situation.ts';
import { markOf, sidesOfMark, type Mark } from '../mark.ts';
import type { Leftover } from '../router.ts';
import type { RolloutName } from '../shared-edit.ts';
import { sharedLeftover, unseenLeftovers } from '../shared-leftovers.ts';
import { maxWeightOf } from '../sides.ts';
import { editOf } from './edit.ts';
import { isManaged, type Recognition } from './managed-rules.ts';
import { leftRoutes, recognitionOf, ROUTES, type FoundRoute } from './observed.ts';
import { propagationMs, settledAtOf } from './propagation.ts';
import { isDivided, rulesOf, weightOf, withWeight } from './rules.ts';

export function routeLeftovers(situation: Situation): readonly Leftover[] {
  const seen = leftRoutes(situation).flatMap((found) => {
    const mark = markOf(found.object, situation.name);
    return mark === undefined ? [] : [leftoverOf(situation, found, mark)];
  });
  return [...seen, ...unseenLeftovers(situation, ROUTES)];
}

/** The write that takes a Rollout that is gone out of a route at once: its pods go or serve whatever their Services select. */
export function routeDeparture(rollout: RolloutName, found: FoundRoute): Write | null {
  const mark = markOf(found.object, rollout.name);
  if (mark === undefined) return null;
  const recognition = recognitionOfMark(mark, rollout.namespace);
  const rules = emptied(found.object, recognition, DEFAULTS.maxTrafficWeight);
  return editOf(rollout, found, recognition, { rules, mark: null, why: 'the Rollout that divided this route is gone' });
}

function leftoverOf(situation: Situation, found: FoundRoute, mark: Mark): Leftover {
  const route = found.object;
  const recognition = recognised(situation, route, mark);
  return sharedLeftover(situation, {
    weight: weightLeft(situation, route, mark),
    leadsBesideWeight: rulesOf(route).some((rule) => isManaged(rule, recognition)),
    emptying: () =>
      editOf(situation, found, recognition, {
        rules: emptied(route, recognition, maxWeightOf(situation.rollout)),
        mark: { ...mark, rules: {} },
        why: 'the Rollout does not route through this route any more: the canary gets no more of its requests',
      }),
    unmarking: () =>
      editOf(situation, found, recognition, {
        rules: rulesOf(route),
        mark: null,
        why: 'the Rollout does not route through this route any more',
      }),
    propagationMs: propagationMs(situation, route),
    settledAt: settledAtOf(situation, route),
  });
}

/** The Services are those of the mark: the spec may name others by now. */
function recognised(situation: Situation, route: Route, mark: Mark): Recognition {
  return { ...recognitionOf(situation, route), sides: sidesOfMark(mark, situation.namespace) };
}

function recognitionOfMark(mark: Mark, namespace: string): Recognition {
  const { rules } = mark;
  return { sides: sidesOfMark(mark, namespace), names: Object.keys(rules), contents: Object.values(rules) };
}

function weightLeft({ rollout, namespace }: Situation, route: Route, mark: Mark): number {
  const sides = sidesOfMark(mark, namespace);
  const divided = rulesOf(route).filter((rule) => isDivided(rule, sides));
  return Math.max(0, ...divided.map((rule) => weightOf(rule, sides, maxWeightOf(rollout))));
}

/** All requests of its divided rules go to the stable Service. */
function emptied(route: Route, recognition: Recognition, maxWeight: number): readonly RouteRule[] {
  const { sides } = recognition;
  return rulesOf(route)
    .filter((rule) => !isManaged(rule, recognition))
    .map((rule) => (isDivided(rule, sides) ? withWeight(rule, sides, 0, maxWeight) : rule));
}
