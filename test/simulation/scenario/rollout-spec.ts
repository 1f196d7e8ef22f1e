/**
 * The Rollout of a history about a canary, drawn at random among all that the strategy knows, and the
 * Services and Ingresses that it needs.
 */
import type { Json, JsonObject } from '../../../src/kube/json.ts';
import type { Resource } from '../../../src/kube/resources.ts';
import type { Random } from '../random.ts';

export const ROLLOUT_NAME = 'web';
/** Where the template of the Rollout lies in histories that take it from there. */
export const DEPLOYMENT = 'web';
export const STABLE_SERVICE = 'web-stable';
export const CANARY_SERVICE = 'web-canary';
export const ACTIVE_SERVICE = 'web-active';
export const PREVIEW_SERVICE = 'web-preview';
export const STABLE_INGRESSES: readonly string[] = ['web', 'web-internal'];

/** A template of analyses. */
export interface Template {
  readonly resource: Resource;
  readonly name: string;
  readonly spec: JsonObject;
}

export interface Scenario {
  readonly spec: JsonObject;
  readonly services: readonly string[];
  /** By what a Service selects beside the label of the app. */
  readonly selectors?: Readonly<Record<string, JsonObject>>;
  readonly ingresses: readonly string[];
  /** Spec of the Deployment that `spec.workloadRef` names, which was there before. */
  readonly deployment?: JsonObject;
  /** Those that were there before. */
  readonly templates?: readonly Template[];
}

/** The Services that a user of the strategy has applied. */
export function servicesOf(strategy: JsonObject): readonly string[] {
  return strategy['blueGreen'] === undefined ? [STABLE_SERVICE, CANARY_SERVICE] : [ACTIVE_SERVICE, PREVIEW_SERVICE];
}

export function drawCanaryScenario(random: Random): Scenario {
  const routed = random.chance(0.62);
  const canary = routed ? drawRouted(random) : drawBasic(random);
  const spec: JsonObject = {
    replicas: drawReplicas(random),
    selector: { matchLabels: { app: ROLLOUT_NAME } },
    template: drawTemplate(random, 'stable'),
    strategy: { canary: { ...canary, ...drawLimits(random), ...drawMetadata(random) } },
    ...some(random, 0.15, { minReadySeconds: random.between(1, 4) }),
    ...some(random, 0.4, { revisionHistoryLimit: random.between(0, 3) }),
    ...some(random, 0.2, { rollbackWindow: { revisions: random.between(1, 3) } }),
    ...some(random, 0.35, { progressDeadlineSeconds: random.pick([8, 30, 60]) }),
    ...some(random, 0.2, { progressDeadlineAbort: true }),
  };
  return { spec, services: [STABLE_SERVICE, CANARY_SERVICE], ingresses: STABLE_INGRESSES };
}

/** One that may become blue-green: both of its Services are named. */
export function drawSwitchingCanary(random: Random): Scenario {
  const scenario = drawCanaryScenario(random);
  const { canary } = scenario.spec['strategy'] as { canary: JsonObject };
  const services = { stableService: STABLE_SERVICE, canaryService: CANARY_SERVICE };
  return { ...scenario, spec: { ...scenario.spec, strategy: { canary: { ...canary, ...services } } } };
}

export function drawReplicas(random: Random): number {
  return random.weighted([
    [1, 0],
    [2, 1],
    [9, random.between(2, 5)],
    [3, random.between(6, 10)],
  ]);
}

/** The first template; it may say itself what roles replace. */
export function drawTemplate(random: Random, role: string): JsonObject {
  const own = { labels: { app: ROLLOUT_NAME, role }, annotations: { 'example.com/try': 'no' } };
  return random.split('own metadata').chance(0.4) ? templateOf('web:1', own) : templateOf('web:1');
}

/** A Service of production that selects by what the template says and the other role replaces. */
export function withSelectedRole(random: Random, scenario: Scenario, service: string): Scenario {
  const { metadata } = scenario.spec['template'] as { readonly metadata: { readonly labels: JsonObject } };
  const { role } = metadata.labels;
  if (role === undefined || !random.split('selected role').chance(0.5)) return scenario;
  return { ...scenario, selectors: { [service]: { role } } };
}

export function templateOf(image: string, metadata: JsonObject = { labels: { app: ROLLOUT_NAME } }): JsonObject {
  return {
    metadata,
    spec: { containers: [{ name: 'web', image, ports: [{ containerPort: 8080 }] }] },
  };
}

export function nginxRouting(stableIngresses: readonly string[]): JsonObject {
  const [only] = stableIngresses;
  return stableIngresses.length === 1 && only !== undefined
    ? { stableIngress: only }
    : { stableIngresses: [...stableIngresses] };
}

export function drawSteps(random: Random, routed: boolean): JsonObject[] {
  const steps: JsonObject[] = [];
  const count = random.weighted([
    [1, 0],
    [6, random.between(1, 4)],
    [2, random.between(5, 7)],
  ]);
  let weight = 0;
  for (let i = 0; i < count; i++) {
    weight = random.chance(0.85) ? Math.min(100, weight + random.pick([5, 10, 20, 25, 33])) : random.pick([0, 10, 100]);
    steps.push(drawStep(random, routed, weight));
  }
  return steps;
}

function drawStep(random: Random, routed: boolean, weight: number): JsonObject {
  const pause: JsonObject = random.chance(0.5) ? {} : { duration: random.pick([1, 5, '20s', 0]) };
  const everywhere: readonly (readonly [number, JsonObject])[] = [
    [5, { setWeight: weight }],
    [4, { pause }],
  ];
  if (!routed) return random.weighted(everywhere);
  return random.weighted<JsonObject>([
    ...everywhere,
    [1, { setCanaryScale: drawCanaryScale(random) }],
    [1, { setHeaderRoute: drawHeaderRoute(random) }],
    [0.5, { setCanaryScale: drawCanaryScale(random), setHeaderRoute: drawHeaderRoute(random) }],
    [0.3, { setWeight: weight, setHeaderRoute: drawHeaderRoute(random) }],
  ]);
}

function drawCanaryScale(random: Random): JsonObject {
  return random.weighted<JsonObject>([
    [2, { replicas: random.between(0, 4) }],
    [2, { weight: random.pick([0, 10, 50, 100]) }],
    [1, { matchTrafficWeight: true }],
  ]);
}

function drawHeaderRoute(random: Random): JsonObject {
  if (random.chance(0.3)) return { name: 'preview' };
  const headerValue: JsonObject = random.pick([{ exact: 'yes' }, { regex: '^y.*$' }, { prefix: 'y' }]);
  return { name: 'preview', match: [{ headerName: 'X-Canary', headerValue }] };
}

function drawRouted(random: Random): JsonObject {
  const dynamic = random.chance(0.3);
  const trafficRouting: JsonObject = random.chance(0.04)
    ? {}
    : {
        nginx: {
          ...nginxRouting(random.chance(0.2) ? STABLE_INGRESSES : STABLE_INGRESSES.slice(0, 1)),
          ...some(random, 0.15, { additionalIngressAnnotations: { 'canary-by-cookie': 'beta' } }),
          ...some(random, 0.1, { canaryIngressAnnotations: { 'example.com/owner': 'team-a' } }),
        },
        managedRoutes: [{ name: 'preview' }],
        ...some(random, 0.1, { maxTrafficWeight: 1000 }),
      };
  return {
    stableService: STABLE_SERVICE,
    canaryService: CANARY_SERVICE,
    trafficRouting,
    steps: drawSteps(random, 'nginx' in trafficRouting),
    ...(dynamic
      ? { dynamicStableScale: true }
      : some(random, 0.4, { scaleDownDelaySeconds: random.pick([0, 1, 10, 60]) })),
    ...some(random, 0.15, { scaleDownDelayRevisionLimit: random.between(0, 2) }),
    ...some(random, 0.3, { abortScaleDownDelaySeconds: random.pick([0, 1, 15, 45]) }),
    ...some(random, 0.15, { minPodsPerReplicaSet: random.between(1, 3) }),
  };
}

function drawBasic(random: Random): JsonObject {
  return {
    ...some(random, 0.5, { stableService: STABLE_SERVICE }),
    ...some(random, 0.4, { canaryService: CANARY_SERVICE }),
    steps: drawSteps(random, false),
  };
}

function drawLimits(random: Random): JsonObject {
  const maxSurge: Json = random.pick([0, 1, 2, '25%', '100%']);
  const maxUnavailable: Json = random.pick([0, 1, 2, '25%', '100%']);
  return {
    ...(random.chance(0.4) || (maxSurge === 0 && maxUnavailable === 0) ? {} : { maxSurge, maxUnavailable }),
    ...some(random, 0.12, {
      replicaProgressThreshold: random.pick<JsonObject>([
        { type: 'Percent', value: 80 },
        { type: 'Percent', value: 50 },
        { type: 'Pods', value: 1 },
      ]),
    }),
  };
}

function drawMetadata(random: Random): JsonObject {
  return {
    ...some(random, 0.25, {
      canaryMetadata: { labels: { role: 'canary' }, annotations: { 'example.com/try': 'yes' } },
    }),
    ...some(random, 0.25, { stableMetadata: { labels: { role: 'stable' } } }),
  };
}

export function some(random: Random, chance: number, part: JsonObject): JsonObject {
  return random.chance(chance) ? part : {};
}
