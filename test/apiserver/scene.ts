/**
 * What a person sees of one Rollout, as one flat record: where it stands, how many pods each side has, and where
 * the requests go. Revisions are named by their image.
 */
import { ANNOTATIONS, LABELS } from '../../src/api/words/labels.ts';
import { namedServices, type ServiceRole } from '../../src/api/schema/named-services.ts';
import type { Rollout } from '../../src/api/schema/rollout.ts';
import type { Ingress, ReplicaSet, Service } from '../../src/kube/objects.ts';
import type { Route } from '../../src/kube/route.ts';

export interface Scene {
  readonly phase: string;
  readonly message: string;
  /** The status speaks of the present spec. */
  readonly observed: boolean;
  /** `status.currentStepIndex`, `null` when absent. */
  readonly index: number | null;
  readonly aborted: boolean;
  /** Images of the template that the spec asks for, and of the revision promoted last; '' before that. */
  readonly canaryImage: string;
  readonly stableImage: string;
  /** Asked-for and available pods; the canary is the stable revision when nothing is being rolled out. */
  readonly canary: number;
  readonly canaryAvailable: number;
  readonly stable: number;
  readonly stableAvailable: number;
  /** Asked-for pods of all other revisions together. */
  readonly retired: number;
  /** Asked-for pods of every revision that has any: `web:1=4 web:2=1`. */
  readonly sizes: string;
  /** Available pods of all revisions. */
  readonly available: number;
  /** Pods that exist, of all revisions. */
  readonly pods: number;
  /** Images of the revisions that the two Services select; '' when the selector names none. */
  readonly stableService: string;
  readonly canaryService: string;
  /** The same of blue-green. */
  readonly active: string;
  readonly preview: string;
  /** The canary's share on the canary Ingress, or in the route where there is none; `null` without both. */
  readonly weight: number | null;
  readonly revision: number;
}

interface SceneObjects {
  readonly rollout: Rollout;
  readonly replicaSets: readonly ReplicaSet[];
  readonly services: readonly Service[];
  readonly ingresses: readonly Ingress[];
  /** The HTTPRoute that the Rollout leads through. */
  readonly route?: Route;
}

export function imageOf(replicaSet: ReplicaSet | undefined): string {
  const containers = replicaSet?.spec.template.spec?.['containers'] as readonly { image?: string }[] | undefined;
  return containers?.[0]?.image ?? '';
}

/** What the Rollout alone shows. */
export function ownSceneOf({ status = {}, metadata }: Rollout) {
  return {
    phase: status.phase ?? '',
    message: status.message ?? '',
    observed: status.observedGeneration === String(metadata.generation),
    index: status.currentStepIndex ?? null,
    aborted: status.abort === true,
    revision: Number(metadata.annotations?.[ANNOTATIONS.revision] ?? 0),
  } satisfies Partial<Scene>;
}

export function sceneOf({ rollout, replicaSets, services, ingresses, route }: SceneObjects): Scene {
  const { status = {}, metadata } = rollout;
  const own = replicaSets.filter((one) =>
    one.metadata.ownerReferences?.some(({ uid, controller }) => controller === true && uid === metadata.uid),
  );
  const withHash = (hash: string | undefined) =>
    own.find((one) => hash !== undefined && hash !== '' && one.metadata.labels?.[LABELS.podTemplateHash] === hash);
  const canary = withHash(status.currentPodHash);
  const stable = withHash(status.stableRS);
  const selected = (role: ServiceRole) => {
    const name = namedServices(rollout).find((one) => one.role === role)?.name;
    return imageOf(
      withHash(services.find((one) => one.metadata.name === name)?.spec.selector?.[LABELS.podTemplateHash]),
    );
  };
  return {
    ...ownSceneOf(rollout),
    canaryImage: imageOf(canary),
    stableImage: imageOf(stable),
    canary: canary?.spec.replicas ?? 0,
    canaryAvailable: canary?.status?.availableReplicas ?? 0,
    stable: stable?.spec.replicas ?? 0,
    stableAvailable: stable?.status?.availableReplicas ?? 0,
    retired: sum(own.filter((one) => one !== canary && one !== stable).map((one) => one.spec.replicas ?? 1)),
    sizes: own
      .filter((one) => one.spec.replicas !== 0)
      .map((one) => `${imageOf(one)}=${one.spec.replicas ?? 1}`)
      .toSorted()
      .join(' '),
    available: sum(own.map((one) => one.status?.availableReplicas ?? 0)),
    pods: sum(own.map((one) => one.status?.replicas ?? 0)),
    stableService: selected('stable'),
    canaryService: selected('canary'),
    active: selected('active'),
    preview: selected('preview'),
    weight: weightOf(ingresses.find((one) => isCanaryOf(one, metadata.uid))) ?? weightInRoute(rollout, route),
  };
}

/** Whether the scene is as wanted, as far as it goes, and speaks of the present spec. */
export function shows(scene: Partial<Scene>, wanted: Partial<Scene>): boolean {
  const keys = Object.keys(wanted) as (keyof Scene)[];
  return scene.observed === true && keys.every((key) => !(key in scene) || scene[key] === wanted[key]);
}

function isCanaryOf(ingress: Ingress, rolloutUid: string): boolean {
  return ingress.metadata.ownerReferences?.some(({ uid }) => uid === rolloutUid) === true;
}

function weightOf(ingress: Ingress | undefined): number | null {
  const entry = Object.entries(ingress?.metadata.annotations ?? {}).find(([key]) => key.endsWith('/canary-weight'));
  return entry === undefined ? null : Number(entry[1]);
}

/** In the first rule that names both Services. */
function weightInRoute(rollout: Rollout, route: Route | undefined): number | null {
  const { stableService, canaryService } = rollout.spec.strategy?.canary ?? {};
  const canaries = (route?.spec?.rules ?? []).flatMap(({ backendRefs = [] }) =>
    backendRefs.some(({ name }) => name === stableService)
      ? backendRefs.filter(({ name }) => name === canaryService)
      : [],
  );
  return canaries[0] === undefined ? null : (canaries[0].weight ?? 1);
}

/** The name of the HTTPRoute that the Rollout leads through; `undefined` without one. */
export function routeNameOf({ spec }: Rollout): string | undefined {
  return spec.strategy?.canary?.trafficRouting?.gatewayAPI?.httpRoute;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
