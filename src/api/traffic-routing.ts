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
  tlsRoutes: optional(z.array(z.object({ port: optional(int64), sniHosts: optional(z.array(text)) }))),
  tcpRoutes: optional(z.array(z.object({ port: optional(int64) }))),
});

const istio = z.object({
  virtualService: optional(istioVirtualService, 'VirtualService to edit.'),
  virtualServices: optional(z.array(istioVirtualService), 'VirtualServices to edit, in place of virtualService.'),
  destinationRule: optional(
    z.object({
      name: text,
      canarySubsetName: text,
      stableSubsetName: text,
      additionalSubsetNames: optional(z.array(text)),
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
  stickinessConfig: optional(z.object({ enabled: flag, durationSeconds: int64 })),
});

const smi = z.object({
  rootService: optional(text, 'Service that clients call; stableService when absent.'),
  trafficSplitName: optional(text, 'Name of the TrafficSplit; that of the Rollout when absent.'),
});

const ambassador = z.object({ mappings: z.array(text).describe('Mappings whose traffic is split.') });

const appMesh = z.object({
  virtualService: optional(z.object({ name: text, routes: optional(z.array(text)) })),
  virtualNodeGroup: optional(
    z.object({
      canaryVirtualNodeRef: z.object({ name: text }),
      stableVirtualNodeRef: z.object({ name: text }),
    }),
  ),
});

const traefik = z.object({
  weightedTraefikServiceName: text.describe('TraefikService that splits the traffic.'),
});

const apisix = z.object({
  route: optional(z.object({ name: text, rules: optional(z.array(text)) })),
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
    boundedList(z.object({ name: boundedName }), 100),
    'Routes that steps may create and remove; the order is their precedence.',
  ),
  maxTrafficWeight: optional(int32, 'What counts as all of the traffic; 100 when absent.'),
});
export type TrafficRouting = Immutable<z.infer<typeof trafficRouting>>;
