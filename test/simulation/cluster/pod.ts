/**
 * Pods as the simulated kubelet runs them. How a pod will behave is written in its image's name.
 */
import type { KubeObject, ReplicaSet } from '../../../src/kube/objects.ts';
import { LABELS } from '../../../src/api/words/labels.ts';

export interface Pod extends KubeObject {
  readonly spec: { readonly image: string };
  readonly status: {
    readonly ready: boolean;
    /** Milliseconds of virtual time, for `minReadySeconds`. */
    readonly readySince: number;
  };
}

export function isLeaving(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp !== undefined;
}

/** Whether requests to the pod are answered: a pod that is leaving still answers until it is gone. */
export function answers(pod: Pod | undefined): boolean {
  return pod !== undefined && (pod.status.ready || isLeaving(pod));
}

export function isAvailable(pod: Pod, minReadySeconds: number, now: number): boolean {
  return !isLeaving(pod) && pod.status.ready && now - pod.status.readySince >= minReadySeconds * 1000;
}

export function hashOf(object: KubeObject): string {
  return object.metadata.labels?.[LABELS.podTemplateHash] ?? '';
}

export function imageOf(replicaSet: ReplicaSet): string {
  const containers = replicaSet.spec.template.spec?.['containers'] as readonly { readonly image: string }[];
  return containers[0]?.image ?? '';
}
