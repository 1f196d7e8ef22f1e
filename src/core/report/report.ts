/**
 * What a look reports: the status, the events that are sent with it, and when there is something new to report although
 * nothing happens. The parts of a status are in the files beside this one.
 */
import type { RolloutStatus, WorkloadScaleDown } from '../../api/schema/status.ts';
import type { EventNote, Write } from '../../kube/plan.ts';
import type { BlockedOn } from '../acts/blocked.ts';
import { blockedByRefusals, toldRefusal } from '../acts/failures.ts';
import type { Hazard } from '../acts/hazard.ts';
import { firstAfter } from '../acts/next-look.ts';
import { workloadGenerationField } from '../acts/workload-generation.ts';
import { remembered, type Memory } from '../observed/memory.ts';
import type { Situation } from '../observed/situation.ts';
import type { StrategyDecision } from '../strategies/strategy.ts';
import { reportConditions, type ConditionFacts } from './conditions.ts';
import { countedFields, countsOf } from './counts.ts';
import { deadlineAbort } from './deadline-abort.ts';
import { nextDuration } from './duration.ts';
import { eventsOf } from './events.ts';
import { reportDueAt } from './pace.ts';
import { phaseOf } from './phase.ts';
import { progressDeadline } from './progress.ts';
import { statusWrite } from './status-write.ts';

/** What the look does beside what its strategy decides, as far as it is reported. */
export interface ReportedActs {
  readonly restart: {
    readonly restartedAt: string | null;
    readonly events: readonly EventNote[];
    readonly blockedOn: BlockedOn | null;
  };
  readonly workload: { readonly scaleDown: WorkloadScaleDown | null; readonly hazards: readonly Hazard[] };
  readonly leftovers: { readonly hazards: readonly Hazard[] };
  /** Something in the cluster changes. */
  readonly changesCluster: boolean;
  /** What the Rollout needs and the API server refuses; `null` when nothing was refused that it needs. */
  readonly missing: BlockedOn | null;
  /** Something is written after the report, and may be refused then. */
  readonly writesLater: boolean;
  /** The events of the look have been sent already. */
  readonly eventsSent: boolean;
}

export interface Report {
  readonly write: Write | null;
  /** Milliseconds since the epoch. */
  readonly wakeAt: number | null;
}

export function report(situation: Situation, decision: StrategyDecision, acts: ReportedActs): Report {
  const { standing, ownStatus } = decision;
  const facts = factsOf(situation, decision, acts);
  const { memory, counts } = facts;
  const { list, progressing, wakeAt } = reportConditions(situation, facts);
  const duration = nextDuration(situation, memory, standing);
  const status: RolloutStatus = {
    observedGeneration: String(situation.rollout.metadata.generation ?? 0),
    ...workloadGenerationField(situation),
    ...phaseOf(situation, { ...facts, progressing }),
    ...remembered(memory),
    ...ownStatus,
    ...countedFields(situation, counts, standing.servesAlone),
    conditions: list,
    ...(duration === undefined ? {} : { duration }),
  };
  const events = acts.eventsSent ? [] : eventsOf(situation, decision, { ...facts, restartEvents: acts.restart.events });
  const write = statusWrite(situation, status, events);
  // One second more, because the time in the condition has no fraction.
  const deadline = progressDeadline(situation, progressing, standing.suspendsDeadline);
  const dueAt = write === null ? null : reportDueAt(situation, write, acts.changesCluster);
  return {
    write: dueAt === null ? write : null,
    wakeAt: firstAfter(situation.now, [wakeAt, deadline === null ? null : deadline + 1000, dueAt]),
  };
}

/** What the parts of the report are made from: the strategy's decision, and what happened outside it. */
function factsOf(situation: Situation, decision: StrategyDecision, acts: ReportedActs): ConditionFacts {
  const { standing } = decision;
  const { restart, workload, leftovers, missing } = acts;
  const counts = countsOf(situation, standing.servesAlone);
  const abort = deadlineAbort(situation, decision, counts, acts);
  const memory: Memory = {
    ...(abort?.memory ?? decision.memory),
    restartedAt: restart.restartedAt,
    workloadScaleDown: workload.scaleDown,
  };
  return {
    ...standing,
    leftToDo: standing.leftToDo ?? missing?.message ?? null,
    counts,
    memory,
    deadlineAbort: abort,
    blockedOn: refusalOf(situation, acts) ?? decision.wait ?? restart.blockedOn,
    hazards: [...decision.hazards, ...leftovers.hazards, ...workload.hazards],
  };
}

/** Whether what comes after the report is still refused is known when it has been tried. */
function refusalOf(situation: Situation, { writesLater }: ReportedActs): BlockedOn | null {
  return blockedByRefusals(situation, situation.world.refused) ?? (writesLater ? toldRefusal(situation) : null);
}
