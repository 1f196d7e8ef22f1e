/**
 * The fields of `trafficRouting`: one block for each kind of router. Which routers this version can
 * drive is decided in validation, not here.
 */
import { z } from 'zod';
import {
  boundedList,
  boundedName,
  flag,
  freeMap,
  int32,
  int64,
  optional,
  stringMap,
  text,
  withRules,
} from './fields.ts';
import type { Immutable } from './immutable.ts';
import { PROBLEMS } from './validation/problems.ts';

const nginx = withRules(
  z.object({
    annotationPrefix: optional(text, 'Prefix of the annotations; nginx.ingress.kubernetes.io when absent.'),
    stableIngress: optional(text, 'Ingress whose traffic is split.'),
    stableIngresses: optional(z.array(text), 'Ingresses whose traffic is split, in place of stableIngress.'),
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

const istioVirtualService = z.object({
  name: text.describe('Name of the VirtualService, or name.namespace.'),
  routes: optional(z.array(text), 'HTTP routes to edit.'),
  tlsRoutes: optional(
    z.array(
      z.object({
        port: optional(int64, 'Port that the route matches.'),
        sniHosts: optional(z.array(text), 'Host names that the route matches, all of them.'),
      }),
    ),
    'TLS routes to edit.',
  ),
  tcpRoutes: optional(
    z.array(z.object({ port: optional(int64, 'Port that the route matches.') })),
    'TCP routes to edit.',
  ),
});

const istio = z.object({
  virtualService: optional(istioVirtualService, 'VirtualService to edit.'),
  virtualServices: optional(z.array(istioVirtualService), 'VirtualServices to edit, in place of virtualService.'),
  destinationRule: optional(
    z.object({
      name: text.describe('Name of the DestinationRule.'),
      canarySubsetName: text.describe('Subset of the canary pods.'),
      stableSubsetName: text.describe('Subset of the stable pods.'),
      additionalSubsetNames: optional(z.array(text), 'Further subsets that are left alone.'),
    }),
    'DestinationRule whose subsets tell the revisions apart.',
  ),
});

const alb = z.object({
  ingress: optional(text, 'Ingress whose traffic is split.'),
  ingresses: optional(z.array(text), 'Ingresses whose traffic is split, in place of ingress.'),
  servicePort: int32.describe('Port of the Services that the action forwards to.'),
  rootService: optional(text, 'Service of the Ingress that the action belongs to; stableService when absent.'),
  annotationPrefix: optional(text, 'Prefix of the annotations; alb.ingress.kubernetes.io when absent.'),
  stickinessConfig: optional(
    z.object({
      enabled: flag.describe('Whether clients stay with the revision that they came to first.'),
      durationSeconds: int64.describe('For how long they do.'),
    }),
    'Stickiness of clients to a revision.',
  ),
});

const smi = z.object({
  rootService: optional(text, 'Service that clients call; stableService when absent.'),
  trafficSplitName: optional(text, 'Name of the TrafficSplit; that of the Rollout when absent.'),
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
    'Virtual nodes that tell the revisions apart.',
  ),
});

const traefik = z.object({
  weightedTraefikServiceName: text.describe('TraefikService that splits the traffic.'),
});

const apisix = z.object({
  route: optional(
    z.object({
      name: text.describe('Name of the ApisixRoute.'),
      rules: optional(z.array(text), 'Rules to edit; it may be absent where there is only one.'),
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
  plugins: optional(freeMap, 'Configuration of router plugins by name.'),
  managedRoutes: optional(
    boundedList(z.object({ name: boundedName.describe('Name that steps call the route by.') }), 100),
    'Routes that steps may create and remove; the order is their precedence.',
  ),
  maxTrafficWeight: optional(int32, 'What counts as all of the traffic; 100 when absent.'),
});
export type TrafficRouting = Immutable<z.infer<typeof trafficRouting>>;
