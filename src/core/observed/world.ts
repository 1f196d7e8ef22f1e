/**
 * Everything that a decision about one Rollout may look at: a frozen snapshot, `now` included.
 * `rollout/gather.ts` gathers it; nothing in the core reads anything else.
 */
import type { AnalysisRun } from '../../api/schema/analysis-run.ts';
import type { AnalysisTemplate } from '../../api/schema/analysis-template.ts';
import type { Experiment } from '../../api/schema/experiment.ts';
import type { Rollout } from '../../api/schema/rollout.ts';
import type { Endpoint, KubeObject, PodMetadata, PodTemplate, ReplicaSet, Service } from '../../kube/objects.ts';
import type { Refusal } from '../../kube/plan.ts';
import type { Workload } from '../../kube/workload.ts';
import type { ProxiesShow } from './proxies-show.ts';

/** What `spec.workloadRef` leads to, or a sentence that says why there is no workload. */
export type ReferencedWorkload = Workload | { readonly missing: string };

export type RoutedObjects = ReadonlyMap<string, ReadonlyMap<string, KubeObject>>;

/** A template, or why it cannot be read. */
export type FoundTemplate = { readonly template: AnalysisTemplate } | { readonly problem: string };

export interface AnalysisWorld {
  /** The AnalysisRuns that this Rollout controls. */
  readonly runs: readonly AnalysisRun[];
  /** What its analyses refer to, by {@link templateKey}, also through other templates; what does not exist is not there. */
  readonly templates: ReadonlyMap<string, FoundTemplate>;
  /** Runs that were found under a name when a new run was to get it. */
  readonly inTheWay: readonly AnalysisRun[];
  /** Names that no new run can get: what has them is no AnalysisRun that can be read. */
  readonly takenNames: ReadonlySet<string>;
  /**
   * Why runs or templates that are not here may be there all the same, in a sentence; `null` when everything is seen.
   * Meanwhile no run is made, and none that the status names counts as lost.
   */
  readonly unreadable: string | null;
}

export interface ExperimentsOfRollout {
  /** Those that it controls. */
  readonly own: readonly Experiment[];
  /** Those that were found under a name when a new one was to get it. */
  readonly inTheWay: readonly Experiment[];
  /** Why it is not known which there are; `null` when it is. */
  readonly unreadable: string | null;
}

/** Key of a template in the world of a Rollout. */
export function templateKey({ kind, name }: { readonly kind: string; readonly name: string }): string {
  return `${kind}/${name}`;
}

export interface RolloutWorld {
  /** Wall clock, milliseconds since the epoch. */
  readonly now: number;
  readonly rollout: Rollout;
  /** `null` without a `spec.workloadRef`. */
  readonly workload: ReferencedWorkload | null;
  /** The present template as the API server would store it, without what a role lends; `null` unless there was a doubt and the server has answered. */
  readonly defaultedTemplate: PodTemplate | null;
  /** ReplicaSets of the namespace that this Rollout controls, and orphans that its selector matches. */
  readonly replicaSets: readonly ReplicaSet[];
  /** Metadata of the pods that those ReplicaSets control. */
  readonly pods: readonly PodMetadata[];
  /** By name: the Services that the spec names, and those that carry our managed-by annotation. */
  readonly services: ReadonlyMap<string, Service>;
  /** Names of those that carry our annotation and that another Rollout of the namespace names. */
  readonly claimedServices: ReadonlySet<string>;
  /** By Service name: the endpoints in all EndpointSlices of the Services that the spec names. */
  readonly endpoints: ReadonlyMap<string, readonly Endpoint[]>;
  readonly analysis: AnalysisWorld;
  readonly experiments: ExperimentsOfRollout;
  /** What its traffic router may look at: objects by the plural of their resource, and by name. */
  readonly routed: RoutedObjects;
  /** By the plural of a resource that its router needs and that may not be read: why, in a sentence. */
  readonly unreadableRouted: ReadonlyMap<string, string>;
  /** How long a proxy needs to act on a change, in milliseconds; `null`: each as its kind does. */
  readonly propagationMs: number | null;
  /** What its proxies have shown when they were asked; absent when they were not, or have not shown what they should. */
  readonly proxiesShow?: ProxiesShow;
  /**
   * What the API server refused of the plan for this very world. Empty in a look that has written nothing yet; otherwise
   * every other act of that plan has been carried out, and the rest is decided now.
   */
  readonly refused: readonly Refusal[];
}
