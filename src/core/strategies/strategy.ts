/**
 * What a rollout strategy decides in one look: the memory to keep, what to bring about, where the rollout stands, and
 * what it waits for. It writes nothing.
 */
import type { Rollout, RolloutSpec } from '../../api/schema/rollout.ts';
import type { RolloutStatus } from '../../api/schema/status.ts';
import type { CanaryStep } from '../../api/schema/steps.ts';
import type { EventNote, Write } from '../../kube/plan.ts';
import type { ReplicaSet } from '../../kube/objects.ts';
import type { DesiredRuns } from '../acts/analysis-runs.ts';
import type { BlockedOn } from '../acts/blocked.ts';
import type { Hazard } from '../acts/hazard.ts';
import type { PodRole } from '../acts/ephemeral-metadata.ts';
import type { Memory } from '../observed/memory.ts';
import type { RevisionRole } from '../acts/revisions.ts';
import type { SizeDecision } from '../acts/scale.ts';
import type { SelectorTarget } from '../acts/services.ts';
import type { Situation } from '../observed/situation.ts';
import type { TrafficRouter, TrafficSplit } from '../traffic/router.ts';

export interface StrategyDecision<Remembered extends Memory = Memory> {
  readonly memory: Remembered;
  /** The strategy's own fields of the status: what it alone remembers, and what it reports. */
  readonly ownStatus: RolloutStatus;
  /** Sent with the status write, in order. */
  readonly events: readonly EventNote[];
  readonly desired: DesiredState;
  readonly standing: ReportedStanding;
  /** What the rollout waits for; `null` when nothing holds it. */
  readonly wait: BlockedOn | null;
  readonly hazards: readonly Hazard[];
  /** Milliseconds since the epoch at which something is due without an event; `null`: nothing. */
  readonly wakeAt: number | null;
}

/** What the cluster should look like after this look. */
export interface DesiredState {
  readonly sizes: readonly SizeDecision[];
  readonly selectors: readonly SelectorTarget[];
  /** `null`: leave the traffic as it is. */
  readonly split: TrafficSplit | null;
  /** From what the cluster shows to the split; none when it is in force. */
  readonly trafficWrites: readonly Write[];
  readonly router: TrafficRouter;
  readonly runs: DesiredRuns;
  /** None when absent. */
  readonly experiments?: DesiredRuns;
  readonly revisionRole: RevisionRole;
  /** Size at which the ReplicaSet of a new template is created. */
  readonly initialReplicas: number;
  /** What the pods of each ReplicaSet should carry for their role. */
  readonly podRoleOf: (replicaSet: ReplicaSet) => PodRole;
  /** Names of the Services that the strategy points at revisions; '' stands for none. */
  readonly services: ReadonlySet<string>;
  /** How many pods may be missing while a restart replaces them. */
  readonly restartBudget: number;
}

/** Where the rollout stands, as far as the report asks for it. */
export interface ReportedStanding {
  /** The template or the steps changed in this look. */
  readonly begins: boolean;
  /** The strategy has come further than the last status says: to another step, or with another Service. */
  readonly hasMoved: boolean;
  /** The present template is stable and has the pods that it needs: the update took until now. */
  readonly promotedWithItsPods: boolean;
  /** What the strategy still has to do although the pods are there, as the message of the phase; `null` when nothing is left. */
  readonly leftToDo: string | null;
  /** The Services beside the one that serves select what they should; without that the condition `Healthy` waits. */
  readonly servicesFollow: boolean;
  /** What the remaining pods of earlier revisions keep from being `Healthy`. */
  readonly oldPodsHoldBack: HeldBack;
  /** The revision whose pods alone count as ready and available, because no other serves; `null`: all pods count. */
  readonly servesAlone: ReplicaSet | null;
  /** A full promotion or a fast rollback is under way: the next look would undo an abort, the one after would abort again, and so on. */
  readonly overridesAbort: boolean;
  /** The progress deadline does not apply to the current step. */
  readonly suspendsDeadline: boolean;
  /** The rollout continues only when a person promotes it. */
  readonly waitsForPerson: boolean;
  /** Why the strategy gives the update up in this look; `null` when it does not. */
  readonly abortReason: string | null;
  /** How going back to an earlier template ended in this look. */
  readonly rollback: 'none' | 'plain' | 'fast';
}

/** The phase `Healthy` as well as the condition, the condition alone, or neither. */
export type HeldBack = 'phase' | 'condition' | 'nothing';

/** A strategy, as the rest of the core knows it. */
export interface Strategy {
  /** Its field in `spec.strategy`. */
  readonly name: keyof NonNullable<RolloutSpec['strategy']>;
  readonly decide: (situation: Situation) => StrategyDecision;
  /** The decision about a Rollout whose spec cannot be followed; `running` is the revision that was looked at last. */
  readonly hold: (situation: Situation, running: ReplicaSet) => Held;
  /** The fields of the status that no other strategy writes. */
  readonly ownFields: readonly (keyof RolloutStatus)[];
  readonly view: (situation: Situation) => StrategyView;
  /** The fields of the status by which a person skips so many of the steps that are left; none where there are no steps. */
  readonly skipSteps: (rollout: Rollout, count: number) => RolloutStatus;
  /** A rollout that would pause at the very same step again if only its pause was ended. */
  readonly pausesAgain: (rollout: Rollout) => boolean;
}

/** What is decided for a Rollout that stays as it is. */
export interface Held {
  /** The Rollout as it is held. */
  readonly situation: Situation;
  readonly decision: StrategyDecision;
  /** An abort takes effect even now. */
  readonly isAborting: boolean;
}

/** What people are shown of a strategy. */
export interface StrategyView {
  readonly steps: readonly CanaryStep[];
  /** How many of the steps the status calls done. */
  readonly stepsDone: number;
  /** When the pause that the rollout stands at ends by itself, milliseconds since the epoch; `null` when it stands at none, or when only a person ends it. */
  readonly pauseEndsAt: number | null;
  /** What all requests together weigh. */
  readonly totalWeight: number;
  /** The share of the present template that the steps ask for while it is under way; `null` where no share is asked for. */
  readonly askedWeight: number | null;
  /** What the revision of a template hash is, beside being the stable one. */
  readonly rolesOf: (templateHash: string) => readonly StrategyRole[];
}

type StrategyRole = 'canary' | 'active' | 'preview';
