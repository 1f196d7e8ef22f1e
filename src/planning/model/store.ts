/**
 * The API server of the model: the objects of one namespace and those of the cluster, with generations, as they stand at
 * a moment of virtual time. There is one writer at a time, so it knows no conflicts.
 */
import type { JsonObject } from '../../kube/json.ts';
import type { KubeObject, ReplicaSet } from '../../kube/objects.ts';
import { isControlledBy } from '../../kube/owners.ts';
import { patched } from '../../kube/patched.ts';
import type { EvictWrite, Write } from '../../kube/plan.ts';
import { REPLICA_SETS, SHARED_WITH_PEOPLE, type Resource } from '../../kube/resources.ts';
import { withDefaults } from '../../kube/template-defaults.ts';
import { formatTime } from '../../kube/time.ts';
import { applied } from './server-side-apply.ts';

/** `exists`: the name of the new object is taken. */
type Outcome = 'made' | 'exists';

export class Store {
  /** By plural, then by name. Objects are never changed in place, so that a copy can share them. */
  readonly #objects: Map<string, Map<string, KubeObject>>;
  /** By UID, as they were when they were removed. */
  readonly #removed = new Map<string, KubeObject>();
  #version: number;
  /** Virtual time, milliseconds since the epoch. */
  now: number;

  constructor(now: number) {
    this.now = now;
    this.#objects = new Map();
    this.#version = 0;
  }

  /** The same objects at the same moment; from now on each goes its own way. */
  copy(): Store {
    const copy = new Store(this.now);
    copy.#version = this.#version;
    for (const [plural, objects] of this.#objects) copy.#objects.set(plural, new Map(objects));
    return copy;
  }

  /** Grows with every change. */
  get version(): number {
    return this.#version;
  }

  get<T extends KubeObject>({ plural }: Resource, name: string): T | undefined {
    return this.#objects.get(plural)?.get(name) as T | undefined;
  }

  list<T extends KubeObject>({ plural }: Resource): readonly T[] {
    return [...(this.#objects.get(plural)?.values() ?? [])] as unknown as readonly T[];
  }

  /** The object as it is now, or as it was when it was removed. */
  latest<T extends KubeObject>(resource: Resource, { metadata: { name, uid } }: T): T | undefined {
    const present = this.get<T>(resource, name);
    return present?.metadata.uid === uid ? present : (this.#removed.get(uid) as T | undefined);
  }

  /** The object as it is, in the place of whatever has its name. A change of its specification is a new generation. */
  put(resource: Resource, object: KubeObject): void {
    const { name } = object.metadata;
    const before = this.get(resource, name);
    if (before === object) return;
    this.#version += 1;
    const { generation = 1 } = before?.metadata ?? object.metadata;
    const isRespecified = before !== undefined && specOf(before) !== specOf(object);
    const metadata = {
      ...object.metadata,
      resourceVersion: String(this.#version),
      generation: isRespecified ? generation + 1 : generation,
    };
    const objects = this.#objects.get(resource.plural) ?? new Map<string, KubeObject>();
    this.#objects.set(resource.plural, objects.set(name, { ...object, metadata }));
  }

  /** Nothing changes where there is no such object, or where it is already as the patch says. */
  patch(resource: Resource, name: string, patch: JsonObject): void {
    const before = this.get(resource, name);
    if (before === undefined) return;
    this.put(resource, patched(before as unknown as JsonObject, patch) as unknown as KubeObject);
  }

  /** What the object controls leaves with it. */
  remove(resource: Resource, name: string): void {
    const removed = this.get(resource, name);
    if (removed === undefined) return;
    this.#objects.get(resource.plural)?.delete(name);
    this.#removed.set(removed.metadata.uid, removed);
    this.#version += 1;
    for (const [plural, objects] of this.#objects) {
      const owned = [...objects.values()].filter((one) => isControlledBy(one, removed.metadata.uid));
      for (const { metadata } of owned) this.remove({ ...resource, plural }, metadata.name);
    }
  }

  /** A new object; with a taken name nothing happens. */
  create(resource: Resource, namespace: string, name: string, body: JsonObject): Outcome {
    if (this.get(resource, name) !== undefined) return 'exists';
    this.put(resource, this.#born(resource, namespace, name, body));
    return 'made';
  }

  /** What the API server does with one write of a plan. */
  make(write: Write): Outcome {
    const { resource, namespace, name } = write;
    switch (write.op) {
      case 'create':
        return this.create(resource, namespace, name, write.body);
      case 'apply': {
        const before = this.get(resource, name);
        const isNew = (write.body['metadata'] as JsonObject | undefined)?.['resourceVersion'] === undefined;
        if (isNew && before !== undefined) return 'exists';
        const start = before ?? this.#born(resource, namespace, name, {});
        this.put(resource, applied(start, write.body, formatTime(this.now)));
        return 'made';
      }
      case 'patch':
        this.patch(resource, name, write.patch);
        if ('spec' in write.patch && SHARED_WITH_PEOPLE.includes(resource)) this.#recordTime(resource, name);
        return 'made';
      case 'delete':
      case 'evict':
        this.remove(resource, name);
        return 'made';
      case 'require':
        return 'made';
    }
  }

  /** When the spec was written, as the API server records it: proxies need their time from then on. */
  #recordTime(resource: Resource, name: string): void {
    const managedFields = [{ time: formatTime(this.now), fieldsV1: { 'f:spec': {} } }];
    this.patch(resource, name, { metadata: { managedFields } });
  }

  #born(resource: Resource, namespace: string, name: string, body: JsonObject): KubeObject {
    const metadata = {
      creationTimestamp: formatTime(this.now),
      ...(body['metadata'] as JsonObject | undefined),
      name,
      namespace,
      uid: `planned-${resource.plural}-${name}-${this.#version}`,
      generation: 1,
      resourceVersion: '',
    };
    const born = { ...body, metadata } as unknown as KubeObject;
    return resource.plural === REPLICA_SETS.plural ? withDefaultedTemplate(born as ReplicaSet) : born;
  }
}

/** As the API server does on creation. */
function withDefaultedTemplate(replicaSet: ReplicaSet): ReplicaSet {
  const template = withDefaults(replicaSet.spec.template);
  return { ...replicaSet, spec: { ...replicaSet.spec, template } };
}

function specOf(object: KubeObject): unknown {
  return (object as { spec?: unknown }).spec;
}

/** The evictions of a plan that go beyond what their groups may lose. */
export function evictionsBeyond(evictions: readonly EvictWrite[]): ReadonlySet<Write> {
  const lost = new Map<string, number>();
  const beyond = new Set<Write>();
  for (const eviction of evictions) {
    if (eviction.limits.some(({ group, atMost }) => (lost.get(group) ?? 0) >= atMost)) beyond.add(eviction);
    else for (const { group } of eviction.limits) lost.set(group, (lost.get(group) ?? 0) + 1);
  }
  return beyond;
}
