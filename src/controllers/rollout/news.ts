/**
 * What an event asks for, by what of the object has changed: a look at once, a look that may wait for more, or none. This
 * is the one place that knows which fields a decision reads; whatever it does not know counts as read.
 *
 * A decision that has been made is made again only when one of these differs, or at the time that it has named. The
 * simulation holds the table against the core: where nothing is going to be looked at, a look would change nothing.
 */
import type { Rollout } from '../../api/schema/rollout.ts';
import { differOnlyInReport } from '../../core/report/status-write.ts';
import { deepEqual } from '../../kube/merge-patch.ts';
import type { Endpoint, EndpointSlice, KubeObject, PodMetadata, ReplicaSet } from '../../kube/objects.ts';
import type { InformerEvent } from '../../runtime/announced-cache.ts';
import type { Wish } from '../../runtime/controller.ts';

/** `isOwn`: this version of the Rollout is what we wrote last. */
export function wishOfRollout({ type, object, previous }: InformerEvent<Rollout>, isOwn: boolean): Wish {
  if (type === 'deleted') return 'changed';
  if (previous === undefined) return isObserved(object) ? 'followed' : 'changed';
  if (!differOnlyInReport(previous.status ?? {}, object.status ?? {})) return isOwn ? 'followed' : 'steered';
  if (!isSameBesideStatus(object, previous)) return isOwn ? 'followed' : 'changed';
  // The handover from a Deployment waits for a phase.
  const isAwaited = object.spec.workloadRef !== undefined && object.status?.phase !== previous.status?.phase;
  if (isAwaited) return 'followed';
  // Conditions that were lost are restored in two reports.
  return isOwn && deepEqual(typesOf(object), typesOf(previous)) ? 'arrived' : 'soon';
}

/** At a start it tells those that were changed meanwhile from those with which all is as it was. */
function isObserved({ metadata, status }: Rollout): boolean {
  return status?.observedGeneration === String(metadata.generation ?? 0);
}

/** Without their order: the one that was written last comes last. */
function typesOf({ status }: Rollout): readonly string[] {
  return (status?.conditions ?? []).map(({ type }) => type).toSorted();
}

/** While no pod of it is available, its other counts are only reported, as all are that lead down to none. */
export function wishOfReplicaSet({ object, previous }: InformerEvent<ReplicaSet>): Wish {
  if (previous === undefined || !isSameBesideStatus(object, previous)) return 'followed';
  const [is, was] = [countedOf(object), countedOf(previous)];
  if (deepEqual(is, was)) return 'arrived';
  if (!deepEqual(is.conditions, was.conditions)) return 'followed';
  const onlyReported = (is.available === 0 && was.available === 0) || object.spec.replicas === 0;
  return onlyReported ? 'soon' : 'followed';
}

function countedOf({ status }: ReplicaSet) {
  return {
    available: status?.availableReplicas ?? 0,
    ready: status?.readyReplicas ?? 0,
    replicas: status?.replicas ?? 0,
    observedGeneration: status?.observedGeneration ?? 0,
    conditions: status?.conditions ?? [],
  };
}

/**
 * The ReplicaSet reports readiness; of a pod itself only its creation, its end and its metadata matter. A decision waits
 * for a pod that an endpoint leads to (`isEndpoint`). One that leaves holds up more than it lets happen.
 */
export function wishOfPod({ type, object, previous }: InformerEvent<PodMetadata>, isEndpoint: boolean): Wish {
  if (type === 'deleted') return 'soon';
  if (previous === undefined) return isEndpoint ? 'followed' : 'soon';
  const { labels, annotations, deletionTimestamp } = object.metadata;
  if (!deepEqual(labels, previous.metadata.labels) || !deepEqual(annotations, previous.metadata.annotations))
    return 'followed';
  return deletionTimestamp === previous.metadata.deletionTimestamp ? 'arrived' : 'soon';
}

/** A decision waits for endpoints that are ready, and for others to go. */
export function wishOfSlice({ object, previous }: InformerEvent<EndpointSlice>): Wish {
  if (previous === undefined) return 'followed';
  if (deepEqual(object.endpoints, previous.endpoints)) return 'arrived';
  const opens =
    object.endpoints.some(
      (one) => one.ready && !previous.endpoints.some((other) => other.ready && isSamePod(one, other)),
    ) ||
    previous.endpoints.some(
      (one) => !one.terminating && !object.endpoints.some((other) => !other.terminating && isSamePod(one, other)),
    );
  return opens ? 'followed' : 'soon';
}

function isSamePod(one: Endpoint, other: Endpoint): boolean {
  return one.podName === other.podName;
}

/** Of all other objects everything that is cached may be read. */
export function wishOfOther({ object, previous }: InformerEvent<KubeObject>): Wish {
  return previous !== undefined && deepEqual(object, atVersionOf(object, previous)) ? 'arrived' : 'followed';
}

function isSameBesideStatus<T extends KubeObject & { readonly spec: unknown }>(object: T, previous: T): boolean {
  const { metadata, spec } = atVersionOf(object, previous);
  return deepEqual(object.spec, spec) && deepEqual(object.metadata, metadata);
}

/** A version by itself says nothing. */
function atVersionOf<T extends KubeObject>({ metadata: { resourceVersion } }: T, previous: T): T {
  return { ...previous, metadata: { ...previous.metadata, resourceVersion } };
}
