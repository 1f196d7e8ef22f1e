/**
 * Which Rollouts an event concerns: every kind of object maps to work-queue keys here, and nowhere else.
 */
import { ANNOTATIONS } from '../../api/labels.ts';
import { backendServices } from '../../core/traffic/backends.ts';
import { objectKey } from '../../kube/object-key.ts';
import { deepEqual } from '../../kube/merge-patch.ts';
import type { Ingress, KubeObject, PodMetadata, ReplicaSet } from '../../kube/objects.ts';
import { controllerOf } from '../../kube/owners.ts';
import { ROLLOUTS } from '../../kube/resources.ts';
import type { InformerEvent } from '../../runtime/informer.ts';
import { ingressNames, serviceKeyOf, type Caches } from './caches.ts';
import type { Workloads } from './workloads.ts';

interface TriggerOptions {
  readonly caches: Caches;
  readonly workloads: Pick<Workloads, 'connect'>;
  readonly enqueue: (key: string) => void;
}

/** Every relevant event enqueues its Rollouts from now on. */
export function connectTriggers({ caches, workloads, enqueue }: TriggerOptions): void {
  const rolloutsOf = (index: 'service' | 'ingress' | 'namespace' | 'workload', value: string) => {
    for (const rollout of caches.rollouts.cache.byIndex(index, value)) enqueue(keyOf(rollout));
  };
  // A canary of somebody else concerns every Rollout that routes through the same host, when it comes and when it gives way.
  const rolloutsOnHost = (host: string) => {
    for (const ingress of caches.ingresses.cache.byIndex('host', host)) rolloutsOf('ingress', keyOf(ingress));
  };
  const enqueueOwner = (object: KubeObject) => {
    const owner = controllerOf(object);
    if (owner?.kind === ROLLOUTS.kind) enqueue(objectKey(object.metadata.namespace ?? '', owner.name));
  };

  caches.rollouts.addHandler(({ object }) => enqueue(keyOf(object)));

  caches.replicaSets.addHandler(({ object, previous }) => {
    // An orphan concerns whoever may adopt it; a change of owner concerns the former one too.
    if (controllerOf(object) === undefined) rolloutsOf('namespace', object.metadata.namespace ?? '');
    else enqueueOwner(object);
    if (previous !== undefined && controllerOf(previous)?.uid !== controllerOf(object)?.uid) enqueueOwner(previous);
  });

  workloads.connect((key) => rolloutsOf('workload', key));

  caches.pods.addHandler((event) => {
    if (!isNewsAboutPod(event)) return;
    const replicaSet = controllerReplicaSet(caches, event.object);
    if (replicaSet !== undefined) enqueueOwner(replicaSet);
  });

  caches.services.addHandler(({ object, previous }) => {
    rolloutsOf('service', keyOf(object));
    for (const one of previous === undefined ? [object] : [object, previous]) {
      const manager = one.metadata.annotations?.[ANNOTATIONS.managedByRollouts];
      if (manager !== undefined) enqueue(objectKey(one.metadata.namespace ?? '', manager));
    }
  });

  caches.endpointSlices.addHandler(({ object }) => {
    const service = serviceKeyOf(object);
    if (service !== undefined) rolloutsOf('service', service);
  });

  caches.ingresses.addHandler(({ object, previous }) => {
    for (const one of previous === undefined ? [object] : [object, previous]) {
      enqueueOwner(one);
      // Whatever its class: a Rollout that names it waits for it.
      rolloutsOf('ingress', keyOf(one));
      if (isCanary(one)) for (const host of hostsOf(one)) rolloutsOnHost(host);
      for (const service of backendServices(one))
        rolloutsOf('service', objectKey(one.metadata.namespace ?? '', service));
    }
  });

  caches.ingressClasses?.addHandler(() => {
    for (const rollout of caches.rollouts.cache.values()) if (ingressNames(rollout).length > 0) enqueue(keyOf(rollout));
  });
}

export function keyOf(object: KubeObject): string {
  return objectKey(object.metadata.namespace ?? '', object.metadata.name);
}

/** Readiness is the ReplicaSet's news; of a pod itself only its coming, its going and its metadata are. */
function isNewsAboutPod({ type, object, previous }: InformerEvent<PodMetadata>): boolean {
  if (type !== 'updated' || previous === undefined) return true;
  return (
    object.metadata.deletionTimestamp !== previous.metadata.deletionTimestamp ||
    !deepEqual(object.metadata.labels, previous.metadata.labels) ||
    !deepEqual(object.metadata.annotations, previous.metadata.annotations)
  );
}

function controllerReplicaSet(caches: Caches, pod: PodMetadata): ReplicaSet | undefined {
  const owner = controllerOf(pod);
  return owner === undefined ? undefined : caches.replicaSets.cache.get(pod.metadata.namespace ?? '', owner.name);
}

function hostsOf(ingress: Ingress): readonly string[] {
  return (ingress.spec?.rules ?? []).map((rule) => objectKey(ingress.metadata.namespace ?? '', rule.host ?? '*'));
}

function isCanary(ingress: Ingress): boolean {
  return Object.entries(ingress.metadata.annotations ?? {}).some(
    ([key, value]) => key.endsWith('/canary') && value === 'true',
  );
}
