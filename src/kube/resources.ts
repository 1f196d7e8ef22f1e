/**
 * The API resources that Serin talks to: a closed table, so that RBAC, informers and
 * the applier name them in one way.
 */
export interface Resource {
  readonly group: string;
  readonly version: string;
  /** Lower-case plural, as in the URL. */
  readonly plural: string;
  readonly kind: string;
  /** Further versions in which its objects have the same fields, as manifests may name them. */
  readonly likeVersions?: readonly string[];
}

export const ROLLOUTS = {
  group: 'argoproj.io',
  version: 'v1alpha1',
  plural: 'rollouts',
  kind: 'Rollout',
} as const satisfies Resource;
export const ANALYSIS_RUNS = {
  group: 'argoproj.io',
  version: 'v1alpha1',
  plural: 'analysisruns',
  kind: 'AnalysisRun',
} as const satisfies Resource;
export const ANALYSIS_TEMPLATES = {
  group: 'argoproj.io',
  version: 'v1alpha1',
  plural: 'analysistemplates',
  kind: 'AnalysisTemplate',
} as const satisfies Resource;
/** Cluster-scoped. */
export const CLUSTER_ANALYSIS_TEMPLATES = {
  group: 'argoproj.io',
  version: 'v1alpha1',
  plural: 'clusteranalysistemplates',
  kind: 'ClusterAnalysisTemplate',
} as const satisfies Resource;
export const EXPERIMENTS = {
  group: 'argoproj.io',
  version: 'v1alpha1',
  plural: 'experiments',
  kind: 'Experiment',
} as const satisfies Resource;
export const REPLICA_SETS = {
  group: 'apps',
  version: 'v1',
  plural: 'replicasets',
  kind: 'ReplicaSet',
} as const satisfies Resource;
export const DEPLOYMENTS = {
  group: 'apps',
  version: 'v1',
  plural: 'deployments',
  kind: 'Deployment',
} as const satisfies Resource;
export const POD_TEMPLATES = {
  group: '',
  version: 'v1',
  plural: 'podtemplates',
  kind: 'PodTemplate',
} as const satisfies Resource;
export const PODS = { group: '', version: 'v1', plural: 'pods', kind: 'Pod' } as const satisfies Resource;
/** Cluster-scoped. */
export const NAMESPACES = {
  group: '',
  version: 'v1',
  plural: 'namespaces',
  kind: 'Namespace',
} as const satisfies Resource;
export const SERVICES = { group: '', version: 'v1', plural: 'services', kind: 'Service' } as const satisfies Resource;
/** Of the metrics of an analysis. */
export const JOBS = { group: 'batch', version: 'v1', plural: 'jobs', kind: 'Job' } as const satisfies Resource;
export const CONFIG_MAPS = {
  group: '',
  version: 'v1',
  plural: 'configmaps',
  kind: 'ConfigMap',
} as const satisfies Resource;
export const SECRETS = { group: '', version: 'v1', plural: 'secrets', kind: 'Secret' } as const satisfies Resource;
export const EVENTS = { group: '', version: 'v1', plural: 'events', kind: 'Event' } as const satisfies Resource;
export const ENDPOINT_SLICES = {
  group: 'discovery.k8s.io',
  version: 'v1',
  plural: 'endpointslices',
  kind: 'EndpointSlice',
} as const satisfies Resource;
export const INGRESSES = {
  group: 'networking.k8s.io',
  version: 'v1',
  plural: 'ingresses',
  kind: 'Ingress',
} as const satisfies Resource;
/** Cluster-scoped. */
export const INGRESS_CLASSES = {
  group: 'networking.k8s.io',
  version: 'v1',
  plural: 'ingressclasses',
  kind: 'IngressClass',
} as const satisfies Resource;
export const HTTP_ROUTES = {
  group: 'gateway.networking.k8s.io',
  version: 'v1',
  plural: 'httproutes',
  kind: 'HTTPRoute',
} as const satisfies Resource;
export const GRPC_ROUTES = {
  group: 'gateway.networking.k8s.io',
  version: 'v1',
  plural: 'grpcroutes',
  kind: 'GRPCRoute',
} as const satisfies Resource;
export const GATEWAYS = {
  group: 'gateway.networking.k8s.io',
  version: 'v1',
  plural: 'gateways',
  kind: 'Gateway',
} as const satisfies Resource;
/** Cluster-scoped. */
export const GATEWAY_CLASSES = {
  group: 'gateway.networking.k8s.io',
  version: 'v1',
  plural: 'gatewayclasses',
  kind: 'GatewayClass',
} as const satisfies Resource;
/** Traefik's weighted round robin. The group of Traefik 1 and 2, traefik.containo.us, is gone since Traefik 3. */
export const TRAEFIK_SERVICES = {
  group: 'traefik.io',
  version: 'v1alpha1',
  plural: 'traefikservices',
  kind: 'TraefikService',
} as const satisfies Resource;
/** Every Istio since 1.5 serves this version of both; v1alpha3 and v1 have the same fields. */
export const VIRTUAL_SERVICES = {
  group: 'networking.istio.io',
  version: 'v1beta1',
  plural: 'virtualservices',
  kind: 'VirtualService',
  likeVersions: ['v1alpha3', 'v1'],
} as const satisfies Resource;
export const DESTINATION_RULES = {
  group: 'networking.istio.io',
  version: 'v1beta1',
  plural: 'destinationrules',
  kind: 'DestinationRule',
  likeVersions: ['v1alpha3', 'v1'],
} as const satisfies Resource;
export const LEASES = {
  group: 'coordination.k8s.io',
  version: 'v1',
  plural: 'leases',
  kind: 'Lease',
} as const satisfies Resource;
/** Who the API server takes the asker for. It is asked, not stored. */
export const SELF_SUBJECT_REVIEWS = {
  group: 'authentication.k8s.io',
  version: 'v1',
  plural: 'selfsubjectreviews',
  kind: 'SelfSubjectReview',
} as const satisfies Resource;
/** Whether the asker may do something. It is asked, not stored. */
export const SELF_SUBJECT_ACCESS_REVIEWS = {
  group: 'authorization.k8s.io',
  version: 'v1',
  plural: 'selfsubjectaccessreviews',
  kind: 'SelfSubjectAccessReview',
} as const satisfies Resource;

/** Objects of people that routers divide requests in. */
export const SHARED_WITH_PEOPLE: readonly Resource[] = [
  HTTP_ROUTES,
  GRPC_ROUTES,
  TRAEFIK_SERVICES,
  VIRTUAL_SERVICES,
  DESTINATION_RULES,
];

/** Whether an object with this `apiVersion` and kind is one of the resource. */
export function isOfResource(
  { apiVersion, kind }: { apiVersion?: string; kind?: string },
  resource: Resource,
): boolean {
  const { likeVersions = [] } = resource;
  const versions = [resource, ...likeVersions.map((version) => ({ ...resource, version }))].map(apiVersionOf);
  return kind === resource.kind && apiVersion !== undefined && versions.includes(apiVersion);
}

/** `apiVersion` as it stands in an object, e.g. `apps/v1` or `v1`. */
export function apiVersionOf(resource: Resource): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
}
