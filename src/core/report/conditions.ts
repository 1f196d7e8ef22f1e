/**
 * The conditions that a Rollout reports after a look (spec 3.2). No decision depends on them, except that the progress
 * deadline uses the times of `Progressing`.
 */
import { conditions as word } from '../../api/words/conditions.ts';
import {
  findCondition,
  putCondition,
  removeCondition,
  setCondition,
  type UntimedCondition,
} from '../../kube/conditions.ts';
import type { Condition } from '../../kube/objects.ts';
import { formatTime, parseTime } from '../../kube/time.ts';
import type { BlockedOn } from '../acts/blocked.ts';
import type { Hazard } from '../acts/hazard.ts';
import { isPromoted } from '../observed/memory.ts';
import { availableReplicasOf } from '../observed/replica-sets.ts';
import type { Situation } from '../observed/situation.ts';
import type { ReportedStanding } from '../strategies/strategy.ts';
import { progressingCondition, type ProgressFacts } from './progressing.ts';

export interface ConditionFacts extends ProgressFacts, Pick<ReportedStanding, 'servicesFollow' | 'oldPodsHoldBack'> {
  /** What is left to do although the pods are there; `null` when nothing is. */
  readonly leftToDo: string | null;
  readonly blockedOn: BlockedOn | null;
  readonly hazards: readonly Hazard[];
}

export interface ReportedConditions {
  readonly list: readonly Condition[];
  /** The one of them that the phase follows. */
  readonly progressing: Condition;
  /** When a wait that is too young to be reported becomes old enough; milliseconds since the epoch. */
  readonly wakeAt: number | null;
}

export function reportConditions(situation: Situation, facts: ConditionFacts): ReportedConditions {
  const { now, status, replicas, rollout } = situation;
  const { counts, memory } = facts;
  const promoted = isPromoted(memory, memory.currentPodHash);
  const paused = rollout.spec.paused === true || memory.pauseConditions.length > 0;
  const complete =
    promoted &&
    facts.servicesFollow &&
    facts.leftToDo === null &&
    counts.updated === replicas &&
    availableReplicasOf(situation.canary) === replicas;
  const alone = counts.replicas === replicas;
  const healthy = complete && (facts.oldPodsHoldBack === 'nothing' || alone);
  // The deadline is that of the new revision, not of former ones.
  const arrived = complete && (facts.oldPodsHoldBack !== 'phase' || alone);

  let list = removeCondition(status.conditions, 'InvalidSpec');
  const set = (condition: UntimedCondition) => {
    list = setCondition(list, condition, now);
  };
  if (!memory.abort && (paused || findCondition(list, 'Paused') !== undefined))
    set(paused ? word.paused() : word.notPaused());
  set(counts.available >= replicas ? word.available() : word.unavailable());
  const progressing = progressingCondition(situation, facts, list, { paused, arrived });
  list = putCondition(list, progressing);
  if (healthy && !paused) set(word.healthy());
  else if (findCondition(list, 'Healthy') !== undefined) set(word.unhealthy());
  set(promoted ? word.completed() : word.notCompleted());
  list = withReplicaFailure(situation, list);
  list = withHazards(situation, list, facts.hazards);
  return { progressing, ...withBlocked(list, facts, progressing, now) };
}

function withReplicaFailure(situation: Situation, list: readonly Condition[]): readonly Condition[] {
  const candidates = situation.canary === null ? situation.all : [situation.canary, ...situation.all];
  const failure = candidates
    .map((one) => findCondition(one.status?.conditions, 'ReplicaFailure'))
    .find((condition) => condition !== undefined);
  return failure === undefined ? removeCondition(list, 'ReplicaFailure') : setCondition(list, failure, situation.now);
}

/** One condition reports all of them, with the reason of the first: more than one is rare. */
function withHazards({ now }: Situation, list: readonly Condition[], hazards: readonly Hazard[]): readonly Condition[] {
  const [first] = hazards;
  if (first === undefined) return removeCondition(list, 'TrafficHazard');
  const message = hazards.map((hazard) => hazard.message).join('; ');
  // A condition keeps its message as long as its reason; here another message is another hazard.
  const told = findCondition(list, 'TrafficHazard')?.message === message;
  const rest = told ? list : removeCondition(list, 'TrafficHazard');
  return setCondition(rest, { type: 'TrafficHazard', status: 'True', reason: first.reason, message }, now);
}

/** Unlike those of other conditions, a changed message is reported: it counts what is waited for. A young wait is not reported. */
function withBlocked(
  list: readonly Condition[],
  { blockedOn }: ConditionFacts,
  progressing: Condition,
  now: number,
): Pick<ReportedConditions, 'list' | 'wakeAt'> {
  const present = findCondition(list, 'Blocked');
  if (blockedOn === null) return { list: removeCondition(list, 'Blocked'), wakeAt: null };
  const { reason, message, tellAfterMs } = blockedOn;
  if (present?.reason === reason) {
    if (present.message === message) return { list, wakeAt: null };
    const renewedMessage = { ...present, message, lastUpdateTime: formatTime(now) };
    return { list: list.map((one) => (one === present ? renewedMessage : one)), wakeAt: null };
  }
  // When the clock was set back, the standstill must not begin in the future.
  const stoodStillSince = Math.min(now, parseTime(progressing.lastUpdateTime) ?? now);
  const tellAt = stoodStillSince + tellAfterMs;
  if (now < tellAt) return { list: removeCondition(list, 'Blocked'), wakeAt: tellAt };
  return { list: setCondition(list, { type: 'Blocked', status: 'True', reason, message }, now), wakeAt: null };
}
