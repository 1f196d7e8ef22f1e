/**
 * Worlds for the tests of the core: a Rollout `shop/web` with its revisions, Services, pods and Ingresses, described
 * by what a test is about and consistent in everything else. A version such as `v2` is a pod template with that
 * image tag.
 */
import type { AnalysisRun } from '../../src/api/schema/analysis-run.ts';
import type { Experiment } from '../../src/api/schema/experiment.ts';
import type { BlueGreenStrategy } from '../../src/api/schema/blue-green.ts';
import type { CanaryStrategy } from '../../src/api/schema/canary.ts';
import { ANNOTATIONS, LABELS } from '../../src/api/words/labels.ts';
import { namedServices } from '../../src/api/schema/named-services.ts';
import type { Rollout, RolloutSpec } from '../../src/api/schema/rollout.ts';
import type { RolloutStatus } from '../../src/api/schema/status.ts';
import { resolveTemplate } from '../../src/core/observed/resolve-template.ts';
import { situationOf, type Situation } from '../../src/core/observed/situation.ts';
import type { FoundTemplate, ReferencedWorkload, RolloutWorld } from '../../src/core/observed/world.ts';
import { canaryIngressBody, stableIngressNames } from '../../src/core/traffic/nginx/ingress.ts';
import type { TrafficSplit } from '../../src/core/traffic/router.ts';
import type {
  Condition,
  Endpoint,
  Ingress,
  IngressClass,
  PodMetadata,
  PodTemplate,
  ReplicaSet,
  Service,
} from '../../src/kube/objects.ts';
import { controllerReference } from '../../src/kube/owners.ts';
import type { Refusal } from '../../src/kube/plan.ts';
import { INGRESS_CLASSES, ROLLOUTS } from '../../src/kube/resources.ts';
import { stepHash } from '../../src/api/schema/step-hash.ts';
import { templateHash } from '../../src/kube/template-hash.ts';
import type { Workload } from '../../src/kube/workload.ts';
import { formatTime } from '../../src/kube/time.ts';
import { withIngresses } from './routed-ingresses.ts';

export const NOW = Date.parse('2026-01-02T03:04:05Z');
export const NAMESPACE = 'shop';
export const NAME = 'web';
export const UID = 'uid-web';
const MINUTE_MS = 60_000;

export interface Revision {
  readonly version: string;
  readonly size?: number;
  /** `size` by default. */
  readonly available?: number;
  /** `available` by default. */
  readonly ready?: number;
  /** Pods that exist, `size` by default. */
  readonly pods?: number;
  /** Revision number; its place in the list by default. */
  readonly number?: number;
  /** By default an hour ago, and a minute after the one before it. */
  readonly createdAt?: number;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Of the ReplicaSet, beside `app` and the hash label. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Of the pods that exist, beside the hash label. */
  readonly podLabels?: Readonly<Record<string, string>>;
  readonly podAnnotations?: Readonly<Record<string, string>>;
  /** When each pod was made, in milliseconds since the epoch; the rest, by default all, with the revision. */
  readonly podsCreatedAt?: readonly number[];
  /** How many of the pods, from the last one on, are terminating; they do not count as ready. */
  readonly terminating?: number;
  /** When those were told to go, in milliseconds since the epoch; now by default. */
  readonly leftAt?: number;
  /** What the ReplicaSet holds, where it is not the version's own template. */
  readonly template?: PodTemplate;
  readonly observedGeneration?: number;
  readonly conditions?: readonly Condition[];
}

const DEPLOYMENT_REF = { apiVersion: 'apps/v1', kind: 'Deployment', name: NAME };

export interface WorldOptions {
  readonly experiments?: readonly Experiment[];
  /** AnalysisRuns of the Rollout, and templates by their key. */
  readonly runs?: readonly AnalysisRun[];
  readonly templates?: readonly (readonly [string, FoundTemplate])[];
  /** Why runs and templates that are not here may be there all the same. */
  readonly unreadable?: string;
  readonly now?: number;
  readonly replicas?: number;
  /** What the spec asks for; the last revision's by default. */
  readonly version?: string;
  /** What was promoted last; the first revision's by default, '' for none. */
  readonly stable?: string;
  readonly strategy?: CanaryStrategy;
  /** In place of a canary. */
  readonly blueGreen?: BlueGreenStrategy;
  readonly spec?: Partial<RolloutSpec>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly revisions?: readonly Revision[];
  /** Over what follows from the rest. `currentStepIndex` is 0 unless it is given here. */
  readonly status?: RolloutStatus;
  /** The version that a Service selects, `null` for none yet. By default its role's. */
  readonly selects?: Readonly<Record<string, string | null>>;
  /** What a Service selects by, beside `app` and the hash. */
  readonly selectedLabels?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Services of ours that another Rollout names. */
  readonly claimedServices?: readonly string[];
  /** Endpoints of a Service that are not the pods which it selects. */
  readonly endpoints?: Readonly<Record<string, readonly Endpoint[]>>;
  /** What the canary Ingress says; `null`: there is none. By default weight 0. */
  readonly split?: Partial<TrafficSplit> | null;
  /** When the canary Ingress was applied, in milliseconds since the epoch; long ago by default. */
  readonly splitWrittenAt?: number;
  /** Further Ingresses, or others in place of those that follow from the rest. */
  readonly ingresses?: readonly Ingress[];
  /** None by default: an Ingress of this world is of class `nginx`, and the name says enough. */
  readonly ingressClasses?: readonly IngressClass[];
  /** What the operator says that proxies need. */
  readonly propagationMs?: number;
  /** What the API server has refused in this look. */
  readonly refused?: readonly Refusal[];
  /** What `spec.workloadRef` leads to; the Rollout then has no template of its own, and refers to Deployment `web`. */
  readonly workload?: ReferencedWorkload;
  /** Of that reference. */
  readonly scaleDown?: string;
}

/** The strategy of most tests with a router; the names are those of the Services and the Ingress in the world. */
export function routed(strategy: CanaryStrategy = {}): CanaryStrategy {
  return {
    stableService: 'web-stable',
    canaryService: 'web-canary',
    trafficRouting: { nginx: { stableIngress: 'web' } },
    ...strategy,
  };
}

/** Two whole stacks behind the Services `web` and `web-preview`, which are in the world. */
export function blueGreen(strategy: Partial<BlueGreenStrategy> = {}): BlueGreenStrategy {
  return { activeService: 'web', previewService: 'web-preview', ...strategy };
}

export function templateOf(version: string): PodTemplate {
  return {
    metadata: { labels: { app: NAME } },
    spec: { containers: [{ name: NAME, image: `web:${version}` }] },
  };
}

/** Deployment `web` with the template of a version. */
export function deploymentOf(version: string, fields: Partial<Workload> = {}): Workload {
  return {
    uid: 'uid-deployment',
    resourceVersion: '50',
    generation: 3,
    template: templateOf(version),
    selector: { matchLabels: { app: NAME } },
    replicas: 5,
    ...fields,
  };
}

export function hashOf(version: string): string {
  return version === '' ? '' : templateHash(templateOf(version));
}

export function replicaSetNameOf(version: string): string {
  return `${NAME}-${hashOf(version)}`;
}

export function buildSituation(options: WorldOptions = {}): Situation {
  const resolved = resolveTemplate(buildWorld(options));
  if ('problem' in resolved) throw new Error(resolved.problem.text);
  return situationOf(resolved.world);
}

export function buildWorld(options: WorldOptions = {}): RolloutWorld {
  const revisions = options.revisions ?? [{ version: 'v1', size: options.replicas ?? 5 }];
  const rollout = buildRollout(options, revisions);
  const replicaSets = revisions.map((revision, index) => buildReplicaSet(rollout, revision, index));
  const pods = revisions.flatMap((revision, index) => buildPods(revision, revisionCreatedAt(revision, index)));
  const services = buildServices(rollout, options);
  const world: RolloutWorld = {
    now: options.now ?? NOW,
    rollout,
    workload: options.workload ?? null,
    defaultedTemplate: null,
    replicaSets,
    pods,
    services,
    claimedServices: new Set(options.claimedServices ?? []),
    endpoints: new Map([
      ...[...services].map(([name, service]) => [name, endpointsOf(service, pods)] as const),
      ...Object.entries(options.endpoints ?? {}),
    ]),
    routed: new Map([
      [INGRESS_CLASSES.plural, new Map((options.ingressClasses ?? []).map((one) => [one.metadata.name, one]))],
    ]),
    unreadableRouted: new Map(),
    analysis: {
      runs: options.runs ?? [],
      templates: new Map(options.templates ?? []),
      inTheWay: [],
      takenNames: new Set(),
      unreadable: options.unreadable ?? null,
    },
    experiments: { own: options.experiments ?? [], inTheWay: [], unreadable: null },
    propagationMs: options.propagationMs ?? null,
    refused: options.refused ?? [],
  };
  return withIngresses(world, buildIngresses(world, options).values());
}

export function ingress(name: string, fields: Partial<Ingress> & { readonly annotations?: object } = {}): Ingress {
  const { annotations, ...rest } = fields;
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: {
      name,
      namespace: NAMESPACE,
      uid: `uid-ingress-${name}`,
      resourceVersion: '1',
      ...(annotations === undefined ? {} : { annotations: annotations as Record<string, string> }),
    },
    spec: {
      ingressClassName: 'nginx',
      rules: [
        {
          host: 'web.example.com',
          http: {
            paths: [
              { path: '/', pathType: 'Prefix', backend: { service: { name: 'web-stable', port: { name: 'http' } } } },
            ],
          },
        },
      ],
    },
    ...rest,
  };
}

/** The object that is there once our field manager has applied a body. */
export function applied(body: object, at = 0): Ingress {
  const { metadata, ...rest } = body as Ingress;
  const owned = Object.fromEntries(Object.keys(metadata.annotations ?? {}).map((key) => [`f:${key}`, {}]));
  const recorded = {
    uid: `uid-ingress-${metadata.name}`,
    resourceVersion: '1',
    managedFields: [{ time: formatTime(at), fieldsV1: { 'f:metadata': { 'f:annotations': owned } } }],
  };
  return { ...rest, metadata: { ...metadata, ...recorded } };
}

function buildRollout(options: WorldOptions, revisions: readonly Revision[]): Rollout {
  const { replicas = 5, strategy = {} } = options;
  const version = options.version ?? revisions.at(-1)?.version ?? 'v1';
  const stable = options.stable ?? revisions[0]?.version ?? '';
  const sum = (count: (revision: Revision) => number) => revisions.reduce((total, one) => total + count(one), 0);
  const present = revisions.find((one) => one.version === version);
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: {
      name: NAME,
      namespace: NAMESPACE,
      uid: UID,
      resourceVersion: '100',
      generation: 7,
      annotations: { [ANNOTATIONS.revision]: String(revisions.length), ...options.annotations },
    },
    spec: {
      replicas,
      ...(options.workload === undefined
        ? { selector: { matchLabels: { app: NAME } }, template: templateOf(version) }
        : { workloadRef: { ...DEPLOYMENT_REF, scaleDown: options.scaleDown ?? '' } }),
      strategy: options.blueGreen === undefined ? { canary: strategy } : { blueGreen: options.blueGreen },
      ...options.spec,
    },
    status: {
      observedGeneration: '7',
      stableRS: hashOf(stable),
      currentPodHash: hashOf(version),
      ...positionOf(options, stable, version),
      replicas: sum(podsOf),
      updatedReplicas: present === undefined ? 0 : podsOf(present),
      readyReplicas: sum(readyOf),
      availableReplicas: sum(availableOf),
      HPAReplicas: sum(podsOf),
      selector: `app=${NAME}`,
      ...options.status,
    },
  };
}

/** The part of the status that belongs to the strategy. */
function positionOf({ strategy = {}, blueGreen: both }: WorldOptions, stable: string, version: string): RolloutStatus {
  if (both !== undefined) {
    const preview = both.previewService === undefined ? {} : { previewSelector: hashOf(version) };
    return { blueGreen: stable === '' ? preview : { activeSelector: hashOf(stable), ...preview } };
  }
  const { steps } = strategy;
  const index = steps === undefined ? {} : { currentStepIndex: stable === version ? steps.length : 0 };
  return { currentStepHash: stepHash(steps), ...index };
}

function podsOf(revision: Revision): number {
  return revision.pods ?? revision.size ?? 0;
}

function availableOf(revision: Revision): number {
  return revision.available ?? revision.size ?? 0;
}

function readyOf(revision: Revision): number {
  return revision.ready ?? availableOf(revision);
}

function buildReplicaSet(rollout: Rollout, revision: Revision, index: number): ReplicaSet {
  const hash = hashOf(revision.version);
  const template = revision.template ?? templateOf(revision.version);
  return {
    metadata: {
      name: replicaSetNameOf(revision.version),
      namespace: NAMESPACE,
      uid: `uid-${revision.version}`,
      resourceVersion: '1',
      generation: 1,
      creationTimestamp: formatTime(revisionCreatedAt(revision, index)),
      labels: { app: NAME, [LABELS.podTemplateHash]: hash, ...revision.labels },
      annotations: {
        [ANNOTATIONS.revision]: String(revision.number ?? index + 1),
        [ANNOTATIONS.desiredReplicas]: String(rollout.spec.replicas),
        ...revision.annotations,
      },
      ownerReferences: [controllerReference(ROLLOUTS, NAME, UID)],
    },
    spec: {
      replicas: revision.size ?? 0,
      minReadySeconds: 0,
      selector: { matchLabels: { app: NAME, [LABELS.podTemplateHash]: hash } },
      template: {
        ...template,
        metadata: { ...template.metadata, labels: { ...template.metadata?.labels, [LABELS.podTemplateHash]: hash } },
      },
    },
    status: {
      replicas: podsOf(revision),
      readyReplicas: readyOf(revision),
      availableReplicas: availableOf(revision),
      observedGeneration: revision.observedGeneration ?? 1,
      ...(revision.conditions === undefined ? {} : { conditions: revision.conditions }),
    },
  };
}

function revisionCreatedAt(revision: Revision, index: number): number {
  return revision.createdAt ?? NOW - 60 * MINUTE_MS + index * MINUTE_MS;
}

const GRACE_SECONDS = 30;

function leavingSince(at: number) {
  const deletionTimestamp = formatTime(at + GRACE_SECONDS * 1000);
  return { deletionTimestamp, deletionGracePeriodSeconds: GRACE_SECONDS };
}

/** Pods that are ready, those whose age is given, and those that are terminating: others do not show in any list that the core looks at. */
function buildPods(revision: Revision, createdAt: number): PodMetadata[] {
  const { terminating = 0, podsCreatedAt = [] } = revision;
  const staying = Math.max(readyOf(revision), podsCreatedAt.length - terminating);
  return Array.from({ length: staying + terminating }, (_, index) => ({
    metadata: {
      name: `${replicaSetNameOf(revision.version)}-${index}`,
      namespace: NAMESPACE,
      uid: `uid-${revision.version}-${index}`,
      resourceVersion: '1',
      creationTimestamp: formatTime(podsCreatedAt[index] ?? createdAt),
      ...(index < staying ? {} : leavingSince(revision.leftAt ?? NOW)),
      labels: { app: NAME, [LABELS.podTemplateHash]: hashOf(revision.version), ...revision.podLabels },
      ...(revision.podAnnotations === undefined ? {} : { annotations: revision.podAnnotations }),
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          name: replicaSetNameOf(revision.version),
          uid: `uid-${revision.version}`,
          controller: true,
        },
      ],
    },
  }));
}

function buildServices(rollout: Rollout, options: WorldOptions): ReadonlyMap<string, Service> {
  const { stableRS = '', currentPodHash = '' } = rollout.status ?? {};
  const roles = new Map(
    namedServices(rollout).map(({ name, role }) => [
      name,
      role === 'stable' || role === 'active' ? stableRS : currentPodHash,
    ]),
  );
  for (const [name, version] of Object.entries(options.selects ?? {})) roles.set(name, hashOf(version ?? ''));
  return new Map([...roles].map(([name, hash]) => [name, buildService(name, hash, options.selectedLabels?.[name])]));
}

function buildService(name: string, hash: string, labels: Readonly<Record<string, string>> = {}): Service {
  const isManaged = hash !== '';
  return {
    metadata: {
      name,
      namespace: NAMESPACE,
      uid: `uid-service-${name}`,
      resourceVersion: '1',
      ...(isManaged ? { annotations: { [ANNOTATIONS.managedByRollouts]: NAME } } : {}),
    },
    spec: { selector: { app: NAME, ...labels, ...(isManaged ? { [LABELS.podTemplateHash]: hash } : {}) } },
  };
}

function endpointsOf(service: Service, pods: readonly PodMetadata[]): Endpoint[] {
  const selector = Object.entries(service.spec.selector ?? {});
  return pods
    .filter((pod) => selector.every(([key, value]) => pod.metadata.labels?.[key] === value))
    .map((pod) => ({ podName: pod.metadata.name, ready: true, terminating: false }));
}

function buildIngresses(world: RolloutWorld, options: WorldOptions): ReadonlyMap<string, Ingress> {
  const nginx = world.rollout.spec.strategy?.canary?.trafficRouting?.nginx;
  const names = nginx === undefined ? [] : stableIngressNames(nginx);
  const ingresses = new Map<string, Ingress>();
  for (const name of names) ingresses.set(name, ingress(name));
  for (const one of options.ingresses ?? []) ingresses.set(one.metadata.name, one);
  if (nginx === undefined || options.split === null) return ingresses;
  const split: TrafficSplit = { weight: 0, headerRoutes: [], ...options.split };
  const situation = situationOf(withIngresses(world, ingresses.values()));
  for (const name of names) {
    const stable = ingresses.get(name);
    if (stable === undefined) continue;
    const canary = applied(canaryIngressBody(situation, nginx, stable, split), options.splitWrittenAt);
    if (!ingresses.has(canary.metadata.name)) ingresses.set(canary.metadata.name, canary);
  }
  return ingresses;
}
