/**
 * What keeps a blue-green rollout from moving, in a sentence for a person. It names what the other files
 * decided and decides nothing itself.
 */
import { formatTime } from '../../../kube/time.ts';
import { blocked, waitsFor, type BlockedOn } from '../../rollout/blocked.ts';
import type { Memory } from '../../rollout/memory.ts';
import { stayingReplicasOf } from '../../rollout/replica-sets.ts';
import type { Situation } from '../../rollout/situation.ts';
import type { BlueGreenSpec } from './blue-green-spec.ts';
import { pauseEnd } from './gate.ts';
import { isActive, isPromoted, pauseBeforeSwitch } from './position.ts';
import { previewSize } from './sizes.ts';

export function waitOf(situation: Situation, spec: BlueGreenSpec, memory: Memory): BlockedOn | null {
  const { rollout, canary, stable, replicas } = situation;
  if (rollout.spec.paused === true) {
    return blocked('PausedByUser', 'paused by spec.paused, set it to false to go on');
  }
  const pause = pauseWait(spec, memory);
  if (pause !== null) return pause;
  if (isPromoted(situation, memory)) return stableWait(stayingReplicasOf(canary), replicas, 'pods');
  if (memory.abort) {
    return isActive(situation, spec) ? stableWait(stayingReplicasOf(stable), replicas, 'stable pods') : null;
  }
  const needed = previewSize(situation, spec, memory);
  const available = stayingReplicasOf(canary);
  return available < needed
    ? waitsFor('PreviewPodsNotAvailable', `${available} of ${needed} pods of the new revision are available`)
    : null;
}

function stableWait(available: number, needed: number, pods: string): BlockedOn | null {
  return available < needed
    ? waitsFor('StablePodsNotAvailable', `${available} of ${needed} ${pods} are available, waiting for ${needed}`)
    : null;
}

function pauseWait(spec: BlueGreenSpec, memory: Memory): BlockedOn | null {
  const pause = memory.pauseConditions[0];
  if (pause === undefined) return null;
  const since = `paused since ${pause.startTime}`;
  if (pause !== pauseBeforeSwitch(memory)) {
    return blocked('PausedBeforePromotion', `${since} (${pause.reason}), promote to go on`);
  }
  const end = pauseEnd(spec, memory);
  return end === null
    ? blocked('PausedBeforePromotion', `${since} before the new revision becomes active, promote to go on`)
    : blocked('PausedBeforePromotion', `paused until ${formatTime(end)}, when the new revision becomes active`);
}
