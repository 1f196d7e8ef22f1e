/** The scene in which a release begins: what a cluster holds, and what manifests and new images change in it. */
import { parseRollout, type Rollout } from '../api/schema/rollout.ts';
import { workloadResource } from '../api/schema/workload-ref.ts';
import { withKeptFields } from '../api/words/field-manager.ts';
import { withImages, type NewImage } from '../core/view/set-image.ts';
import type { JsonObject } from '../kube/json.ts';
import type { KubeObject, Pod, PodTemplate } from '../kube/objects.ts';
import { controllerOf } from '../kube/owners.ts';
import { patched } from '../kube/patched.ts';
import {
  ANALYSIS_RUNS,
  ANALYSIS_TEMPLATES,
  CLUSTER_ANALYSIS_TEMPLATES,
  DEPLOYMENTS,
  EXPERIMENTS,
  INGRESS_CLASSES,
  INGRESSES,
  isOfResource,
  POD_TEMPLATES,
  PODS,
  REPLICA_SETS,
  ROLLOUTS,
  SERVICES,
  SHARED_WITH_PEOPLE,
  type Resource,
} from '../kube/resources.ts';
import { workloadOf } from '../kube/workload.ts';
import { withoutLostAnnotations } from './model/server-side-apply.ts';
import { Store } from './model/store.ts';

/** What is read of a cluster, beside the object of `spec.workloadRef`. */
export const OBSERVED: readonly Resource[] = [
  ROLLOUTS,
  REPLICA_SETS,
  PODS,
  SERVICES,
  INGRESSES,
  INGRESS_CLASSES,
  ANALYSIS_TEMPLATES,
  CLUSTER_ANALYSIS_TEMPLATES,
  ANALYSIS_RUNS,
  EXPERIMENTS,
];

/** What manifests may change; other kinds do not matter to a release. */
const APPLICABLE: readonly Resource[] = [
  ROLLOUTS,
  SERVICES,
  INGRESSES,
  INGRESS_CLASSES,
  ...SHARED_WITH_PEOPLE,
  DEPLOYMENTS,
  REPLICA_SETS,
  POD_TEMPLATES,
  ANALYSIS_TEMPLATES,
  CLUSTER_ANALYSIS_TEMPLATES,
];

export type ObservedObjects = ReadonlyMap<Resource, readonly KubeObject[]>;

/**
 * What belongs to other Rollouts is left out, apart from the Rollouts themselves, the Services, the Ingresses and the pods
 * behind them. Of workloads there is only what the Rollout refers to.
 */
export function observedScene(observed: ObservedObjects, name: string, now: number): Store {
  const store = new Store(now);
  const rollout = observed.get(ROLLOUTS)?.find(({ metadata }) => metadata.name === name);
  const owners = new Set<string | undefined>([undefined, rollout?.metadata.uid]);
  for (const { metadata } of observed.get(DEPLOYMENTS) ?? []) owners.add(metadata.uid);
  for (const one of observed.get(EXPERIMENTS) ?? [])
    if (owners.has(controllerOf(one)?.uid)) owners.add(one.metadata.uid);
  const belongs = (object: KubeObject): boolean => owners.has(controllerOf(object)?.uid);
  for (const [resource, objects] of observed) {
    const isOwned = resource === REPLICA_SETS || resource === ANALYSIS_RUNS || resource === EXPERIMENTS;
    for (const object of objects.filter(isKept))
      if (!isOwned || belongs(object)) store.put(resource, isShared(resource) ? object : withKeptFields(object));
  }
  return store;
}

/** Pods that are leaving, or have ended, are no one's any more. */
function isKept(object: KubeObject): boolean {
  const { phase = '' } = (object as Pod).status ?? {};
  return object.metadata.deletionTimestamp === undefined && phase !== 'Succeeded' && phase !== 'Failed';
}

/** The names of the Rollouts among manifests, in their order. */
export function rolloutNames(manifests: readonly KubeObject[]): readonly string[] {
  return manifests.filter((one) => resourceOf(one) === ROLLOUTS).map(({ metadata }) => metadata.name);
}

function resourceOf(object: KubeObject): Resource | undefined {
  return APPLICABLE.find((one) => isOfResource(object, one));
}

interface Target {
  readonly namespace: string;
  /** Of the Rollout that is released: of workloads only its own matters. */
  readonly name: string;
}

/** The scene after the manifests were applied. Those of other namespaces do not matter. */
export function applyManifests(store: Store, manifests: readonly KubeObject[], { namespace, name }: Target): void {
  const here = manifests.filter(({ metadata }) => (metadata.namespace ?? namespace) === namespace);
  const rollouts = here.filter((one) => resourceOf(one) === ROLLOUTS && one.metadata.name === name) as Rollout[];
  const workloads = [store.get<Rollout>(ROLLOUTS, name), ...rollouts].map((one) => one?.spec.workloadRef?.name);
  for (const manifest of here) {
    const resource = resourceOf(manifest);
    if (resource === undefined || (isWorkload(resource) && !workloads.includes(manifest.metadata.name))) continue;
    applyManifest(store, resource, manifest, namespace);
  }
}

function applyManifest(store: Store, resource: Resource, manifest: KubeObject, namespace: string): void {
  const before = store.get(resource, manifest.metadata.name);
  if (before === undefined) {
    const place = isClusterWide(resource) ? '' : namespace;
    store.create(resource, place, manifest.metadata.name, manifest as object as JsonObject);
  } else if (resource === ROLLOUTS) {
    store.put(resource, rolloutLaidOver(before as Rollout, manifest as Rollout));
  } else {
    store.put(resource, laidOver(before, manifest));
  }
}

/** The times of all writes to those are looked at, whoever has made them. */
function isShared(resource: Resource): boolean {
  return SHARED_WITH_PEOPLE.includes(resource);
}

function isWorkload(resource: Resource): boolean {
  return resource === DEPLOYMENTS || resource === REPLICA_SETS || resource === POD_TEMPLATES;
}

function isClusterWide(resource: Resource): boolean {
  return resource === INGRESS_CLASSES || resource === CLUSTER_ANALYSIS_TEMPLATES;
}

/** The specification is that of the file. A size that it leaves out stays: an autoscaler may have set it. */
function rolloutLaidOver(before: Rollout, { metadata, spec }: Rollout): Rollout {
  const { replicas } = before.spec;
  const { labels, annotations } = metadata;
  const merged = patched(before.metadata as object as JsonObject, {
    ...(labels && { labels }),
    ...(annotations && { annotations }),
  });
  return {
    ...before,
    metadata: merged as object as Rollout['metadata'],
    spec: { ...(replicas === undefined ? {} : { replicas }), ...spec },
  };
}

/** Keys that the file does not have stay, such as the selector of a revision in a Service. */
function laidOver(before: KubeObject, manifest: KubeObject): KubeObject {
  const { status: _status, ...fields } = manifest as object as JsonObject;
  const after = patched(before as object as JsonObject, { ...fields, metadata: metadataOf(manifest) });
  return withoutLostAnnotations(before, after as object as KubeObject);
}

function metadataOf({ metadata: { labels, annotations } }: KubeObject): JsonObject {
  return { ...(labels && { labels }), ...(annotations && { annotations }) };
}

/** A sentence about what hinders it, else `null`. The template may be that of a workload. */
export function setImages(store: Store, name: string, images: readonly NewImage[]): string | null {
  const owner = templateOwner(store, name);
  if (owner === null) return noTemplateText(name);
  const changed = withImages(owner.template, images);
  if ('problem' in changed) return changed.problem;
  setTemplateOf(store, owner, { ...owner.template, spec: { ...owner.template.spec, ...changed.podSpec } });
  return null;
}

/** The same for a whole template. */
export function setTemplate(store: Store, name: string, template: PodTemplate): string | null {
  const owner = templateOwner(store, name);
  if (owner === null) return noTemplateText(name);
  setTemplateOf(store, owner, template);
  return null;
}

interface TemplateOwner {
  readonly resource: Resource;
  readonly object: KubeObject;
  readonly template: PodTemplate;
}

function templateOwner(store: Store, name: string): TemplateOwner | null {
  const rollout = store.get<Rollout>(ROLLOUTS, name);
  if (rollout === undefined) return null;
  const { workloadRef, template = {} } = rollout.spec;
  if (workloadRef === undefined) return { resource: ROLLOUTS, object: rollout, template };
  const resource = workloadResource(workloadRef);
  const object = resource === null ? undefined : store.get(resource, workloadRef.name ?? '');
  return resource === null || object === undefined ? null : { resource, object, template: workloadOf(object).template };
}

function setTemplateOf(store: Store, { resource, object }: TemplateOwner, template: PodTemplate): void {
  const { spec } = object as { readonly spec?: object };
  const changed = resource === POD_TEMPLATES ? { template } : { spec: { ...spec, template } };
  store.put(resource, { ...object, ...changed });
}

function noTemplateText(name: string): string {
  return `rollout '${name}' has no template that could be changed`;
}

/** Why the Rollout of that name cannot be read; `null` when it can. */
export function rolloutProblem(store: Store, name: string): string | null {
  const rollout = store.get(ROLLOUTS, name);
  if (rollout === undefined) return `rollout '${name}' not found`;
  const parsed = parseRollout(rollout);
  return 'problem' in parsed ? `rollout '${name}' cannot be read: ${parsed.problem}` : null;
}
