/**
 * The one write with which Serin changes a route: its list of rules and its mark, at the version that was seen. The list
 * is atomic in the API, so no smaller part of it can be owned; the version makes sure that what is written is what was
 * seen, apart from the weights and the rules that are ours.
 */
import type { JsonObject } from '../../../kube/json.ts';
import { deepEqual } from '../../../kube/merge-patch.ts';
import type { EventNote, PatchWrite } from '../../../kube/plan.ts';
import type { RouteRule } from '../../../kube/route.ts';
import { ANNOTATIONS } from '../../../api/words/labels.ts';
import type { Situation } from '../../observed/situation.ts';
import { isManaged, type Recognition } from './managed-rules.ts';
import { annotationWith, type Mark } from '../mark.ts';
import { routeTarget, type FoundRoute } from './observed.ts';
import { rulesOf } from './rules.ts';

export interface RouteEdit {
  readonly rules: readonly RouteRule[];
  /** `null`: the Rollout has nothing to do with the route any more. */
  readonly mark: Mark | null;
  readonly why: string;
  readonly events?: readonly EventNote[];
}

/** `null` when the route is like that already. */
export function editOf(
  rollout: Pick<Situation, 'namespace' | 'name'>,
  found: FoundRoute,
  recognition: Recognition,
  { rules, mark, why, events = [] }: RouteEdit,
): PatchWrite | null {
  const { route } = found;
  const wanted = annotationWith(route, rollout.name, mark);
  const isMarked = (route.metadata.annotations?.[ANNOTATIONS.dividedBy] ?? null) === wanted;
  const isSame = deepEqual(nameless(rulesOf(route), recognition), nameless(rules, recognition));
  if (isMarked && isSame) return null;
  const patch: JsonObject = {
    ...(isMarked ? {} : { metadata: { annotations: { [ANNOTATIONS.dividedBy]: wanted } } }),
    ...(isSame ? {} : { spec: { rules: rules as unknown as JsonObject[] } }),
  };
  return {
    op: 'patch',
    ...routeTarget(rollout, found),
    patch,
    resourceVersion: route.metadata.resourceVersion,
    why,
    ...(isSame || events.length === 0 ? {} : { events }),
  };
}

/** Old definitions of routes drop the names of rules. */
function nameless(rules: readonly RouteRule[], recognition: Recognition): readonly RouteRule[] {
  return rules.map((rule) => {
    if (!isManaged(rule, recognition)) return rule;
    const { name: _name, ...rest } = rule;
    return rest;
  });
}
