/**
 * The API server: objects of one namespace and of the cluster, with versions, generations and preconditions.
 */
import type { Json, JsonObject } from '../../../src/kube/json.ts';
import type { KubeObject } from '../../../src/kube/objects.ts';
import {
  CLUSTER_ANALYSIS_TEMPLATES,
  DEPLOYMENTS,
  INGRESSES,
  PODS,
  REPLICA_SETS,
  ROLLOUTS,
} from '../../../src/kube/resources.ts';
import { withDefaults } from '../../../src/kube/template-defaults.ts';
import { isHeld } from './disruption-budget.ts';
import { frozen } from './frozen.ts';
import { isLeaving, type Pod } from './pod.ts';
import { applied, withoutLostAnnotations } from '../../../src/planning/model/server-side-apply.ts';
import { patched } from '../../../src/kube/patched.ts';

export const NAMESPACE = 'shop';

/** On whose behalf a write is made; `frozen-leader` is a controller that should not write any more. */
export type Author = 'serin' | 'frozen-leader' | 'user' | 'kubernetes';

export interface Change {
  readonly plural: string;
  readonly name: string;
  readonly before: KubeObject | undefined;
  readonly after: KubeObject | undefined;
  readonly author: Author;
  /** Position in the order of all changes. */
  readonly version: number;
}

export type Answer =
  | { readonly outcome: 'made'; readonly object: KubeObject | undefined; readonly changed: boolean }
  /** `held`: a disruption budget protects the pod. */
  | { readonly outcome: 'conflict' | 'exists' | 'gone' | 'held' };

/** What a delete may ask for. */
interface Preconditions {
  readonly uid?: string;
  readonly resourceVersion?: string;
}

interface PatchOptions {
  readonly subresource?: 'status' | 'scale';
}

const HAS_STATUS_SUBRESOURCE: ReadonlySet<string> = new Set([ROLLOUTS.plural, REPLICA_SETS.plural]);
const HAS_GENERATION: ReadonlySet<string> = new Set([
  ROLLOUTS.plural,
  REPLICA_SETS.plural,
  INGRESSES.plural,
  DEPLOYMENTS.plural,
]);

export class Store {
  readonly #objects = new Map<string, Map<string, KubeObject>>();
  readonly #listeners = new Set<(change: Change) => void>();
  readonly #creationTime: () => string;
  #version = 1000;

  constructor(creationTime: () => string) {
    this.#creationTime = creationTime;
  }

  /** Version of the last change. */
  get version(): number {
    return this.#version;
  }

  /** Called after every change from now on, in order; returns how to stop. */
  onChange(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get<T extends KubeObject>(plural: string, name: string): T | undefined {
    return this.#objects.get(plural)?.get(name) as T | undefined;
  }

  list<T extends KubeObject>(plural: string): readonly T[] {
    return [...(this.#objects.get(plural)?.values() ?? [])] as unknown as readonly T[];
  }

  create(plural: string, name: string, body: JsonObject, author: Author): Answer {
    if (this.get(plural, name) !== undefined) return { outcome: 'exists' };
    return this.#put(plural, name, undefined, this.born(plural, name, body), author);
  }

  /** Where the patch names a version, the object has to be at it. */
  patch(plural: string, name: string, patch: JsonObject, author: Author, { subresource }: PatchOptions = {}): Answer {
    const before = this.get(plural, name);
    if (before === undefined) return { outcome: 'gone' };
    if (!isAtVersion(before, versionIn(patch))) return { outcome: 'conflict' };
    const after = patched(before as unknown as JsonObject, reachOf(plural, patch, subresource));
    const owned = author === 'serin' ? after : withoutLostAnnotations(before, after as unknown as KubeObject);
    return this.#put(plural, name, before, owned as unknown as KubeObject, author);
  }

  /** Server-side apply with force under Serin's field manager. Whatever version it names, what does not exist is made. */
  apply(plural: string, name: string, body: JsonObject, author: Author): Answer {
    const before = this.get(plural, name);
    if (before !== undefined && !isAtVersion(before, versionIn(body))) return { outcome: 'conflict' };
    const start = before ?? this.born(plural, name, {});
    return this.#put(plural, name, before, applied(start, body, this.#creationTime()), author);
  }

  /** The object is gone afterwards. */
  delete(plural: string, name: string, author: Author, { uid, resourceVersion }: Preconditions = {}): Answer {
    const before = this.get(plural, name);
    if (before === undefined) return { outcome: 'gone' };
    if (uid !== undefined && before.metadata.uid !== uid) return { outcome: 'conflict' };
    if (!isAtVersion(before, resourceVersion)) return { outcome: 'conflict' };
    this.#objects.get(plural)?.delete(name);
    this.#version += 1;
    this.#tell({ plural, name, before, after: undefined, author, version: this.#version });
    return { outcome: 'made', object: undefined, changed: true };
  }

  /** Deletes the pod of that uid, unless a disruption budget protects it. */
  evict(name: string, author: Author, uid: string): Answer {
    const pod = this.get<Pod>(PODS.plural, name);
    if (pod === undefined) return { outcome: 'gone' };
    if (pod.metadata.uid !== uid) return { outcome: 'conflict' };
    if (isHeld(this, pod)) return { outcome: 'held' };
    if (isLeaving(pod)) return { outcome: 'made', object: pod, changed: false };
    return this.patch(PODS.plural, name, { metadata: { deletionTimestamp: this.#creationTime() } }, author);
  }

  /** What a creation would store now, without the version that it would get. */
  born(plural: string, name: string, body: JsonObject): KubeObject {
    const metadata = {
      ...(body['metadata'] as JsonObject | undefined),
      name,
      ...(plural === CLUSTER_ANALYSIS_TEMPLATES.plural ? {} : { namespace: NAMESPACE }),
      uid: `uid-${plural}-${name}-${this.#version}`,
      creationTimestamp: this.#creationTime(),
      ...(HAS_GENERATION.has(plural) ? { generation: 1 } : {}),
    };
    const defaulted = plural === REPLICA_SETS.plural ? withDefaultedTemplate(body) : body;
    return { ...defaulted, metadata } as unknown as KubeObject;
  }

  #put(plural: string, name: string, before: KubeObject | undefined, next: KubeObject, author: Author): Answer {
    if (before === next) return { outcome: 'made', object: before, changed: false };
    this.#version += 1;
    const generation = (before?.metadata.generation ?? 0) + 1;
    const respecified = before !== undefined && specOf(before) !== specOf(next) && HAS_GENERATION.has(plural);
    const after = frozen({
      ...next,
      metadata: {
        ...next.metadata,
        resourceVersion: String(this.#version),
        ...(respecified ? { generation } : {}),
      },
    });
    const objects = this.#objects.get(plural) ?? new Map<string, KubeObject>();
    this.#objects.set(plural, objects);
    objects.set(name, after);
    this.#tell({ plural, name, before, after, author, version: this.#version });
    return { outcome: 'made', object: after, changed: true };
  }

  #tell(change: Change): void {
    for (const listener of this.#listeners) listener(change);
  }
}

function isAtVersion(object: KubeObject | undefined, version: Json | undefined): boolean {
  return version === undefined || version === object?.metadata.resourceVersion;
}

function versionIn(body: JsonObject): Json | undefined {
  return (body['metadata'] as JsonObject | undefined)?.['resourceVersion'];
}

/** The part of a patch that the endpoint lets through: a status goes to its subresource and nothing else does. */
function reachOf(plural: string, patch: JsonObject, subresource: PatchOptions['subresource']): JsonObject {
  if (!HAS_STATUS_SUBRESOURCE.has(plural)) return patch;
  const { status, ...rest } = patch;
  if (subresource === 'status') return status === undefined ? {} : { status };
  return rest;
}

function specOf(object: KubeObject): Json | undefined {
  return (object as unknown as JsonObject)['spec'];
}

/** As the API server does on creation. */
function withDefaultedTemplate(body: JsonObject): JsonObject {
  const spec = body['spec'] as JsonObject;
  const template = withDefaults(spec['template'] as JsonObject);
  return { ...body, spec: { ...spec, template: template as unknown as Json } };
}
