/**
 * What a rollout strategy states about one pass: the memory to keep, the sizes, selectors and traffic to
 * bring about, and what it waits for. It renders no object and writes nothing.
 */
import type { CanaryStatus } from '../../api/status.ts';
import type { EventNote } from '../../kube/plan.ts';
import type { ReplicaSet } from '../../kube/objects.ts';
import type { BlockedOn } from '../rollout/blocked.ts';
import type { Hazard } from '../rollout/hazard.ts';
import type { InjectedMetadata } from '../rollout/injected-metadata.ts';
import type { Memory } from '../rollout/memory.ts';
import type { RevisionRole } from '../rollout/revisions.ts';
import type { SizeDecision } from '../rollout/scale.ts';
import type { SelectorTarget } from '../rollout/services.ts';
import type { Situation } from '../rollout/situation.ts';
import type { TrafficRouter, TrafficSplit } from '../traffic/router.ts';

export interface StrategyDecision {
  readonly memory: Memory;
  /** Told with the status write, in order. */
  readonly events: readonly EventNote[];
  /** The template or the steps changed: a rollout begins. */
  readonly started: boolean;
  readonly revisionRole: RevisionRole;
  /** Size at which the ReplicaSet of a new template is created. */
  readonly initialReplicas: number;
  readonly sizes: readonly SizeDecision[];
  /** Names of the Services that the strategy points at revisions. */
  readonly services: ReadonlySet<string>;
  readonly selectors: readonly SelectorTarget[];
  readonly router: TrafficRouter;
  /** `null`: leave the traffic as it is in this pass. */
  readonly split: TrafficSplit | null;
  /** What the pods of each ReplicaSet should carry for their role. */
  readonly podMetadataOf: (replicaSet: ReplicaSet) => InjectedMetadata;
  /** Strategy-specific part of the status, beside what is memory. */
  readonly report: { readonly canary?: CanaryStatus };
  /** The revision whose pods alone count as ready and available, because it alone serves; `null`: all of them count. */
  readonly counted: ReplicaSet | null;
  /** A full promotion or a fast rollback is under way: an abort would be taken back in the next pass, for ever. */
  readonly takesBackAborts: boolean;
  /** Nothing is left to do for the strategy: its steps are behind it, its Services are where they belong. */
  readonly completed: boolean;
  /** The current step takes as long as it takes: the progress deadline does not apply. */
  readonly waitsForItsTime: boolean;
  /** The current step ends only when a person says so. */
  readonly waitsForPerson: boolean;
  /** Pods that may be missing while a restart replaces them. */
  readonly unavailable: number;
  readonly atTarget: boolean;
  readonly rollback: 'none' | 'plain' | 'fast';
  /** What pods of earlier revisions that are still there keep the Rollout from. */
  readonly oldPodsDelay: OldPodsDelay;
  /** What is left to do although the pods are there, as a message about the phase; `null` when nothing is. */
  readonly unfinished: string | null;
  readonly blockedOn: BlockedOn | null;
  readonly hazards: readonly Hazard[];
  /** Milliseconds since the epoch at which something is due without an event; `null`: nothing. */
  readonly wakeAt: number | null;
}

/** The phase `Healthy` as well as the condition, the condition alone, or neither. */
export type OldPodsDelay = 'phase' | 'condition' | 'nothing';

export type Strategy = (situation: Situation) => StrategyDecision;
