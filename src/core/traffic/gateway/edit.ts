/**
 * The one write with which Serin changes a route: its list of rules and its mark.
 */
import type { JsonObject } from '../../../kube/json.ts';
import { deepEqual } from '../../../kube/merge-patch.ts';
import type { EventNote, PatchWrite } from '../../../kube/plan.ts';
import type { RouteRule } from '../../../kube/route.ts';
import type { Mark } from '../mark.ts';
import { sharedEdit, type RolloutName } from '../shared-edit.ts';
import { isManaged, type Recognition } from './managed-rules.ts';
import type { FoundRoute } from './observed.ts';
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
  rollout: RolloutName,
  found: FoundRoute,
  recognition: Recognition,
  { rules, ...edit }: RouteEdit,
): PatchWrite | null {
  const isSame = deepEqual(nameless(rulesOf(found.object), recognition), nameless(rules, recognition));
  const spec = isSame ? null : { rules: rules as unknown as JsonObject[] };
  return sharedEdit(rollout, found, { ...edit, spec });
}

/** Old definitions of routes drop the names of rules. */
function nameless(rules: readonly RouteRule[], recognition: Recognition): readonly RouteRule[] {
  return rules.map((rule) => {
    if (!isManaged(rule, recognition)) return rule;
    const { name: _name, ...rest } = rule;
    return rest;
  });
}
