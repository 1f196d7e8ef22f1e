/**
 * The conditions that a Rollout reports after a pass (spec 3.2). Nothing decides by them, except the
 * progress deadline by the times of `Progressing`.
 */
import { conditions as word } from '../../api/conditions.ts';
import { findCondition, removeCondition, setCondition, type UntimedCondition } from '../../kube/conditions.ts';
import type { Condition } from '../../kube/objects.ts';
import { formatTime, parseTime } from '../../kube/time.ts';
import type { OldPodsDelay } from '../strategies/strategy.ts';
import type { BlockedOn } from './blocked.ts';
import type { Counts } from './counts.ts';
import type { Hazard } from './hazard.ts';
import type { Memory } from './memory.ts';
import { hasProgressed, progressDeadline } from './progress.ts';
import { currentRevision, replicaSetName } from './revisions.ts';
import type { Situation } from './situation.ts';

export interface ConditionFacts {
  readonly counts: Counts;
  readonly memory: Memory;
  /** The ReplicaSet of the present template is being created in this pass. */
  readonly created: boolean;
  /** The strategy has nothing left to do. */
  readonly completed: boolean;
  readonly oldPodsDelay: OldPodsDelay;
  /** The current step takes as long as it takes: no progress deadline. */
  readonly waitsForItsTime: boolean;
  readonly abortMessage: string | undefined;
  readonly blockedOn: BlockedOn | null;
  readonly hazards: readonly Hazard[];
}

export interface ReportedConditions {
  readonly list: readonly Condition[];
  /** When a wait that is too young to be told becomes worth telling; milliseconds since the epoch. */
  readonly wakeAt: number | null;
}

export function reportConditions(situation: Situation, facts: ConditionFacts): ReportedConditions {
  const { now, status, replicas, rollout } = situation;
  const { counts, memory } = facts;
  const promoted = memory.stableRS !== '' && memory.stableRS === memory.currentPodHash;
  const paused = rollout.spec.paused === true || memory.pauseConditions.length > 0;
  const healthy =
    promoted &&
    facts.completed &&
    counts.updated === replicas &&
    counts.available === replicas &&
    (facts.oldPodsDelay === 'nothing' || counts.replicas === replicas);

  let list = removeCondition(status.conditions, 'InvalidSpec');
  const set = (condition: UntimedCondition) => {
    list = setCondition(list, condition, now);
  };
  if (!memory.abort && (paused || findCondition(list, 'Paused') !== undefined))
    set(paused ? word.paused() : word.notPaused());
  set(counts.available >= replicas ? word.available() : word.unavailable());
  list = withProgressing(situation, facts, list, { promoted, paused, healthy });
  if (healthy && !paused) set(word.healthy());
  else if (findCondition(list, 'Healthy') !== undefined) set(word.unhealthy());
  set(promoted ? word.completed() : word.notCompleted());
  list = withReplicaFailure(situation, list);
  list = withHazards(situation, list, facts.hazards);
  return withBlocked(list, facts.blockedOn, now);
}

interface Verdict {
  readonly promoted: boolean;
  readonly paused: boolean;
  readonly healthy: boolean;
}

/** The rows of the table of spec 3.2, in its order. */
function withProgressing(
  situation: Situation,
  facts: ConditionFacts,
  list: readonly Condition[],
  verdict: Verdict,
): readonly Condition[] {
  const { now } = situation;
  const { memory } = facts;
  const name = replicaSetName(situation);
  const present = findCondition(list, 'Progressing');
  const set = (condition: UntimedCondition) => setCondition(list, condition, now);

  if (facts.created) return renewed(list, word.replicaSetCreated(name), now);
  if (present === undefined) return set(word.replicaSetFound(name));
  if (memory.abort) return set(word.aborted(currentRevision(situation), facts.abortMessage));
  if (verdict.paused && !verdict.promoted) return set(word.progressPaused());
  if (verdict.healthy && !verdict.paused) return set(word.replicaSetAvailable(name));
  const wasHealthy = findCondition(list, 'Healthy')?.status === 'True';
  if (hasProgressed(situation.status, memory, facts.counts) || (wasHealthy && !verdict.healthy)) {
    return wasHealthy && verdict.promoted
      ? renewed(list, word.replicaSetNotAvailable(), now)
      : renewed(list, word.replicaSetProgressing(name), now);
  }
  if (present.reason === 'RolloutAborted') return set(word.progressRetried());
  if (present.reason === 'RolloutPaused') return set(word.progressResumed());
  const deadline = progressDeadline(situation, situation.status.conditions, facts.waitsForItsTime);
  return deadline !== null && now >= deadline ? set(word.deadlineExceeded(name)) : list;
}

/** The condition with a fresh `lastUpdateTime` even if its reason is the same: the clock of the deadline starts again. */
function renewed(list: readonly Condition[], condition: UntimedCondition, now: number): readonly Condition[] {
  const before = findCondition(list, condition.type);
  const lastUpdateTime = formatTime(now);
  const lastTransitionTime =
    before?.status === condition.status ? (before.lastTransitionTime ?? lastUpdateTime) : lastUpdateTime;
  return [...removeCondition(list, condition.type), { ...condition, lastUpdateTime, lastTransitionTime }];
}

function withReplicaFailure(situation: Situation, list: readonly Condition[]): readonly Condition[] {
  const candidates = situation.canary === null ? situation.all : [situation.canary, ...situation.all];
  const failure = candidates
    .map((one) => findCondition(one.status?.conditions, 'ReplicaFailure'))
    .find((condition) => condition !== undefined);
  return failure === undefined ? removeCondition(list, 'ReplicaFailure') : setCondition(list, failure, situation.now);
}

/** One condition for all of them, with the reason of the first: more than one is rare. */
function withHazards({ now }: Situation, list: readonly Condition[], hazards: readonly Hazard[]): readonly Condition[] {
  const [first] = hazards;
  if (first === undefined) return removeCondition(list, 'TrafficHazard');
  const message = hazards.map((hazard) => hazard.message).join('; ');
  // A condition keeps its message as long as its reason; here another message is another hazard.
  const told = findCondition(list, 'TrafficHazard')?.message === message;
  const rest = told ? list : removeCondition(list, 'TrafficHazard');
  return setCondition(rest, { type: 'TrafficHazard', status: 'True', reason: first.reason, message }, now);
}

/** Unlike the others its message is news: it counts what is waited for. A young wait is not told. */
function withBlocked(list: readonly Condition[], blockedOn: BlockedOn | null, now: number): ReportedConditions {
  if (blockedOn === null) return { list: removeCondition(list, 'Blocked'), wakeAt: null };
  const { reason, message, tellAfterMs } = blockedOn;
  const present = findCondition(list, 'Blocked');
  if (present?.reason === reason) {
    const renewedMessage = { ...present, message, lastUpdateTime: formatTime(now) };
    const told = present.message === message ? list : list.map((one) => (one === present ? renewedMessage : one));
    return { list: told, wakeAt: null };
  }
  // A clock that was set back must not make a standstill begin in the future.
  const stoodStillSince = Math.min(now, parseTime(findCondition(list, 'Progressing')?.lastUpdateTime) ?? now);
  const tellAt = stoodStillSince + tellAfterMs;
  if (now < tellAt) return { list: removeCondition(list, 'Blocked'), wakeAt: tellAt };
  return { list: setCondition(list, { type: 'Blocked', status: 'True', reason, message }, now), wakeAt: null };
}
