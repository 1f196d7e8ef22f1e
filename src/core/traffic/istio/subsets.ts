/**
 * The subsets of a DestinationRule: each selects the revision that the Service of its side leads to. Requests that move
 * between subsets wait until every proxy knows what the subsets select.
 */
import { LABELS } from '../../../api/words/labels.ts';
import type { DestinationRule, Subset } from '../../../kube/istio.ts';
import type { JsonObject } from '../../../kube/json.ts';
import type { PatchWrite, Write } from '../../../kube/plan.ts';
import { DESTINATION_RULES } from '../../../kube/resources.ts';
import { waitsFor, type BlockedOn } from '../../acts/blocked.ts';
import { selectedHash } from '../../observed/endpoints.ts';
import type { Situation } from '../../observed/situation.ts';
import type { Mark } from '../mark.ts';
import { sharedEdit, type RolloutName } from '../shared-edit.ts';
import type { Shared } from '../shared-objects.ts';
import { sidesOf, type Side } from '../sides.ts';
import { destinationRuleIn, istioSides, settledAtOf, subsetNamesOf } from './observed.ts';

export function subsetsOf({ spec }: DestinationRule): readonly Subset[] {
  return spec?.subsets ?? [];
}

/** The write that makes the subsets follow their Services; `null` when they do, or when there are none. */
export function subsetWrite(situation: Situation): PatchWrite | null {
  const object = ruleOf(situation);
  if (object === undefined) return null;
  const { stable, canary } = istioSides({ routed: situation.world.routed, rollout: situation.rollout });
  const subsets = subsetsOf(object).map((one) => following(situation, one));
  const isSame = subsets.every((one, index) => one === subsetsOf(object)[index]);
  return sharedEdit(
    situation,
    { resource: DESTINATION_RULES, object },
    {
      spec: isSame ? null : { subsets: subsets as unknown as JsonObject[] },
      mark: { stable, canary, rules: {} },
      why: 'the subsets of the DestinationRule follow the Services of their sides',
    },
  );
}

/** The write that takes the revisions from the subsets of a rule that was marked so. */
export function releasedSubsets(
  rollout: RolloutName,
  found: Shared<DestinationRule>,
  former: Mark,
  { mark, why }: { readonly mark: Mark | null; readonly why: string },
): Write | null {
  const subsets = subsetsOf(found.object).map((one) => (isMarked(one, former) ? withoutRevision(one) : one));
  const isSame = subsets.every((one, index) => one === subsetsOf(found.object)[index]);
  return sharedEdit(rollout, found, {
    spec: isSame ? null : { subsets: subsets as unknown as JsonObject[] },
    mark,
    why,
  });
}

/** Whether a subset of a rule that was marked so still selects a revision. */
export function selectsRevision(object: DestinationRule, former: Mark): boolean {
  return subsetsOf(object).some((one) => isMarked(one, former) && one.labels?.[LABELS.podTemplateHash] !== undefined);
}

/** Why requests cannot be led to the subset of this side yet; `null` when they can, or where Services are the sides. */
export function subsetNotInForce(situation: Situation, side: Side): BlockedOn | null {
  const object = ruleOf(situation);
  const name = subsetNameOf(situation, side);
  if (object === undefined || name === undefined) return null;
  const settledAt = settledAtOf(situation, object);
  const follows = subsetsOf(object).every((one) => one.name !== name || following(situation, one) === one);
  if (follows && (settledAt === null || settledAt <= situation.now)) return null;
  const rule = `DestinationRule ${situation.namespace}/${object.metadata.name}`;
  return waitsFor('TrafficNotInForce', `waiting for the proxies to know which pods are subset ${name} of ${rule}`);
}

function ruleOf({ world, rollout }: Situation): DestinationRule | undefined {
  return destinationRuleIn({ routed: world.routed, rollout });
}

function subsetNameOf({ rollout }: Situation, side: Side): string | undefined {
  const names = subsetNamesOf(rollout);
  return side === 'stable' ? names?.stableSubsetName : names?.canarySubsetName;
}

/** The subset itself where it selects what its Service selects, or where that is no revision yet. */
function following(situation: Situation, one: Subset): Subset {
  const side = (['stable', 'canary'] as const).find((each) => subsetNameOf(situation, each) === one.name);
  const hash = side === undefined ? '' : selectedHash(situation, sidesOf(situation.rollout)[side]);
  if (hash === '' || one.labels?.[LABELS.podTemplateHash] === hash) return one;
  return { ...one, labels: { ...one.labels, [LABELS.podTemplateHash]: hash } };
}

function isMarked({ name }: Subset, { stable, canary }: Mark): boolean {
  return [stable, canary].some((side) => side.slice(side.indexOf(':') + 1) === name);
}

function withoutRevision(one: Subset): Subset {
  const { [LABELS.podTemplateHash]: hash, ...labels } = one.labels ?? {};
  return hash === undefined ? one : { ...one, labels };
}
