/**
 * Routes that a former spec has led through: they return all requests to the stable Service and lose the rules that were
 * added; once every proxy has heard of that, the mark goes as well.
 */
import type { Write } from '../../../kube/plan.ts';
import type { Resource } from '../../../kube/resources.ts';
import type { Route, RouteRule } from '../../../kube/route.ts';
import { DEFAULTS } from '../../../api/words/defaults.ts';
import { invalidValue, type FieldError } from '../../../api/words/field-error.ts';
import { ANNOTATIONS } from '../../../api/words/labels.ts';
import type { Situation } from '../../observed/situation.ts';
import type { RolloutWorld } from '../../observed/world.ts';
import type { Leftover } from '../router.ts';
import { editOf } from './edit.ts';
import { isManaged, type Recognition } from './managed-rules.ts';
import { markOf, sidesOfMark, type Mark } from '../mark.ts';
import { maxWeightOf } from '../sides.ts';
import {
  leftRoutes,
  namedRoutesOf,
  recognitionOf,
  ROUTE_RESOURCES,
  writtenKinds,
  type FoundRoute,
} from './observed.ts';
import { propagationMs, settledAtOf } from './propagation.ts';
import { isDivided, rulesOf, weightOf, withWeight } from './rules.ts';

export function routeLeftovers(situation: Situation): readonly Leftover[] {
  const seen = leftRoutes(situation).flatMap((found) => {
    const mark = markOf(found.route, situation.name);
    return mark === undefined ? [] : [leftoverOf(situation, found, mark)];
  });
  return unseenKinds(situation.world).length === 0 ? seen : [...seen, UNSEEN];
}

/** A route that may not be read may still lead requests to the canary, so its pods stay until it can be read. */
const UNSEEN: Leftover = {
  write: null,
  returnsRequests: false,
  leadsRequests: true,
  weight: 0,
  settledAt: Number.POSITIVE_INFINITY,
};

/** The kinds of routes that hold something of the Rollout, as far as it has written that down, and that may not be read. */
function unseenKinds({ rollout, unreadableRouted }: RolloutWorld): readonly Resource[] {
  const written = writtenKinds(rollout);
  return ROUTE_RESOURCES.filter(({ plural }) => written.includes(plural) && unreadableRouted.has(plural));
}

/** A kind of route that the spec does not name any more, and that cannot be left because it may not be read. */
export function unleavableRoutes(world: RolloutWorld): FieldError | null {
  const { rollout, unreadableRouted } = world;
  const named = namedRoutesOf(rollout);
  const left = unseenKinds(world).find((kind) => !named.some(({ resource }) => resource === kind));
  if (left === undefined) return null;
  const why = unreadableRouted.get(left.plural) ?? '';
  return invalidValue(
    `metadata.annotations[${ANNOTATIONS.dividedRoutes}]`,
    left.plural,
    `the Rollout has led requests through ${left.plural}, and they may still reach the canary: ${why}; deploy/components/gateway-api grants it. When no route leads to the canary, remove the annotation`,
  );
}

/** Of a Rollout that may be gone. */
export interface RolloutName {
  readonly namespace: string;
  readonly name: string;
}

/** The write that takes a Rollout that is gone out of a route at once: its pods go or serve whatever their Services select. */
export function departure(rollout: RolloutName, found: FoundRoute): Write | null {
  const mark = markOf(found.route, rollout.name);
  if (mark === undefined) return null;
  const recognition = recognitionOfMark(mark, rollout.namespace);
  const rules = emptied(found.route, recognition, DEFAULTS.maxTrafficWeight);
  return editOf(rollout, found, recognition, { rules, mark: null, why: 'the Rollout that divided this route is gone' });
}

function leftoverOf(situation: Situation, found: FoundRoute, mark: Mark): Leftover {
  const { route } = found;
  const recognition = recognised(situation, route, mark);
  const weight = weightLeft(situation, route, mark);
  const leadsRequests = weight > 0 || rulesOf(route).some((rule) => isManaged(rule, recognition));
  if (leadsRequests) {
    const write = editOf(situation, found, recognition, {
      rules: emptied(route, recognition, maxWeightOf(situation.rollout)),
      mark: { ...mark, rules: {} },
      why: 'the Rollout does not route through this route any more: the canary gets no more of its requests',
    });
    const settledAt = situation.now + propagationMs(situation, route);
    return { write, returnsRequests: weight > 0, leadsRequests, weight, settledAt };
  }
  const settledAt = settledAtOf(situation, route);
  const isSettled = settledAt === null || settledAt <= situation.now;
  const unmarked = editOf(situation, found, recognition, {
    rules: rulesOf(route),
    mark: null,
    why: 'the Rollout does not route through this route any more',
  });
  return {
    write: isSettled ? unmarked : null,
    returnsRequests: false,
    leadsRequests,
    weight,
    settledAt: isSettled ? null : settledAt,
  };
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
