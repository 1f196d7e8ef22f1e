/**
 * The caches that a Rollout's world is gathered from: which resources are watched, what of each object
 * is kept, and by what it is found. Nothing is decided here.
 */
import { ANNOTATIONS, LABELS } from '../../api/labels.ts';
import { namedServices } from '../../api/named-services.ts';
import { parseRollout, type Rollout } from '../../api/rollout.ts';
import { backendServices } from '../../core/traffic/backends.ts';
import { workloadResource } from '../../api/workload-ref.ts';
import { canaryIngressName, stableIngressNames } from '../../core/traffic/nginx-ingress.ts';
import { objectKey } from '../../kube/object-key.ts';
import type {
  Endpoint,
  EndpointSlice,
  Ingress,
  IngressClass,
  KubeObject,
  PodMetadata,
  ReplicaSet,
  Service,
} from '../../kube/objects.ts';
import { controllerOf } from '../../kube/owners.ts';
import {
  ENDPOINT_SLICES,
  INGRESS_CLASSES,
  INGRESSES,
  PODS,
  REPLICA_SETS,
  ROLLOUTS,
  SERVICES,
  type Resource,
} from '../../kube/resources.ts';
import type { Client } from '../../runtime/client.ts';
import type { Clock } from '../../runtime/clock.ts';
import { Informer } from '../../runtime/informer.ts';
import type { IndexFunction } from '../../runtime/object-cache.ts';
import { trimBookkeeping } from '../../runtime/trim.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { workloadKey } from './workloads.ts';

export interface Caches {
  readonly rollouts: Informer<Rollout>;
  readonly replicaSets: Informer<ReplicaSet>;
  readonly pods: Informer<PodMetadata>;
  readonly services: Informer<Service>;
  readonly endpointSlices: Informer<EndpointSlice>;
  readonly ingresses: Informer<Ingress>;
  /** Only where the controller looks after all namespaces: a Role gives no right to what belongs to none. */
  readonly ingressClasses?: Informer<IngressClass>;
}

interface CachesOptions {
  readonly client: Client;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** All namespaces when absent. */
  readonly namespace: string | undefined;
  readonly instanceId: string;
  readonly fieldManager: string;
}

/** The label under which the endpoint controller names the Service of a slice. */
const SLICE_SERVICE = 'kubernetes.io/service-name';

export function createCaches(options: CachesOptions): Caches {
  const { instanceId, fieldManager } = options;
  const informer = <T extends KubeObject>(
    resource: Resource,
    trim: (object: KubeObject) => T,
    indexes: Readonly<Record<string, IndexFunction<T>>>,
    narrowing: { readonly labelSelector?: string; readonly metadataOnly?: boolean } = {},
  ) =>
    new Informer<T>({
      client: options.client,
      clock: options.clock,
      logger: options.logger,
      metrics: options.metrics,
      ...(options.namespace === undefined ? {} : { namespace: options.namespace }),
      resource,
      trim,
      indexes,
      ...narrowing,
    });

  return {
    rollouts: informer(
      ROLLOUTS,
      readRollout,
      {
        namespace: (rollout) => [rollout.metadata.namespace ?? ''],
        service: (rollout) => inNamespaceOf(rollout, serviceNames(rollout)),
        ingress: (rollout) => inNamespaceOf(rollout, ingressNames(rollout)),
        workload: workloadKeys,
      },
      { labelSelector: instanceId === '' ? `!${LABELS.instanceId}` : `${LABELS.instanceId}=${instanceId}` },
    ),
    // Memory grows with Rollouts and not with the cluster: the hash label is on nothing else.
    replicaSets: informer(
      REPLICA_SETS,
      (object) => trimBookkeeping(object) as ReplicaSet,
      {
        controller: (replicaSet) => [controllerOf(replicaSet)?.uid ?? ''],
        orphanIn: (replicaSet) => (controllerOf(replicaSet) === undefined ? [replicaSet.metadata.namespace ?? ''] : []),
      },
      { labelSelector: LABELS.podTemplateHash },
    ),
    pods: informer(
      PODS,
      (object) => trimBookkeeping(object),
      { controller: (pod) => [controllerOf(pod)?.uid ?? ''] },
      { labelSelector: LABELS.podTemplateHash, metadataOnly: true },
    ),
    services: informer(SERVICES, trimService, {
      managedBy: (service) => inNamespaceOf(service, [service.metadata.annotations?.[ANNOTATIONS.managedByRollouts]]),
    }),
    endpointSlices: informer(ENDPOINT_SLICES, trimEndpointSlice, {
      service: (slice) => inNamespaceOf(slice, [slice.metadata.labels?.[SLICE_SERVICE]]),
    }),
    ingresses: informer(INGRESSES, (object) => trimIngress(object, fieldManager), {
      controller: (ingress) => [controllerOf(ingress)?.uid ?? ''],
      host: (ingress) =>
        inNamespaceOf(
          ingress,
          (ingress.spec?.rules ?? []).map((rule) => rule.host ?? '*'),
        ),
      service: (ingress) => inNamespaceOf(ingress, [...backendServices(ingress)]),
    }),
    ...(options.namespace === undefined
      ? { ingressClasses: informer(INGRESS_CLASSES, (object) => trimBookkeeping(object) as IngressClass, {}) }
      : {}),
  };
}

/** The Service that a slice belongs to, as `namespace/name`; `undefined` for a slice that names none. */
export function serviceKeyOf(slice: EndpointSlice): string | undefined {
  return inNamespaceOf(slice, [slice.metadata.labels?.[SLICE_SERVICE]])[0];
}

export function serviceNames(rollout: Rollout): readonly string[] {
  return namedServices(rollout).map(({ name }) => name);
}

/** Of the object that `spec.workloadRef` names, if its template could be taken. */
function workloadKeys({ metadata, spec }: Rollout): readonly string[] {
  const resource = spec.workloadRef === undefined ? null : workloadResource(spec.workloadRef);
  return resource === null ? [] : [workloadKey(resource, metadata.namespace ?? '', spec.workloadRef?.name ?? '')];
}

/** Stable Ingresses and the canaries that belong to them. */
export function ingressNames(rollout: Rollout): readonly string[] {
  const nginx = rollout.spec.strategy?.canary?.trafficRouting?.nginx;
  const stable = nginx === undefined ? [] : stableIngressNames(nginx);
  return [...stable, ...stable.map((name) => canaryIngressName(rollout.metadata.name, name))];
}

function inNamespaceOf(object: KubeObject, names: readonly (string | undefined)[]): string[] {
  return names
    .filter((name): name is string => name !== undefined && name !== '')
    .map((name) => objectKey(object.metadata.namespace ?? '', name));
}

function readRollout(object: KubeObject): Rollout {
  const parsed = parseRollout(trimBookkeeping(object));
  if ('problem' in parsed) throw new Error(`This Rollout cannot be read: ${parsed.problem}`);
  return parsed.rollout;
}

function trimService(object: KubeObject): Service {
  const service = trimBookkeeping(object) as Service & { status?: unknown };
  delete service.status;
  return service;
}

/** Of the bookkeeping our own field manager's part is kept: it tells which annotations are ours. */
function trimIngress(object: KubeObject, fieldManager: string): Ingress {
  const { managedFields } = object.metadata as { managedFields?: readonly { readonly manager?: string }[] };
  const ingress = trimBookkeeping(object) as Ingress & { status?: unknown };
  delete ingress.status;
  const own = (managedFields ?? []).filter((entry) => entry.manager === fieldManager);
  if (own.length > 0) (ingress.metadata as { managedFields?: unknown }).managedFields = own;
  return ingress;
}

interface WireEndpoint {
  readonly targetRef?: { readonly kind?: string; readonly name?: string };
  readonly conditions?: { readonly ready?: boolean | null; readonly terminating?: boolean | null };
}

function trimEndpointSlice(object: KubeObject): EndpointSlice {
  const { endpoints } = object as { endpoints?: readonly WireEndpoint[] | null };
  const { name, namespace, uid, resourceVersion, labels } = object.metadata;
  const service = labels?.[SLICE_SERVICE];
  return {
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      uid,
      resourceVersion,
      ...(service === undefined ? {} : { labels: { [SLICE_SERVICE]: service } }),
    },
    endpoints: (endpoints ?? []).map(trimEndpoint),
  };
}

function trimEndpoint({ targetRef, conditions }: WireEndpoint): Endpoint {
  return {
    ...(targetRef?.kind === 'Pod' && targetRef.name !== undefined ? { podName: targetRef.name } : {}),
    // The API says: unknown readiness is to be taken for ready.
    ready: conditions?.ready ?? true,
    terminating: conditions?.terminating ?? false,
  };
}
