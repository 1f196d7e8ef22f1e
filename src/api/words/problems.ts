/**
 * The messages of validation, shared by the checks here and the rules that the API server evaluates. Users
 * and their tools search for these words, so the messages that the API has always had stay as they are.
 */

export const PROBLEMS = {
  negative: 'must be greater than or equal to 0',
  aboveInt32: 'must be less than or equal to 2147483647',
  shareUnreadable: 'must be a number of pods or a percentage such as 25%',
  shareAboveAll: 'must not be greater than 100%',
  selectorMissing: "Rollout has missing field '.spec.selector'",
  selectorEmpty: 'empty selector is invalid for deployment',
  selectorChanged: '.spec.selector is immutable',
  templateBesideWorkloadRef: 'template must be empty for workload reference rollout',
  deadlineTooShort: 'must be greater than minReadySeconds',
  timeUnreadable: 'must be a time such as 2026-01-02T03:04:05Z',

  strategyMissing: "Rollout has missing field '.spec.strategy.canary or .spec.strategy.blueGreen'",
  strategiesMultiple: 'Multiple Strategies can not be listed',

  sameActiveAndPreviewService:
    'This rollout uses the same service for the active and preview services, but two different services are required.',
  scaleDownLimitAboveHistory:
    "This rollout's revision history limit can not be smaller than the rollout's scale down limit",

  surgeAndUnavailableZero: 'MaxSurge and MaxUnavailable both can not be zero',
  sameStableAndCanaryService:
    'This rollout uses the same service for the stable and canary services, but two different services are required.',
  trafficRoutingServicesMissing: 'Canary service and Stable service must to be set to use Traffic Routing',
  pingPongRouter: 'Ping-pong feature works with the ALB, Istio and plugin traffic routing only',
  pingPongServiceMissing: 'Ping service and Pong service must to be set to use Ping-Pong feature',
  samePingAndPongService:
    'This rollout uses the same service for the ping and pong services, but two different services are required.',
  rootServiceMissing: 'Root service field is required for the configuration with ALB and ping-pong feature enabled',
  scaleDownDelayWithoutRouter: 'Canary scaleDownDelaySeconds can only be used with traffic routing',
  dynamicStableScaleWithoutRouter: 'Canary dynamicStableScale can only be used with traffic routing',
  dynamicStableScaleWithDelay: 'Canary dynamicStableScale cannot be used with scaleDownDelaySeconds',
  maxTrafficWeightRouter: 'Canary maxTrafficWeight in traffic routing only support in Nginx and Plugins',
  managedRoutesMissing: "Rollout has missing field 'spec.strategy.canary.trafficRouting.managedRoutes'",

  stepVerbs: 'Step must have one of the following set: experiment, setWeight, setCanaryScale or pause',
  pauseDuration: 'Duration needs to be greater than 0',
  pauseTooLong: 'Duration needs to be less than 2147483648 seconds',
  canaryScaleWithoutRouter: 'SetCanaryScale requires TrafficRouting to be set',
  headerRouteRouter: 'SetHeaderRoute requires TrafficRouting, supports Istio, ALB, Apisix, Nginx and plugins',
  mirrorRouteRouter: 'SetMirrorRoute requires TrafficRouting, supports Istio and plugins',
  matchMissing: 'StringMatch value missed, match value must have one of the following: exact, regex, prefix',
  matchMultiple: 'StringMatch match value must have exactly one of the following: exact, regex, prefix',
  albMatch: "SetHeaderRoute match value invalid. ALB supports 'exact' value only",
  routeUnmanaged: 'Steps define a route that does not exist in spec.strategy.canary.trafficRouting.managedRoutes',
  nginxHeaderCount: 'Nginx can match only one header, but match has more than one entry',
  nginxHeaderCharacters: 'Nginx accepts only letters, digits and the characters - . _ ~ / : in a header name or value',
  experimentWeightWithoutRouter: 'Experiment template weight cannot be set unless TrafficRouting is enabled',
  experimentWeightRouter:
    'Experiment template weight is only available for TrafficRouting with SMI, ALB, Istio and plugins',
  analysisArgument: 'Analyses arguments must refer to valid object metadata supported by downwardAPI',

  roleSelector: 'must not conflict with spec.selector',
  roleHash: 'must not be set here: it identifies the revision of a pod',

  antiAffinityKinds: 'AntiAffinity must have exactly one strategy listed',
  antiAffinityWeight: 'AntiAffinity weight must be between 1-100',

  propagationTime: 'must be a duration from 0s to 1h',

  nginxIngressesBoth: 'Either StableIngress or StableIngresses must be configured. Both are configured.',
  nginxIngressesNeither: 'Either StableIngress or StableIngresses must be configured. Neither are configured.',

  traefikServiceMissing: 'name the TraefikService whose weights divide the traffic',
  traefikHeaderRoutes: 'a TraefikService matches no header, so a step cannot lead by one while traefik is set',

  istioVirtualServicesMissing:
    'name the VirtualService whose weights divide the traffic: virtualService or virtualServices',
  istioVirtualServicesBoth: 'set one of virtualService and virtualServices, not both',
  istioName: 'must be a name, name.namespace or namespace/name',
  istioNamespace: 'a VirtualService of another namespace is not supported, only those of the namespace of the Rollout',
  istioOtherRoutes:
    'Serin divides the HTTP routes of a VirtualService, not its tlsRoutes and tcpRoutes; a TCP connection has no share that can be taken back',
  istioSubsetName: 'must be the name of a subset',
  istioSameSubsets: 'must be another subset than stableSubsetName',
  istioSubsetServices:
    'must be set beside destinationRule as well: its subsets follow the two Services, whose endpoints show which pods get requests',
  istioExperimentWeight: 'an Experiment gets no share of the requests of a VirtualService',

  gatewayRoutesMissing: 'name the routes whose traffic is split: httpRoute, httpRoutes, grpcRoute or grpcRoutes',
  gatewayNamespace: 'routes of another namespace are not supported, only those of the namespace of the Rollout',
  gatewayNamesDiffer: 'gatewayAPI and the plugin argoproj-labs/gatewayAPI name different routes, remove one of them',
  gatewayWeight: 'must be 1000000 or less, the largest weight in the Gateway API',
  gatewayExperimentWeight: 'an Experiment gets no share of the requests of an HTTPRoute or GRPCRoute',
  gatewayHeaderRoutesUnused: 'no route takes header routes, set useHeaderRoutes: true for those that should',
  gatewayMirrorRoutesUnused:
    'no HTTPRoute takes managed routes, and only HTTPRoutes mirror requests: name one as httpRoute, or set useHeaderRoutes: true',
  gatewayMirrorPercentage: 'must be 100 or less',
  gatewayMirrorMethod: 'the Gateway API matches one method exactly, in capital letters',
  gatewayMirrorPath: 'the Gateway API matches paths that begin with / and have at most 1024 characters',
  gatewayMirrorName: 'a managed route is a header route or a mirror route, and not both',
  mirrorRouteOfOthers:
    'setMirrorRoute needs gatewayAPI as the only router: of the routers that Serin has, no other mirrors requests',
  gatewayRuleName:
    'must be lower case letters, digits, dashes and dots, and at most 250 of them: it becomes the name of a rule',
  gatewayHeaderCount: 'a rule of the Gateway API matches at most 16 headers',
  gatewayHeaderRepeated: 'a rule of the Gateway API matches a header only once',
  gatewayHeader: 'the Gateway API does not accept this name or this length of the value of a header',
} as const;

export function setWeightProblem(maxTrafficWeight: number | 'maxTrafficWeight'): string {
  return `SetWeight needs to be between 0 and ${maxTrafficWeight}`;
}
