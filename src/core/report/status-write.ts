/**
 * The write of the status. It contains only the difference to the last status, and is refused if anything else was
 * written in between, so that a person's command is never lost (spec 11.2).
 */
import type { RolloutStatus } from '../../api/schema/status.ts';
import type { JsonObject } from '../../kube/json.ts';
import { deepEqual, mergePatchBetween } from '../../kube/merge-patch.ts';
import type { EventNote, PatchWrite } from '../../kube/plan.ts';
import { statusPatch } from '../acts/status-patch.ts';
import { MEMORY_FIELDS } from '../observed/memory.ts';
import type { Situation } from '../observed/situation.ts';
import { STRATEGY_FIELDS } from '../strategies/strategies.ts';

const REPORTED_FIELDS = [
  'observedGeneration',
  'workloadObservedGeneration',
  'phase',
  'message',
  'replicas',
  'updatedReplicas',
  'readyReplicas',
  'availableReplicas',
  'HPAReplicas',
  'selector',
  'conditions',
  'duration',
] as const satisfies readonly (keyof RolloutStatus)[];

const REPORTED: ReadonlySet<keyof RolloutStatus> = new Set(REPORTED_FIELDS);

/** Fields that this version writes. Others in the status belong to other versions and controllers, and stay. */
const OWN_FIELDS: readonly (keyof RolloutStatus)[] = [...REPORTED_FIELDS, ...MEMORY_FIELDS, ...STRATEGY_FIELDS];

/** `null` when the status says all this already. */
export function statusWrite(
  situation: Situation,
  next: RolloutStatus,
  events: readonly EventNote[],
): PatchWrite | null {
  const difference = mergePatchBetween(ownFields(situation.rollout.status ?? {}), ownFields(next));
  if (difference === null && events.length === 0) return null;
  return { ...statusPatch(situation.rollout, difference ?? {}, 'update status'), events };
}

/** Whether two statuses differ at most in what is reported: no memory of the controller and no command of a person. */
export function differOnlyInReport(one: RolloutStatus, other: RolloutStatus): boolean {
  const fields = new Set([...Object.keys(one), ...Object.keys(other)] as (keyof RolloutStatus)[]);
  return [...fields].every((field) => REPORTED.has(field) || deepEqual(one[field], other[field]));
}

function ownFields(status: RolloutStatus): JsonObject {
  const own: Record<string, unknown> = {};
  for (const field of OWN_FIELDS) {
    if (status[field] !== undefined && status[field] !== null) own[field] = status[field];
  }
  return own as JsonObject;
}
