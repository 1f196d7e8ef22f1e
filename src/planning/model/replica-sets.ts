/**
 * The ReplicaSet controller and the kubelet of the model: there are as many pods as the specification says, each becomes
 * ready a set time after its creation, and the status counts them at once. Pods that are removed are gone at once.
 */
import type { JsonObject } from '../../kube/json.ts';
import type { Condition, Pod, ReplicaSet } from '../../kube/objects.ts';
import { controllerReference, isControlledBy } from '../../kube/owners.ts';
import { PODS, REPLICA_SETS } from '../../kube/resources.ts';
import { formatTime, parseTime } from '../../kube/time.ts';
import type { Store } from './store.ts';

export interface PodPace {
  /** From the creation of a pod until it is ready. */
  readonly startMs: number;
  /** Pods that are not ready yet at this moment count as created then. */
  readonly beginsAt: number;
}

/** Every ReplicaSet and its pods as they stand at this moment. */
export function settleReplicaSets(store: Store, pace: PodPace): void {
  for (const { metadata } of store.list<ReplicaSet>(REPLICA_SETS)) {
    const replicaSet = store.get<ReplicaSet>(REPLICA_SETS, metadata.name);
    if (replicaSet === undefined) continue;
    resize(store, replicaSet);
    for (const pod of podsOf(store, replicaSet)) {
      if (!isReady(pod) && readyAtOf(pod, pace) <= store.now) becomeReady(store, pod);
    }
    count(store, replicaSet);
  }
}

/** When the next pod becomes ready or available; `null` when none will. */
export function nextPodAt(store: Store, pace: PodPace): number | null {
  const times = store.list<ReplicaSet>(REPLICA_SETS).flatMap((replicaSet) =>
    podsOf(store, replicaSet).map((pod) => {
      return isReady(pod) ? availableAtOf(pod, replicaSet) : readyAtOf(pod, pace);
    }),
  );
  const next = Math.min(...times.filter((time) => time > store.now));
  return next === Infinity ? null : next;
}

export function podsOf(store: Store, { metadata }: ReplicaSet): readonly Pod[] {
  return store.list<Pod>(PODS).filter((pod) => isControlledBy(pod, metadata.uid));
}

export function isReady(pod: Pod): boolean {
  return readyOf(pod)?.status === 'True';
}

function readyOf({ status }: Pod): Partial<Condition> | undefined {
  return (status?.conditions ?? []).find(({ type }) => type === 'Ready');
}

function resize(store: Store, replicaSet: ReplicaSet): void {
  const pods = podsOf(store, replicaSet);
  const missing = (replicaSet.spec.replicas ?? 1) - pods.length;
  for (let made = 0; made < missing; made++) makePod(store, replicaSet);
  if (missing >= 0) return;
  // As in Kubernetes, pods that are not ready are removed first; of the others here the youngest.
  const order = [...pods.filter((pod) => !isReady(pod)), ...pods.filter(isReady).toReversed()];
  for (const { metadata } of order.slice(0, -missing)) store.remove(PODS, metadata.name);
}

function makePod(store: Store, { metadata: { name, namespace = '', uid }, spec: { template } }: ReplicaSet): void {
  const metadata = { ...template.metadata, ownerReferences: [controllerReference(REPLICA_SETS, name, uid)] };
  const body = { metadata, spec: template.spec ?? {} } as unknown as JsonObject;
  store.create(PODS, namespace, `${name}-${store.version}`, body);
}

function becomeReady(store: Store, pod: Pod): void {
  const ready = { type: 'Ready', status: 'True', reason: '', lastTransitionTime: formatTime(store.now) };
  store.put(PODS, { ...pod, status: { ...pod.status, phase: 'Running', conditions: [ready] } } as Pod);
}

function count(store: Store, replicaSet: ReplicaSet): void {
  const pods = podsOf(store, replicaSet);
  const ready = pods.filter(isReady);
  const available = ready.filter((pod) => availableAtOf(pod, replicaSet) <= store.now);
  const status = {
    replicas: pods.length,
    readyReplicas: ready.length,
    availableReplicas: available.length,
    observedGeneration: store.get(REPLICA_SETS, replicaSet.metadata.name)?.metadata.generation ?? 0,
  };
  store.patch(REPLICA_SETS, replicaSet.metadata.name, { status });
}

function readyAtOf({ metadata }: Pod, { startMs, beginsAt }: PodPace): number {
  return Math.max(parseTime(metadata.creationTimestamp) ?? 0, beginsAt) + startMs;
}

/** Of a pod that is ready; one that does not say since when has been for long. */
function availableAtOf(pod: Pod, { spec: { minReadySeconds = 0 } }: ReplicaSet): number {
  return (parseTime(readyOf(pod)?.lastTransitionTime) ?? 0) + minReadySeconds * 1000;
}
