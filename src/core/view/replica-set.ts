/** A ReplicaSet as people are shown it, with its pods. */
import { isTrue } from '../../kube/conditions.ts';
import type { JsonObject } from '../../kube/json.ts';
import type { ReplicaSet } from '../../kube/objects.ts';
import { isControlledBy } from '../../kube/owners.ts';
import { parseTime } from '../../kube/time.ts';
import {
  availableReplicasOf,
  hasObservedSpec,
  readyReplicasOf,
  revisionOf,
  scaleDownDeadlineOf,
  specReplicasOf,
  statusReplicasOf,
  templateHashOf,
} from '../observed/replica-sets.ts';
import { podView, type PodView } from './pod.ts';
import type { Surroundings } from './surroundings.ts';

export interface ReplicaSetView {
  readonly name: string;
  readonly hash: string;
  /** 0 when the ReplicaSet does not say. */
  readonly revision: number;
  readonly status: 'Healthy' | 'Progressing' | 'ScaledDown' | 'ReplicaFailure';
  /** Milliseconds since the epoch. */
  readonly createdAt: number | null;
  /** What it is to the Rollout; for that of an Experiment, the name of its template behind `Σ:`. */
  readonly roles: readonly string[];
  /** Of the containers, in their order. */
  readonly images: readonly string[];
  readonly desired: number;
  readonly current: number;
  readonly ready: number;
  readonly available: number;
  /** When its pods are to be removed, milliseconds since the epoch; `null` when that is not planned. */
  readonly scaleDownAt: number | null;
  readonly pods: readonly PodView[];
}

export function replicaSetView(
  replicaSet: ReplicaSet,
  roles: readonly string[],
  { pods }: Pick<Surroundings, 'pods'>,
): ReplicaSetView {
  const desired = specReplicasOf(replicaSet);
  const own = pods.filter((pod) => isControlledBy(pod, replicaSet.metadata.uid));
  return {
    name: replicaSet.metadata.name,
    hash: templateHashOf(replicaSet),
    revision: revisionOf(replicaSet),
    status: statusOf(replicaSet),
    createdAt: parseTime(replicaSet.metadata.creationTimestamp),
    roles,
    images: imagesOf(replicaSet.spec.template.spec),
    desired,
    current: statusReplicasOf(replicaSet),
    ready: readyReplicasOf(replicaSet),
    available: availableReplicasOf(replicaSet),
    scaleDownAt: desired === 0 ? null : scaleDownDeadlineOf(replicaSet),
    pods: own.map(podView).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

function statusOf(replicaSet: ReplicaSet): ReplicaSetView['status'] {
  const desired = specReplicasOf(replicaSet);
  if (isTrue(replicaSet.status?.conditions, 'ReplicaFailure')) return 'ReplicaFailure';
  if (!hasObservedSpec(replicaSet) || availableReplicasOf(replicaSet) < desired) return 'Progressing';
  return desired === 0 ? 'ScaledDown' : 'Healthy';
}

export function imagesOf(podSpec: JsonObject | undefined): readonly string[] {
  const containers = podSpec?.['containers'];
  if (!Array.isArray(containers)) return [];
  return (containers as readonly JsonObject[]).flatMap(({ image }) => (typeof image === 'string' ? [image] : []));
}
