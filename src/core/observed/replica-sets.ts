/**
 * What a ReplicaSet says about itself: getters over labels, annotations and counts. Its role is in `situation.ts`.
 */
import { ANNOTATIONS, LABELS } from '../../api/words/labels.ts';
import type { ReplicaSet } from '../../kube/objects.ts';
import { parseTime } from '../../kube/time.ts';

export function templateHashOf(replicaSet: ReplicaSet): string {
  return replicaSet.metadata.labels?.[LABELS.podTemplateHash] ?? '';
}

/** The one of a template hash; `null` when there is none, as for ''. */
export function replicaSetOf(replicaSets: readonly ReplicaSet[], templateHash: string): ReplicaSet | null {
  return templateHash === '' ? null : (replicaSets.find((one) => templateHashOf(one) === templateHash) ?? null);
}

export function specReplicasOf(replicaSet: ReplicaSet | null): number {
  return replicaSet === null ? 0 : (replicaSet.spec.replicas ?? 1);
}

export function statusReplicasOf(replicaSet: ReplicaSet | null): number {
  return replicaSet?.status?.replicas ?? 0;
}

export function readyReplicasOf(replicaSet: ReplicaSet | null): number {
  return replicaSet?.status?.readyReplicas ?? 0;
}

export function availableReplicasOf(replicaSet: ReplicaSet | null): number {
  return replicaSet?.status?.availableReplicas ?? 0;
}

/**
 * Available pods that are certain to stay. Surplus that a scale-down removes does not count (spec 11, 7), and nothing
 * counts until the status is about the present size: between a scale-down and a scale-up that it has not seen, pods may
 * be gone that it still reports.
 */
export function stayingReplicasOf(replicaSet: ReplicaSet | null): number {
  return replicaSet !== null && hasObservedSpec(replicaSet)
    ? Math.min(availableReplicasOf(replicaSet), specReplicasOf(replicaSet))
    : 0;
}

/** Whether the ReplicaSet controller has seen the present spec. */
export function hasObservedSpec(replicaSet: ReplicaSet): boolean {
  return (replicaSet.status?.observedGeneration ?? 0) >= (replicaSet.metadata.generation ?? 0);
}

/** The revision number, or 0 when the annotation is missing or not a number. */
export function revisionOf(replicaSet: ReplicaSet): number {
  const revision = Number(replicaSet.metadata.annotations?.[ANNOTATIONS.revision]);
  return Number.isInteger(revision) && revision > 0 ? revision : 0;
}

/** The number that the revision was created with. Going back to it gives it a new one and records the earlier ones (spec 4.4). */
function firstNumberOf(replicaSet: ReplicaSet): number {
  const first = Number(replicaSet.metadata.annotations?.[ANNOTATIONS.revisionHistory]?.split(',')[0]);
  return Number.isInteger(first) && first > 0 ? first : revisionOf(replicaSet);
}

/** Creation time in milliseconds; an object that does not say is taken as the oldest. */
function createdAt(replicaSet: ReplicaSet): number {
  return parseTime(replicaSet.metadata.creationTimestamp) ?? 0;
}

/** The annotation that delays a scale-down: its instant in milliseconds, `null` when absent or unparsable. */
export function scaleDownDeadlineOf(replicaSet: ReplicaSet): number | null {
  return parseTime(replicaSet.metadata.annotations?.[ANNOTATIONS.scaleDownDeadline]);
}

export function hasScaleDownDeadline(replicaSet: ReplicaSet): boolean {
  return replicaSet.metadata.annotations?.[ANNOTATIONS.scaleDownDeadline] !== undefined;
}

/** Size of the Rollout when this ReplicaSet was last scaled, `null` when that was not recorded. */
export function desiredReplicasOf(replicaSet: ReplicaSet): string | null {
  return replicaSet.metadata.annotations?.[ANNOTATIONS.desiredReplicas] ?? null;
}

/** Creation times are whole seconds: within one, the number that a revision was created with decides. */
function ageOrder(a: ReplicaSet, b: ReplicaSet): number {
  return createdAt(a) - createdAt(b) || firstNumberOf(a) - firstNumberOf(b);
}

/** `false` as well where it is unknown which of the two came first. */
export function isOlder(replicaSet: ReplicaSet, other: ReplicaSet): boolean {
  return ageOrder(replicaSet, other) < 0;
}

/** Oldest first. The name makes the order a function of the objects alone. */
export function byAge(a: ReplicaSet, b: ReplicaSet): number {
  return ageOrder(a, b) || (a.metadata.name < b.metadata.name ? -1 : 1);
}

/** The newest revision first; of those that have no number of their own, the youngest. */
export function byRevision(a: ReplicaSet, b: ReplicaSet): number {
  return revisionOf(b) - revisionOf(a) || byAge(b, a);
}
