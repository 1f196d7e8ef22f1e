/**
 * The events that are sent with a report, in the order in which people should read them. The events of writes are sent
 * with the writes.
 */
import { events } from '../../api/events.ts';
import type { EventReason } from '../../api/words/reasons.ts';
import { findCondition } from '../../kube/conditions.ts';
import type { EventNote } from '../../kube/plan.ts';
import type { BlockedOn } from '../acts/blocked.ts';
import { refusedCreation } from '../acts/failures.ts';
import type { Hazard } from '../acts/hazard.ts';
import { currentRevision, replicaSetName } from '../acts/revisions.ts';
import type { Memory } from '../observed/memory.ts';
import type { Situation } from '../observed/situation.ts';
import type { StrategyDecision } from '../strategies/strategy.ts';
import type { ConditionFacts } from './conditions.ts';

interface EventFacts extends Pick<ConditionFacts, 'memory' | 'deadlineAbort' | 'blockedOn' | 'hazards'> {
  readonly restartEvents: readonly EventNote[];
}

export function eventsOf(situation: Situation, decision: StrategyDecision, facts: EventFacts): EventNote[] {
  return [
    ...startEvents(situation, decision),
    ...decision.events.filter((note) => !isCompletion(note)),
    ...(facts.deadlineAbort?.events ?? []),
    ...facts.restartEvents,
    ...pauseEvents(situation, facts.memory),
    // The end of an update is reported after the end of the pause that held it up.
    ...decision.events.filter(isCompletion),
    ...blockedEvents(situation, facts.blockedOn),
    ...hazardEvents(situation, facts.hazards),
  ];
}

/** A rollout that begins is announced before anything that it brings about. */
function startEvents(situation: Situation, { standing, desired }: StrategyDecision): EventNote[] {
  const { status, canary, canaryHash } = situation;
  const revision = currentRevision(situation);
  const wasRunning = findCondition(status.conditions, 'Completed')?.status === 'False';
  const { stableRS = '' } = status;
  // A first deploy has no earlier revision to name.
  const begins = standing.begins && stableRS !== '' && stableRS !== canaryHash && !wasRunning;
  const created = canary === null && desired.initialReplicas > 0 && refusedCreation(situation) === null;
  return [
    ...(begins ? [events.notCompleted(revision, canaryHash)] : []),
    ...(created ? [events.replicaSetScaled(replicaSetName(situation), revision, 0, desired.initialReplicas)] : []),
  ];
}

function isCompletion({ reason }: EventNote): boolean {
  return reason === ('RolloutCompleted' satisfies EventReason);
}

function pauseEvents(situation: Situation, memory: Memory): EventNote[] {
  const { pauseConditions = [], controllerPause } = situation.status;
  const wasPaused = pauseConditions.length > 0 || controllerPause === true;
  // A pause that a person removed lasts until its step completes, which `spec.paused` may delay.
  const isPaused = memory.pauseConditions.length > 0 || memory.controllerPause;
  return wasPaused && !isPaused && !memory.abort ? [events.resumed()] : [];
}

function blockedEvents(situation: Situation, blockedOn: BlockedOn | null): EventNote[] {
  if (blockedOn === null || !blockedOn.needsAttention) return [];
  const told = findCondition(situation.status.conditions, 'Blocked');
  return told?.reason === blockedOn.reason && told.message === blockedOn.message
    ? []
    : [events.blocked(blockedOn.message)];
}

/** Each is reported once, when it appears. */
function hazardEvents(situation: Situation, hazards: readonly Hazard[]): EventNote[] {
  const told = findCondition(situation.status.conditions, 'TrafficHazard')?.message ?? '';
  return hazards
    .filter(({ message }) => !told.includes(message))
    .map(({ reason, message }) => events.hazard(reason, message));
}
