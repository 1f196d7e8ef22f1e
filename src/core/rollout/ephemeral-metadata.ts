/**
 * The writes that make ReplicaSets and their pods carry the labels and annotations of their role, and
 * lose those of a former one, without restarting a pod (spec 10.1).
 *
 * Pods lose a key only after the template has lost it, and the record on the ReplicaSet keeps naming a
 * key until no pod carries it: a crash at any point forgets nothing.
 */
import { ANNOTATIONS } from '../../api/labels.ts';
import type { JsonObject } from '../../kube/json.ts';
import type { PodMetadata, ReplicaSet } from '../../kube/objects.ts';
import type { Write } from '../../kube/plan.ts';
import { PODS, REPLICA_SETS } from '../../kube/resources.ts';
import { isTerminating } from '../../kube/terminating.ts';
import { NOTHING_INJECTED, recordedMetadata, recordOf, type InjectedMetadata } from './injected-metadata.ts';
import { podsOf } from './pods.ts';
import { hasObservedSpec, statusReplicasOf } from './replica-sets.ts';
import type { Situation } from './situation.ts';

/** `roleOf` says what the pods of a ReplicaSet should carry; `NOTHING_INJECTED` takes away what they were lent. */
export function ephemeralMetadataWrites(
  situation: Situation,
  roleOf: (replicaSet: ReplicaSet) => InjectedMetadata,
): Write[] {
  return situation.all.filter((one) => !isTerminating(one)).flatMap((one) => writesFor(situation, one, roleOf(one)));
}

function writesFor(situation: Situation, replicaSet: ReplicaSet, wanted: InjectedMetadata): Write[] {
  const recorded = recordedMetadata(replicaSet);
  if (isNothing(wanted) && isNothing(recorded)) return [];
  const stale: InjectedMetadata = {
    labels: keysNotIn(recorded.labels, wanted.labels),
    annotations: keysNotIn(recorded.annotations, wanted.annotations),
  };
  const pods = podsOf(situation, replicaSet).filter((pod) => !isTerminating(pod));
  const podWrites = pods.flatMap((pod) => podWrite(situation, pod, wanted, stale));
  const metadata = metadataPatch(replicaSet.spec.template.metadata, wanted, stale);
  // Until then a pod may be on its way that was made of the former template.
  const allSeen = metadata === null && hasObservedSpec(replicaSet) && pods.length >= statusReplicasOf(replicaSet);
  const record = recordOf(
    podWrites.length === 0 && allSeen
      ? wanted
      : { labels: { ...stale.labels, ...wanted.labels }, annotations: { ...stale.annotations, ...wanted.annotations } },
  );
  const present = replicaSet.metadata.annotations?.[ANNOTATIONS.ephemeralMetadata] ?? null;
  const patch: JsonObject = {
    ...(present === record ? {} : { metadata: { annotations: { [ANNOTATIONS.ephemeralMetadata]: record } } }),
    ...(metadata === null ? {} : { spec: { template: { metadata } } }),
  };
  const templateWrite: Write[] =
    Object.keys(patch).length === 0
      ? []
      : [
          {
            op: 'patch',
            resource: REPLICA_SETS,
            namespace: situation.namespace,
            name: replicaSet.metadata.name,
            patch,
            why: 'new pods are born with the metadata of their role',
          },
        ];
  return [...templateWrite, ...podWrites];
}

function podWrite(situation: Situation, pod: PodMetadata, wanted: InjectedMetadata, stale: InjectedMetadata): Write[] {
  const metadata = metadataPatch(pod.metadata, wanted, stale);
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

function metadataPatch(
  present: Metadata | undefined,
  wanted: InjectedMetadata,
  stale: InjectedMetadata,
): JsonObject | null {
  const labels = mapPatch(present?.labels ?? {}, wanted.labels, stale.labels);
  const annotations = mapPatch(present?.annotations ?? {}, wanted.annotations, stale.annotations);
  const patch: JsonObject = {
    ...(labels === null ? {} : { labels }),
    ...(annotations === null ? {} : { annotations }),
  };
  return Object.keys(patch).length === 0 ? null : patch;
}

function mapPatch(
  present: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>>,
  stale: Readonly<Record<string, string>>,
): JsonObject | null {
  const set = Object.entries(wanted).filter(([key, value]) => present[key] !== value);
  const removed = Object.keys(stale).filter((key) => present[key] !== undefined);
  if (set.length === 0 && removed.length === 0) return null;
  return Object.fromEntries([...set, ...removed.map((key): [string, null] => [key, null])]);
}

function keysNotIn(
  map: Readonly<Record<string, string>>,
  other: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(Object.entries(map).filter(([key]) => other[key] === undefined));
}

function isNothing(metadata: InjectedMetadata): boolean {
  return recordOf(metadata) === recordOf(NOTHING_INJECTED);
}
