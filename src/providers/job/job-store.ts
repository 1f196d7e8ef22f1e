/** What the provider `job` needs of Kubernetes: Jobs, and the pods of Jobs. */
import type { JsonObject } from '../../kube/json.ts';
import type { Condition, KubeObject } from '../../kube/objects.ts';

/** A Job, reduced to its metadata and to how it ended. */
export interface Job extends KubeObject {
  readonly status?: { readonly conditions?: readonly Pick<Condition, 'type' | 'status' | 'reason' | 'message'>[] };
}

interface ContainerStatus {
  readonly name: string;
  readonly image?: string;
  readonly state?: { readonly waiting?: { readonly reason?: string; readonly message?: string } };
}

/** A pod, reduced to its metadata and to what its containers wait for. */
export interface JobPod extends KubeObject {
  readonly status?: {
    readonly initContainerStatuses?: readonly ContainerStatus[];
    readonly containerStatuses?: readonly ContainerStatus[];
  };
}

export interface JobName {
  readonly namespace: string;
  readonly name: string;
}

/** Rejects with a sentence where a right is missing, and else with the ApiError of a request that failed. */
export interface JobStore {
  /** The new Job, or the one that has the name already. */
  readonly create: (job: JobName, body: JsonObject, signal: AbortSignal) => Promise<Job>;
  /** `null` when there is none. */
  readonly find: (job: JobName, signal: AbortSignal) => Promise<Job | null>;
  /** The pods of a Job, as far as they are known. */
  readonly podsOf: (job: JobName) => readonly JobPod[];
  /** The Jobs of a run, in that namespace. */
  readonly listOf: (namespace: string, runUid: string, signal: AbortSignal) => Promise<readonly Job[]>;
  /** Deletes the Job, after its pods. It is no error when there is none. */
  readonly remove: (job: JobName, signal: AbortSignal) => Promise<void>;
}
