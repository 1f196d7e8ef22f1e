/**
 * The spec of a Canary of Flagger (flagger.app/v1beta1). Fields without a remark are translated: canary.ts, weights.ts,
 * services.ts, metrics.ts, webhooks.ts.
 */
import { z } from 'zod';
import { needless, ofMeshes, refused, toDecide } from '../fates.ts';
import { OTHER_ROUTER } from '../words.ts';

const optional = z.exactOptional;
const anything = () => optional(z.unknown());
const stringMap = z.record(z.string(), z.string());

const reference = z.object({ apiVersion: optional(z.string()), kind: optional(z.string()), name: z.string() });
const metadata = z.object({ labels: optional(stringMap), annotations: optional(stringMap) });

const service = z.object({
  name: optional(z.string()),
  port: z.int(),
  portName: optional(z.string()),
  targetPort: optional(z.union([z.int(), z.string()])),
  appProtocol: optional(z.string()),
  portDiscovery: optional(z.boolean()),
  headless: optional(z.boolean()),
  trafficDistribution: optional(z.string()),
  apex: optional(metadata),
  canary: optional(metadata),
  primary: needless(optional(metadata), 'there is no primary Service, the stable Service plays its role'),
  unmanagedMetadata: needless(anything(), 'not needed, the metadata of Services is not managed'),
  timeout: ofMeshes(),
  gateways: ofMeshes(),
  gatewayRefs: ofMeshes(),
  hosts: ofMeshes(),
  delegation: ofMeshes(),
  trafficPolicy: ofMeshes(),
  match: ofMeshes(),
  rewrite: ofMeshes(),
  retries: ofMeshes(),
  headers: ofMeshes(),
  mirror: ofMeshes(),
  corsPolicy: ofMeshes(),
  meshName: ofMeshes(),
  backends: ofMeshes(),
});
export type FlaggerService = z.infer<typeof service>;

const metric = z.object({
  name: z.string(),
  interval: optional(z.string()),
  threshold: optional(z.number()),
  thresholdRange: optional(z.object({ min: optional(z.number()), max: optional(z.number()) })),
  query: optional(z.string()),
  templateRef: optional(z.object({ name: z.string(), namespace: optional(z.string()) })),
  templateVariables: optional(stringMap),
});
export type FlaggerMetric = z.infer<typeof metric>;

const HOOKS = [
  'confirm-rollout',
  'pre-rollout',
  'rollout',
  'confirm-traffic-increase',
  'confirm-promotion',
  'post-rollout',
  'rollback',
  'event',
] as const;

const webhook = z.object({
  type: optional(z.enum(HOOKS)),
  name: z.string(),
  url: z.string(),
  timeout: optional(z.string()),
  metadata: optional(stringMap),
  retries: optional(z.int()),
  disableTLS: optional(z.boolean()),
  muteAlert: needless(optional(z.boolean()), 'not needed, a hook sends no alerts'),
});
export type FlaggerWebhook = z.infer<typeof webhook>;

const stringMatch = z.object({
  exact: optional(z.string()),
  prefix: optional(z.string()),
  regex: optional(z.string()),
  suffix: refused(optional(z.string()), 'nginx matches the whole value, its beginning or a regular expression'),
});

const ONLY_HEADERS = 'a canary Ingress matches headers only';

const match = z.object({
  name: needless(anything(), 'not needed, the route has a name of its own'),
  headers: optional(z.record(z.string(), stringMatch)),
  uri: refused(anything(), ONLY_HEADERS),
  scheme: refused(anything(), ONLY_HEADERS),
  method: refused(anything(), ONLY_HEADERS),
  authority: refused(anything(), ONLY_HEADERS),
  port: refused(anything(), ONLY_HEADERS),
  sourceLabels: refused(anything(), ONLY_HEADERS),
  sourceNamespace: refused(anything(), ONLY_HEADERS),
  gateways: refused(anything(), ONLY_HEADERS),
  queryParams: refused(anything(), ONLY_HEADERS),
  withoutHeaders: refused(anything(), ONLY_HEADERS),
  ignoreUriCase: refused(anything(), ONLY_HEADERS),
});
export type FlaggerMatch = z.infer<typeof match>;

const NO_MIRROR =
  'ingress-nginx cannot mirror the requests of a canary; behind the Gateway API a step setMirrorRoute does';

const analysis = z.object({
  interval: optional(z.string()),
  iterations: optional(z.int()),
  mirror: refused(optional(z.boolean()), NO_MIRROR),
  mirrorWeight: refused(optional(z.number()), NO_MIRROR),
  maxWeight: optional(z.int()),
  stepWeight: optional(z.int()),
  stepWeights: optional(z.array(z.int())),
  stepWeightPromotion: needless(
    optional(z.int()),
    'not needed, the canary pods become the stable ones and all traffic stays with them',
  ),
  threshold: optional(z.int()),
  primaryReadyThreshold: needless(optional(z.int()), 'not needed, the promotion creates no pods'),
  canaryReadyThreshold: optional(z.int()),
  alerts: toDecide(
    optional(z.array(z.unknown())),
    'there are no alerts here: let a program watch the events of the Rollout (docs/reference/events.md)',
  ),
  metrics: optional(z.array(metric)),
  webhooks: optional(z.array(webhook)),
  match: optional(z.array(match)),
  sessionAffinity: refused(anything(), 'clients cannot be kept at the version that they have reached first'),
});
export type FlaggerAnalysis = z.infer<typeof analysis>;

const NO_SECOND_SCALER = 'there is one autoscaler for the whole Rollout, no second one for a primary';

export const flaggerCanary = z.object({
  provider: optional(z.string()),
  metricsServer: optional(z.string()),
  targetRef: reference,
  autoscalerRef: optional(
    z.object({
      ...reference.shape,
      primaryScalerQueries: toDecide(anything(), NO_SECOND_SCALER),
      primaryScalerReplicas: toDecide(
        anything(),
        `${NO_SECOND_SCALER}: if its limits were other ones, write them into the one that there is`,
      ),
    }),
  ),
  ingressRef: optional(reference),
  routeRef: refused(anything(), OTHER_ROUTER),
  upstreamRef: refused(anything(), OTHER_ROUTER),
  service,
  analysis: optional(analysis),
  canaryAnalysis: optional(analysis),
  progressDeadlineSeconds: optional(z.int()),
  skipAnalysis: toDecide(
    optional(z.boolean()),
    'a release is promoted at once by the command "promote NAME --full" (status.promoteFull), not by the spec',
  ),
  revertOnDeletion: needless(
    optional(z.boolean()),
    'it must be true when you delete the Canary, so that your Deployment gets its pods back',
  ),
  suspend: optional(z.boolean()),
});
export type FlaggerSpec = z.infer<typeof flaggerCanary>;

export const metricTemplate = z.object({
  provider: z.object({
    type: z.string(),
    address: optional(z.string()),
    secretRef: optional(z.object({ name: z.string() })),
    region: refused(optional(z.string()), 'of AWS, which no Prometheus needs'),
    insecureSkipVerify: optional(z.boolean()),
    headers: optional(z.record(z.string(), z.union([z.string(), z.array(z.string())]))),
  }),
  query: z.string(),
});
export type FlaggerMetricTemplate = z.infer<typeof metricTemplate>;
