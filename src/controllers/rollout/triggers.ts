/**
 * Which Rollouts an event concerns: the map from every kind of object to work-queue keys.
 */
import type { Rollout } from '../../api/schema/rollout.ts';
import { namedServices } from '../../api/schema/named-services.ts';
import { managerOf } from '../../api/words/service-manager.ts';
import { SLICES_BY_SERVICE } from '../../core/observed/indexes.ts';
import { keysOfWriters, rolloutsConcernedBy, WATCHED } from '../../core/traffic/routers.ts';
import { serviceKeyOf } from '../../kube/endpoint-slice.ts';
import { keyOf, objectKey } from '../../kube/object-key.ts';
import type { KubeObject, PodMetadata, ReplicaSet } from '../../kube/objects.ts';
import { controllerOf } from '../../kube/owners.ts';
import { ROLLOUTS } from '../../kube/resources.ts';
import type { InformerEvent } from '../../runtime/announced-cache.ts';
import type { Enqueue, Wish } from '../../runtime/controller.ts';
import type { OwnWrites } from '../../runtime/own-writes.ts';
import { informerOf, type Caches } from '../caches.ts';
import { connectAnalysisTriggers } from './analysis-triggers.ts';
import { lookupInCaches } from '../lookup.ts';
import { wishOfOther, wishOfPod, wishOfReplicaSet, wishOfRollout, wishOfSlice } from './news.ts';
import type { Workloads } from './workloads.ts';

interface TriggerOptions {
  readonly caches: Caches;
  readonly workloads: Pick<Workloads, 'connect'>;
  readonly ownWrites: Pick<OwnWrites, 'whenKnown'>;
  readonly enqueue: Enqueue;
}

/** Every relevant event enqueues its Rollouts from now on. */
export function connectTriggers({ caches, workloads, ownWrites, enqueue }: TriggerOptions): void {
  const rolloutsOf = (index: 'service' | 'namespace' | 'withAnalysis' | 'workload', value: string, wish?: Wish) => {
    for (const rollout of caches.rollouts.cache.byIndex(index, value)) enqueue(keyOf(rollout), wish);
  };
  const enqueueOwner = (object: KubeObject, wish?: Wish) => {
    const owner = controllerOf(object);
    if (owner?.kind === ROLLOUTS.kind) enqueue(objectKey(object.metadata.namespace ?? '', owner.name), wish);
  };

  connectRollouts(caches, ownWrites, enqueue);

  caches.replicaSets.addHandler((event) => {
    const { object, previous } = event;
    // An orphan concerns all Rollouts that may adopt it; a change of owner concerns the former owner too.
    if (controllerOf(object) === undefined) rolloutsOf('namespace', object.metadata.namespace ?? '');
    else enqueueOwner(object, wishOfReplicaSet(event));
    if (previous !== undefined && controllerOf(previous)?.uid !== controllerOf(object)?.uid) enqueueOwner(previous);
  });

  workloads.connect((key) => rolloutsOf('workload', key));

  caches.pods.addHandler((event) => {
    const replicaSet = controllerReplicaSet(caches, event.object);
    if (replicaSet !== undefined)
      enqueueOwner(replicaSet, wishOfPod(event, isEndpoint(caches, replicaSet, event.object)));
  });

  caches.services.addHandler((event) => {
    const { object, previous } = event;
    const wish = wishOfOther(event);
    rolloutsOf('service', keyOf(object), wish);
    for (const one of previous === undefined ? [object] : [object, previous]) {
      const manager = managerOf(one);
      if (manager !== undefined) enqueue(objectKey(one.metadata.namespace ?? '', manager), wish);
    }
  });

  caches.endpointSlices.addHandler((event) => {
    const service = serviceKeyOf(event.object);
    if (service !== undefined) rolloutsOf('service', service, wishOfSlice(event));
  });

  connectAnalysisTriggers({ caches, rolloutsOf, enqueueOwner });

  connectRouters(caches, enqueue, enqueueOwner);
}

/** What a router writes concerns the Rollout that owns it, and all that lead requests through it. */
function connectRouters(
  caches: Caches,
  enqueue: Enqueue,
  enqueueOwner: (object: KubeObject, wish: Wish) => void,
): void {
  const lookup = lookupInCaches(caches);
  for (const resource of WATCHED) {
    informerOf(caches, resource.plural)?.addHandler((event) => {
      const { object, previous } = event;
      const wish = wishOfOther(event);
      for (const one of previous === undefined ? [object] : [object, previous]) {
        enqueueOwner(one, wish);
        for (const rollout of rolloutsConcernedBy(lookup, { resource, object: one })) enqueue(keyOf(rollout), wish);
        // One that was deleted while no controller ran has left what it wrote.
        for (const key of keysOfWriters({ resource, object: one })) enqueue(key, wish);
      }
    });
  }
}

/** Whether a Service of the Rollout is known to lead to the pod. */
function isEndpoint(caches: Caches, replicaSet: ReplicaSet, { metadata: { name } }: PodMetadata): boolean {
  const namespace = replicaSet.metadata.namespace ?? '';
  const rollout = caches.rollouts.cache.get(namespace, controllerOf(replicaSet)?.name ?? '');
  if (rollout === undefined) return false;
  const slices = namedServices(rollout).flatMap((service) =>
    caches.endpointSlices.cache.byIndex(SLICES_BY_SERVICE.name, objectKey(namespace, service.name)),
  );
  return slices.some(({ endpoints }) => endpoints.some(({ podName }) => podName === name));
}

function controllerReplicaSet(caches: Caches, pod: PodMetadata): ReplicaSet | undefined {
  const owner = controllerOf(pod);
  return owner === undefined ? undefined : caches.replicaSets.cache.get(pod.metadata.namespace ?? '', owner.name);
}

function connectRollouts(
  { rollouts, services }: Caches,
  ownWrites: TriggerOptions['ownWrites'],
  enqueue: Enqueue,
): void {
  const tell = (event: InformerEvent<Rollout>, isOwn: boolean) => {
    const { object } = event;
    const { namespace = '', name } = object.metadata;
    const wish = wishOfRollout(event, isOwn);
    enqueue(keyOf(object), wish);
    if (wish === 'arrived' || wish === 'soon') return;
    // A Rollout that owns a Service which this one names may have to hand it over.
    for (const { name: service } of namedServices(object)) {
      const manager = managerOf(services.cache.get(namespace, service));
      if (manager !== undefined && manager !== name) enqueue(objectKey(namespace, manager));
    }
  };
  rollouts.addHandler((event) => {
    const { object } = event;
    // Our own write must not pass for a command of a person: it would overtake theirs.
    ownWrites.whenKnown(keyOf(object), ROLLOUTS, object.metadata.resourceVersion, (isOwn) => tell(event, isOwn));
  });
}
