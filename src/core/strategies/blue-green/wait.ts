/**
 * What keeps a blue-green rollout from moving, in a sentence for a person.
 */
import { formatTime } from '../../../kube/time.ts';
import { blocked, waitsFor, type BlockedOn } from '../../acts/blocked.ts';
import { stayingReplicasOf } from '../../observed/replica-sets.ts';
import { inconclusivePause } from '../analysis-waits.ts';
import { analysisNotPassed, runOf } from './analysis.ts';
import { pauseEnd } from './gate.ts';
import { isActive, isPromoted, pauseBeforeSwitch, type Position } from './position.ts';
import { previewSize } from './sizes.ts';

export function waitOf(position: Position): BlockedOn | null {
  const { rollout, canary, stable, replicas } = position.situation;
  if (rollout.spec.paused === true) {
    return blocked('PausedByUser', 'paused by spec.paused, set it to false to go on');
  }
  const pause = pauseWait(position);
  if (pause !== null) return pause;
  if (isPromoted(position)) return stableWait(stayingReplicasOf(canary), replicas, 'pods');
  if (position.memory.abort) {
    return isActive(position) ? stableWait(stayingReplicasOf(stable), replicas, 'stable pods') : null;
  }
  const needed = previewSize(position);
  const available = stayingReplicasOf(canary);
  return available < needed
    ? waitsFor('PreviewPodsNotAvailable', `${available} of ${needed} pods of the new revision are available`)
    : analysisNotPassed(position);
}

function stableWait(available: number, needed: number, pods: string): BlockedOn | null {
  return available < needed
    ? waitsFor('StablePodsNotAvailable', `${available} of ${needed} ${pods} are available, waiting for ${needed}`)
    : null;
}

function pauseWait(position: Position): BlockedOn | null {
  const { spec, memory } = position;
  const { pauseConditions } = memory;
  const pause = pauseConditions[0];
  if (pause === undefined) return null;
  const runs = (['PrePromotion', 'PostPromotion'] as const).flatMap((turn) => runOf(position, turn) ?? []);
  const inconclusive = runs.filter(({ status }) => status === 'Inconclusive');
  // Of a pause that another controller began, no more is known than its reason.
  const judged = inconclusive.length === 0 ? null : inconclusivePause(memory, inconclusive);
  if (judged !== null) return judged;
  const since = `paused since ${pause.startTime}`;
  if (pause !== pauseBeforeSwitch(pauseConditions)) {
    return blocked('PausedBeforePromotion', `${since} (${pause.reason}), promote to go on`);
  }
  const end = pauseEnd(spec, pauseConditions);
  return end === null
    ? blocked('PausedBeforePromotion', `${since} before the new revision becomes active, promote to go on`)
    : blocked('PausedBeforePromotion', `paused until ${formatTime(end)}, when the new revision becomes active`);
}
