/**
 * How a world is gathered: objects are got by name, or found through an index. Caches and fresh lists both serve.
 */
import type { KubeObject } from '../../kube/objects.ts';
import type { Resource } from '../../kube/resources.ts';

/** One way to find objects of one resource. */
export interface Index<T extends KubeObject> {
  readonly resource: Resource;
  /** Unique among the indexes of the resource. */
  readonly name: string;
  /** Under which values an object is found. */
  readonly valuesOf: (object: T) => readonly string[];
}

/** Why objects of a resource are not found although they may be there. */
export interface Unreadable {
  /** A sentence without a full stop. */
  readonly why: string;
  /** It does not change while this controller runs. */
  readonly isForGood: boolean;
}

export interface Lookup {
  /** `namespace` is empty for objects that belong to none. */
  get<T extends KubeObject>(resource: Resource, namespace: string, name: string): T | undefined;
  find<T extends KubeObject>(index: Index<T>, value: string): readonly T[];
  /** `null` where all objects are found. */
  unreadable(resource: Resource): Unreadable | null;
}

/** A lookup in complete lists. It searches a whole list every time, so it is for one Rollout and not for thousands. */
export function lookupIn(listOf: (resource: Resource) => readonly KubeObject[]): Lookup {
  return {
    get: <T extends KubeObject>(resource: Resource, namespace: string, name: string) =>
      listOf(resource).find(
        ({ metadata }) => metadata.name === name && (metadata.namespace ?? '') === namespace,
      ) as unknown as T | undefined,
    find: <T extends KubeObject>({ resource, valuesOf }: Index<T>, value: string) =>
      (listOf(resource) as unknown as readonly T[]).filter((object) => valuesOf(object).includes(value)),
    unreadable: () => null,
  };
}
