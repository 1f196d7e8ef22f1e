/**
 * The key of a namespaced object, `namespace/name`, for queues and caches. A deleted and recreated object
 * has the same key.
 */
import type { KubeObject } from './objects.ts';

/** The key of that object; neither part can contain a slash. */
export function objectKey(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}

export function keyOf({ metadata }: KubeObject): string {
  return objectKey(metadata.namespace ?? '', metadata.name);
}

/** The keys of objects with those names in the namespace of `object`; a name that is absent or empty has none. */
export function keysBeside(object: KubeObject, names: readonly (string | undefined)[]): string[] {
  return names
    .filter((name): name is string => name !== undefined && name !== '')
    .map((name) => objectKey(object.metadata.namespace ?? '', name));
}

/** The parts of a key made by {@link objectKey}. A key without a slash is the name of a cluster-scoped object. */
export function splitKey(key: string): { readonly namespace: string; readonly name: string } {
  const slash = key.indexOf('/');
  return { namespace: key.slice(0, Math.max(slash, 0)), name: key.slice(slash + 1) };
}
