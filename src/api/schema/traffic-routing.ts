/**
 * The fields of `trafficRouting`: one block for each kind of router. Validation refuses the routers that this
 * version does not support.
 */
import { z } from 'zod';
import { DEFAULTS } from '../words/defaults.ts';
import {
  boundedList,
  boundedName,
  count,
  count64,
  flag,
  freeMap,
  optional,
  port,
  stringMap,
  text,
  withRules,
} from './fields.ts';
import { gatewayAPI } from './gateway-api.ts';
import type { Immutable } from './immutable.ts';
import { PROBLEMS } from '../words/problems.ts';

const nginx = withRules(
  z.object({
    annotationPrefix: optional(text, 'Prefix of the annotations; nginx.ingress.kubernetes.io when absent.'),
    stableIngress: optional(text, 'Ingress whose traffic is split.'),
    stableIngresses: optional(z.array(text), 'Ingresses whose traffic is split, instead of stableIngress.'),
    additionalIngressAnnotations: optional(stringMap, 'Annotations of the canary Ingress; the prefix is added.'),
    canaryIngressAnnotations: optional(stringMap, 'Annotations of the canary Ingress, exactly as written.'),
  }),
  {
    rule: "!(has(self.stableIngress) && self.stableIngress != '' && has(self.stableIngresses) && self.stableIngresses.size() > 0)",
    message: PROBLEMS.nginxIngressesBoth,
  },
  {
    rule: "(has(self.stableIngress) && self.stableIngress != '') || (has(self.stableIngresses) && self.stableIngresses.size() > 0)",
    message: PROBLEMS.nginxIngressesNeither,
  },
);
export type NginxTrafficRouting = Immutable<z.infer<typeof nginx>>;

/** An int64 in this API. */
const routePort = count64.meta({ maximum: 65_535 });

const istioVirtualService = z.object({
  name: text.describe('Name of the VirtualService, or name.namespace, or namespace/name.'),
  routes: optional(z.array(text), 'HTTP routes to edit.'),
  tlsRoutes: optional(
    z.array(
      z.object({
        port: optional(routePort, 'Port that the route matches.'),
        sniHosts: optional(z.array(text), 'All host names that the route matches.'),
      }),
    ),
    'TLS routes to edit.',
  ),
  tcpRoutes: optional(
    z.array(z.object({ port: optional(routePort, 'Port that the route matches.') })),
    'TCP routes to edit.',
  ),
});

const istio = z.object({
  virtualService: optional(istioVirtualService, 'VirtualService to edit.'),
  virtualServices: optional(z.array(istioVirtualService), 'VirtualServices to edit, instead of virtualService.'),
  destinationRule: optional(
    z.object({
      name: text.describe('Name of the DestinationRule.'),
      canarySubsetName: text.describe('Subset of the canary pods.'),
      stableSubsetName: text.describe('Subset of the stable pods.'),
      additionalSubsetNames: optional(z.array(text), 'Further subsets, which are left unchanged.'),
    }),
    'DestinationRule with a subset for each revision.',
  ),
});

const alb = z.object({
  ingress: optional(text, 'Ingress whose traffic is split.'),
  ingresses: optional(z.array(text), 'Ingresses whose traffic is split, instead of ingress.'),
  servicePort: port.describe('Port of the Services that the action forwards to.'),
  rootService: optional(text, 'Service of the Ingress that the action belongs to; stableService when absent.'),
  annotationPrefix: optional(text, 'Prefix of the annotations; alb.ingress.kubernetes.io when absent.'),
  stickinessConfig: optional(
    z.object({
      enabled: flag.describe('Whether a client stays with the revision that it reached first.'),
      durationSeconds: count64.describe('How long a client stays with a revision.'),
    }),
    'Session stickiness.',
  ),
});

const smi = z.object({
  rootService: optional(text, 'Service that clients call; stableService when absent.'),
  trafficSplitName: optional(text, 'Name of the TrafficSplit; the name of the Rollout when absent.'),
});

const ambassador = z.object({ mappings: z.array(text).describe('Mappings whose traffic is split.') });

const appMesh = z.object({
  virtualService: optional(
    z.object({
      name: text.describe('Name of the virtual service.'),
      routes: optional(z.array(text), 'Routes to edit; all of them when absent.'),
    }),
    'Virtual service whose routes are edited.',
  ),
  virtualNodeGroup: optional(
    z.object({
      canaryVirtualNodeRef: z
        .object({ name: text.describe('Name of the virtual node.') })
        .describe('Virtual node of the canary pods.'),
      stableVirtualNodeRef: z
        .object({ name: text.describe('Name of the virtual node.') })
        .describe('Virtual node of the stable pods.'),
    }),
    'A virtual node for each revision.',
  ),
});

const traefik = z.object({
  weightedTraefikServiceName: text.describe('TraefikService that splits the traffic.'),
});

const apisix = z.object({
  route: optional(
    z.object({
      name: text.describe('Name of the ApisixRoute.'),
      rules: optional(z.array(text), 'Rules to edit. May be absent if there is only one.'),
    }),
    'Route whose backends are weighted.',
  ),
});

export const trafficRouting = z.object({
  istio: optional(istio, 'Split by the weights of an Istio VirtualService.'),
  nginx: optional(nginx, 'Split by canary annotations on a second Ingress.'),
  alb: optional(alb, 'Split by the forward action of an AWS load balancer.'),
  smi: optional(smi, 'Split by an SMI TrafficSplit.'),
  ambassador: optional(ambassador, 'Split by the weights of Ambassador Mappings.'),
  appMesh: optional(appMesh, 'Split by the routes of an AWS App Mesh virtual router.'),
  traefik: optional(traefik, 'Split by the weights of a TraefikService.'),
  apisix: optional(apisix, 'Split by the weights of an ApisixRoute.'),
  gatewayAPI: optional(gatewayAPI, 'Split by the weights of HTTPRoutes and GRPCRoutes of the Gateway API.'),
  plugins: optional(
    freeMap,
    'Configuration of router plugins by name; that of argoproj-labs/gatewayAPI means the same as gatewayAPI.',
  ),
  managedRoutes: optional(
    boundedList(z.object({ name: boundedName.describe('Name of the route, as steps use it.') }), 100),
    'Routes that steps may create and remove, in order of precedence.',
  ),
  maxTrafficWeight: optional(
    count.meta({ minimum: 1 }),
    `The weight that stands for all traffic; ${DEFAULTS.maxTrafficWeight} when absent.`,
  ),
});
export type TrafficRouting = Immutable<z.infer<typeof trafficRouting>>;
