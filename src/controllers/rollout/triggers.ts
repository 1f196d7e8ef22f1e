/**
 * Which Rollouts an event concerns: the map from every kind of object to work-queue keys.
 */
import { namedServices } from '../../api/schema/named-services.ts';
import { managerOf } from '../../api/words/service-manager.ts';
import { rolloutsConcernedBy, WATCHED } from '../../core/traffic/routers.ts';
import { serviceKeyOf } from '../../kube/endpoint-slice.ts';
import { keyOf, objectKey } from '../../kube/object-key.ts';
import { deepEqual } from '../../kube/merge-patch.ts';
import type { KubeObject, PodMetadata, ReplicaSet } from '../../kube/objects.ts';
import { controllerOf } from '../../kube/owners.ts';
import { ROLLOUTS } from '../../kube/resources.ts';
import type { InformerEvent } from '../../runtime/announced-cache.ts';
import { informerOf, type Caches } from '../caches.ts';
import { connectAnalysisTriggers } from './analysis-triggers.ts';
import { lookupInCaches } from '../lookup.ts';
import type { Workloads } from './workloads.ts';

interface TriggerOptions {
  readonly caches: Caches;
  readonly workloads: Pick<Workloads, 'connect'>;
  readonly enqueue: (key: string) => void;
}

/** Every relevant event enqueues its Rollouts from now on. */
export function connectTriggers({ caches, workloads, enqueue }: TriggerOptions): void {
  const rolloutsOf = (index: 'service' | 'namespace' | 'withAnalysis' | 'workload', value: string) => {
    for (const rollout of caches.rollouts.cache.byIndex(index, value)) enqueue(keyOf(rollout));
  };
  const enqueueOwner = (object: KubeObject) => {
    const owner = controllerOf(object);
    if (owner?.kind === ROLLOUTS.kind) enqueue(objectKey(object.metadata.namespace ?? '', owner.name));
  };

  caches.rollouts.addHandler(({ object }) => {
    enqueue(keyOf(object));
    // A Rollout that owns a Service which this one names may have to hand it over.
    const { namespace = '', name } = object.metadata;
    for (const { name: service } of namedServices(object)) {
      const manager = managerOf(caches.services.cache.get(namespace, service));
      if (manager !== undefined && manager !== name) enqueue(objectKey(namespace, manager));
    }
  });

  caches.replicaSets.addHandler(({ object, previous }) => {
    // An orphan concerns all Rollouts that may adopt it; a change of owner concerns the former owner too.
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
      const manager = managerOf(one);
      if (manager !== undefined) enqueue(objectKey(one.metadata.namespace ?? '', manager));
    }
  });

  caches.endpointSlices.addHandler(({ object }) => {
    const service = serviceKeyOf(object);
    if (service !== undefined) rolloutsOf('service', service);
  });

  connectAnalysisTriggers({ caches, rolloutsOf, enqueueOwner });

  const lookup = lookupInCaches(caches);
  for (const resource of WATCHED) {
    informerOf(caches, resource.plural)?.addHandler(({ object, previous }) => {
      for (const one of previous === undefined ? [object] : [object, previous]) {
        enqueueOwner(one);
        for (const rollout of rolloutsConcernedBy(lookup, { resource, object: one })) enqueue(keyOf(rollout));
      }
    });
  }
}

/** The ReplicaSet reports readiness; of a pod itself only its creation, its end and its metadata matter. */
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
