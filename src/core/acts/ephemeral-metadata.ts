/**
 * The writes that give ReplicaSets and their pods the labels and annotations of their role, and restore the template's
 * values when the role ends, without restarting a pod (spec 10.1).
 *
 * The template changes before the pods, and the record on the ReplicaSet names a key until all pods have changed. So a
 * crash or a refused write at any point loses nothing.
 */
import type { JsonObject } from '../../kube/json.ts';
import type { PodMetadata, ReplicaSet } from '../../kube/objects.ts';
import type { Write } from '../../kube/plan.ts';
import { PODS, REPLICA_SETS } from '../../kube/resources.ts';
import { isTerminating } from '../../kube/terminating.ts';
import { hasRecord, type InjectedMetadata } from '../observed/injected-metadata.ts';
import { presentRecords } from '../observed/lending-records.ts';
import { isNothing, ownMetadata, type OwnMetadata } from '../observed/own-metadata.ts';
import { podsOf } from '../observed/pods.ts';
import { hasObservedSpec, specReplicasOf, statusReplicasOf } from '../observed/replica-sets.ts';
import type { Situation } from '../observed/situation.ts';

/** What the pods of a revision should carry beside its template. */
export interface PodRole {
  /** What the role lends; `NOTHING_INJECTED` restores what the template says. */
  readonly metadata: InjectedMetadata;
  /** Labels by which Services that send requests to the pods select them; pods that have them keep them. */
  readonly selectedBy: () => Readonly<Record<string, string>>;
}

export function ephemeralMetadataWrites(situation: Situation, roleOf: (replicaSet: ReplicaSet) => PodRole): Write[] {
  return situation.all.filter((one) => !isTerminating(one)).flatMap((one) => writesFor(situation, one, roleOf(one)));
}

function writesFor(situation: Situation, replicaSet: ReplicaSet, role: PodRole): Write[] {
  const template = situation.rollout.spec.template ?? {};
  const own = ownMetadata(replicaSet, template, replicaSet === situation.canary, role.metadata);
  // Neither its pods nor its Services have to be looked at.
  if (isNothing(own) && !hasRecord(replicaSet)) return [];
  const lent = withKeptLabels(replicaSet, role, own);
  // In the end each key has the value of the role, or else the value of the template.
  const wanted: OwnMetadata = {
    labels: { ...own.labels, ...lent.labels },
    annotations: { ...own.annotations, ...lent.annotations },
  };
  const pods = podsOf(situation, replicaSet).filter((pod) => !isTerminating(pod));
  const podWrites = pods.flatMap((pod) => podWrite(situation, pod, wanted));
  const metadata = metadataPatch(replicaSet.spec.template.metadata, wanted);
  // Until then a pod of the former template may still appear.
  // The status does not count pods that the ReplicaSet controller has just created.
  const expected = Math.max(statusReplicasOf(replicaSet), specReplicasOf(replicaSet));
  const allSeen = metadata === null && hasObservedSpec(replicaSet) && pods.length >= expected;
  const records = presentRecords(replicaSet, lent, own, podWrites.length === 0 && allSeen);
  const annotations = mapPatch(replicaSet.metadata.annotations ?? {}, records);
  const patch: JsonObject = {
    ...(annotations === null ? {} : { metadata: { annotations } }),
    ...(metadata === null ? {} : { spec: { template: { metadata } } }),
  };
  if (Object.keys(patch).length === 0) return podWrites;
  return [
    {
      op: 'patch',
      resource: REPLICA_SETS,
      namespace: situation.namespace,
      name: replicaSet.metadata.name,
      patch,
      // A process that has lost its lead would lend again what was given back, and no record would name it.
      resourceVersion: replicaSet.metadata.resourceVersion,
      why: 'new pods start with the metadata of their role',
    },
    // Without a record no later look would know that the pods must lose it again.
    ...podWrites.map((write): Write => ({ ...write, afterAll: true })),
  ];
}

/** Pods keep the labels by which a Service selects them while it sends requests to them. */
function withKeptLabels({ spec }: ReplicaSet, { metadata, selectedBy }: PodRole, own: OwnMetadata): InjectedMetadata {
  const present = spec.template.metadata?.labels ?? {};
  const kept = Object.entries(selectedBy()).filter(
    ([key, value]) => Object.hasOwn(own.labels, key) && present[key] === value,
  );
  return kept.length === 0 ? metadata : { ...metadata, labels: { ...metadata.labels, ...Object.fromEntries(kept) } };
}

function podWrite(situation: Situation, pod: PodMetadata, wanted: OwnMetadata): Write[] {
  const metadata = metadataPatch(pod.metadata, wanted);
  if (metadata === null) return [];
  return [
    {
      op: 'patch',
      resource: PODS,
      namespace: situation.namespace,
      name: pod.metadata.name,
      patch: { metadata },
      why: 'running pods follow the metadata of their role',
    },
  ];
}

interface Metadata {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

function metadataPatch(present: Metadata | undefined, wanted: OwnMetadata): JsonObject | null {
  const labels = mapPatch(present?.labels ?? {}, wanted.labels);
  const annotations = mapPatch(present?.annotations ?? {}, wanted.annotations);
  const patch: JsonObject = {
    ...(labels === null ? {} : { labels }),
    ...(annotations === null ? {} : { annotations }),
  };
  return Object.keys(patch).length === 0 ? null : patch;
}

function mapPatch(
  present: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string | null>>,
): JsonObject | null {
  const changed = Object.entries(wanted).filter(
    ([key, value]) => (Object.hasOwn(present, key) ? present[key] : null) !== value,
  );
  return changed.length === 0 ? null : Object.fromEntries(changed);
}
