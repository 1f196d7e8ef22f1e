/**
 * The caches of the process: each resource is watched once, whichever controllers read it. Each controller adds its own
 * indexes (`addIndexes`).
 *
 * An informer sends no request until it is started. A controller starts those that it always needs; one that only few
 * clusters need can wait for the first reconcile that needs it.
 */
import { parseAnalysisRun, type AnalysisRun } from '../api/schema/analysis-run.ts';
import { parseExperiment, type Experiment } from '../api/schema/experiment.ts';
import { parseRollout, type Rollout } from '../api/schema/rollout.ts';
import { LABELS } from '../api/words/labels.ts';
import { PODS_BY_CONTROLLER, REPLICA_SETS_BY_CONTROLLER } from '../core/observed/indexes.ts';
import type { Index } from '../core/observed/lookup.ts';
import { trimEndpointSlice } from '../kube/endpoint-slice.ts';
import type { DestinationRule, VirtualService } from '../kube/istio.ts';
import type {
  EndpointSlice,
  Ingress,
  IngressClass,
  KubeObject,
  PodMetadata,
  ReplicaSet,
  Service,
} from '../kube/objects.ts';
import {
  ANALYSIS_RUNS,
  ANALYSIS_TEMPLATES,
  CLUSTER_ANALYSIS_TEMPLATES,
  DESTINATION_RULES,
  ENDPOINT_SLICES,
  EXPERIMENTS,
  GATEWAY_CLASSES,
  GATEWAYS,
  GRPC_ROUTES,
  HTTP_ROUTES,
  INGRESS_CLASSES,
  INGRESSES,
  ROLLOUTS,
  SERVICES,
  TRAEFIK_SERVICES,
  VIRTUAL_SERVICES,
  type Resource,
} from '../kube/resources.ts';
import type { Gateway, GatewayClass } from '../kube/gateway.ts';
import type { Route } from '../kube/route.ts';
import type { TraefikService } from '../kube/traefik-service.ts';
import type { Client } from '../runtime/client.ts';
import type { Clock } from '../runtime/clock.ts';
import { essentials } from '../runtime/essentials.ts';
import { Informer } from '../runtime/informer.ts';
import type { InformerOptions } from '../runtime/informer-options.ts';
import { trimBookkeeping } from '../runtime/trim.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { trimIngress } from './trim-ingress.ts';
import { trimShared } from './trim-shared.ts';

export interface Caches {
  readonly rollouts: Informer<Rollout>;
  readonly replicaSets: Informer<ReplicaSet>;
  readonly pods: Informer<PodMetadata>;
  readonly services: Informer<Service>;
  readonly endpointSlices: Informer<EndpointSlice>;
  readonly ingresses: Informer<Ingress>;
  /** Watched from the first Rollout on that leads through one: few clusters have them. */
  readonly httpRoutes: Informer<Route>;
  readonly grpcRoutes: Informer<Route>;
  readonly traefikServices: Informer<TraefikService>;
  readonly virtualServices: Informer<VirtualService>;
  readonly destinationRules: Informer<DestinationRule>;
  readonly analysisRuns: Informer<AnalysisRun>;
  readonly analysisTemplates: Informer<KubeObject>;
  readonly experiments: Informer<Experiment>;
  /** Cluster-scoped objects are watched only where the controller serves all namespaces: a Role gives no rights to them. */
  readonly ingressClasses?: Informer<IngressClass>;
  readonly clusterAnalysisTemplates?: Informer<KubeObject>;
  /** Watched from the first Rollout on that asks for more than every Gateway has. A Gateway means nothing without its class. */
  readonly gateways?: Informer<Gateway>;
  readonly gatewayClasses?: Informer<GatewayClass>;
}

interface CachesOptions {
  readonly client: Pick<Client, 'list' | 'watch'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'informerObjects' | 'informerRelists' | 'informerRejects'>;
  /** All namespaces when absent. */
  readonly namespace: string | undefined;
  readonly instanceId: string;
}

export function createCaches({ client, clock, logger, metrics, namespace, instanceId }: CachesOptions): Caches {
  const parts = { client, clock, logger, metrics, ...(namespace === undefined ? {} : { namespace }) };
  const informer = <T extends KubeObject>(
    resource: Resource,
    trim: (object: KubeObject, known: T | undefined) => T,
    narrowing: Pick<InformerOptions<T>, 'labelSelector' | 'metadataOnly' | 'optional' | 'omitManagedFields'> = {},
  ) => new Informer<T>({ ...parts, resource, trim, omitManagedFields: true, ...narrowing });
  // Objects of one owner are alike: what a new one has in common with another is held once.
  const alike = <T extends KubeObject>(
    { resource, name, valuesOf }: Index<T>,
    fields: readonly Exclude<keyof T & string, 'metadata'>[],
    narrowing: { readonly labelSelector: string; readonly metadataOnly?: boolean },
  ): Informer<T> => {
    const made: Informer<T> = informer<T>(
      resource,
      (object, known) => essentials(object, fields, known ?? siblingOf(object as T)),
      narrowing,
    );
    const siblingOf = (object: T): T | undefined => {
      const [owner = ''] = valuesOf(object);
      return owner === '' ? undefined : made.cache.oneByIndex(name, owner);
    };
    made.addIndexes({ [name]: valuesOf });
    return made;
  };
  // Memory grows with Rollouts and not with the cluster: only objects of Rollouts carry the hash label.
  const ofRollouts = { labelSelector: LABELS.podTemplateHash };
  const ofInstance = {
    labelSelector: instanceId === '' ? `!${LABELS.instanceId}` : `${LABELS.instanceId}=${instanceId}`,
  };
  const withManagedFields = { omitManagedFields: false };
  const shared = { ...withManagedFields, optional: true };
  // A cluster may have only the definition of Rollouts.
  const ofAnalysis = { ...ofInstance, optional: true };
  return {
    rollouts: informer(ROLLOUTS, readRollout, ofInstance),
    replicaSets: alike(REPLICA_SETS_BY_CONTROLLER, ['spec', 'status'], ofRollouts),
    pods: alike(PODS_BY_CONTROLLER, [], { ...ofRollouts, metadataOnly: true }),
    services: informer(SERVICES, readService),
    endpointSlices: informer(ENDPOINT_SLICES, trimEndpointSlice),
    ingresses: informer(INGRESSES, trimIngress, withManagedFields),
    httpRoutes: informer(HTTP_ROUTES, trimShared<Route>, shared),
    grpcRoutes: informer(GRPC_ROUTES, trimShared<Route>, shared),
    virtualServices: informer(VIRTUAL_SERVICES, trimShared<VirtualService>, shared),
    destinationRules: informer(DESTINATION_RULES, trimShared<DestinationRule>, shared),
    traefikServices: informer(TRAEFIK_SERVICES, trimShared<TraefikService>, shared),
    analysisRuns: informer(ANALYSIS_RUNS, readRun, ofAnalysis),
    analysisTemplates: informer(ANALYSIS_TEMPLATES, trimBookkeeping, ofAnalysis),
    experiments: informer(EXPERIMENTS, readExperiment, ofAnalysis),
    ...(namespace === undefined
      ? {
          ingressClasses: informer(INGRESS_CLASSES, (object) => trimBookkeeping(object) as IngressClass),
          clusterAnalysisTemplates: informer(CLUSTER_ANALYSIS_TEMPLATES, trimBookkeeping, ofAnalysis),
          gateways: informer(GATEWAYS, readGateway, { optional: true }),
          gatewayClasses: informer(GATEWAY_CLASSES, readGatewayClass, { optional: true }),
        }
      : {}),
  };
}

/** To be called after the controllers that read them have stopped. None can be started afterwards. */
export async function stopCaches(caches: Caches): Promise<void> {
  await Promise.all(Object.values(caches).map((informer) => informer.stop()));
}

/**
 * Resolves with true once the caches that are started hold everything that was written before the call; with false when
 * they are stopped.
 */
export async function refreshCaches(caches: Caches): Promise<boolean> {
  const refreshed = await Promise.all(Object.values(caches).map((informer) => informer.refresh()));
  return !refreshed.includes(false);
}

/** Every trigger gets every object once more, one at each step. */
export function* announceAll(caches: Caches): Generator<void> {
  for (const informer of Object.values(caches)) yield* informer.announceAll();
}

const byPlural = new WeakMap<Caches, ReadonlyMap<string, Informer<KubeObject>>>();

/** The informer of a resource; `undefined` where it is not watched. */
export function informerOf(caches: Caches, plural: string): Informer<KubeObject> | undefined {
  const known = byPlural.get(caches);
  if (known !== undefined) return known.get(plural);
  const informers: readonly Informer<KubeObject>[] = Object.values(caches);
  const found = new Map(informers.map((informer) => [informer.resource.plural, informer]));
  byPlural.set(caches, found);
  return found.get(plural);
}

/** Of an object of our own. */
const WITH_STATUS = ['apiVersion', 'kind', 'spec', 'status'] as const;

/**
 * A status is written much more often than a spec: the spec that is known is kept, so that it is read once, and so that
 * what was found out about it is found again.
 */
function readRollout(object: KubeObject, known?: Rollout): Rollout {
  const kept = essentials<Rollout>(object, WITH_STATUS, known);
  const parsed = parseRollout(kept, known?.spec);
  if ('problem' in parsed) throw new Error(`This Rollout cannot be read: ${parsed.problem}`);
  return parsed.rollout;
}

/**
 * Throws when it is none. A run is written at every round, and its spec hardly ever changes: the one that is known is
 * kept, so that it is read once, and so that what was made of it is found again.
 */
export function readRun(object: KubeObject, known?: AnalysisRun): AnalysisRun {
  const parsed = parseAnalysisRun(essentials<AnalysisRun>(object, WITH_STATUS, known), known?.spec);
  if ('problem' in parsed) throw new Error(`This AnalysisRun cannot be read: ${parsed.problem}`);
  return parsed.run;
}

function readExperiment(object: KubeObject, known?: Experiment): Experiment {
  const parsed = parseExperiment(essentials<Experiment>(object, WITH_STATUS, known));
  if ('problem' in parsed) throw new Error(`This Experiment cannot be read: ${parsed.problem}`);
  return parsed.experiment;
}

/** All Services of the cluster are watched, so each is kept small. */
function readService(object: KubeObject, known?: Service): Service {
  const { selector, type, ports } = (object as Partial<Service>).spec ?? {};
  const spec: Service['spec'] = {
    ...(selector === undefined ? {} : { selector }),
    ...(type === undefined ? {} : { type }),
    ...(ports === undefined ? {} : { ports }),
  };
  return essentials<Service>({ ...object, spec } as Service, ['spec'], known);
}

/** Its status changes with every route that is attached to it. */
function readGateway(object: KubeObject, known?: Gateway): Gateway {
  const { gatewayClassName = '' } = (object as Gateway).spec ?? {};
  return essentials<Gateway>({ ...object, spec: { gatewayClassName } } as Gateway, ['spec'], known);
}

function readGatewayClass(object: KubeObject, known?: GatewayClass): GatewayClass {
  const { supportedFeatures } = (object as GatewayClass).status ?? {};
  const status = supportedFeatures === undefined ? {} : { supportedFeatures };
  return essentials<GatewayClass>({ ...object, status } as GatewayClass, ['status'], known);
}
