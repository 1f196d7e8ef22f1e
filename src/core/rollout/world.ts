/**
 * Everything that a decision about one Rollout may look at: a frozen snapshot, `now` included.
 * It is gathered by the controller's observe stage; nothing in the core reads anything else.
 */
import type { Rollout } from '../../api/rollout.ts';
import type { Endpoint, Ingress, IngressClass, PodMetadata, ReplicaSet, Service } from '../../kube/objects.ts';
import type { Workload } from '../../kube/workload.ts';

/** What `spec.workloadRef` leads to, or a sentence that says why it leads nowhere. */
export type ReferencedWorkload = Workload | { readonly missing: string };

export interface RolloutWorld {
  /** Wall clock, milliseconds since the epoch. */
  readonly now: number;
  readonly rollout: Rollout;
  /** `null` without a `spec.workloadRef`. */
  readonly workload: ReferencedWorkload | null;
  /** ReplicaSets of the namespace that this Rollout controls, and orphans that its selector matches. */
  readonly replicaSets: readonly ReplicaSet[];
  /** Metadata of the pods that those ReplicaSets control. */
  readonly pods: readonly PodMetadata[];
  /** By name: the Services that the spec names, and those that carry our managed-by annotation. */
  readonly services: ReadonlyMap<string, Service>;
  /** By Service name: the endpoints in all EndpointSlices of the Services that the spec names. */
  readonly endpoints: ReadonlyMap<string, readonly Endpoint[]>;
  /** By name: the Ingresses that the spec names, those that we own, and those that share a host or a Service with them. */
  readonly ingresses: ReadonlyMap<string, Ingress>;
  /** By name. Empty where the controller may not see them. */
  readonly ingressClasses: ReadonlyMap<string, IngressClass>;
  /** How long a proxy needs to act on a change, in milliseconds; `null`: each as its kind does. */
  readonly propagationMs: number | null;
}
