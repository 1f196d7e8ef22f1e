/**
 * The key of a namespaced object, `namespace/name`: what queues hold and caches are indexed by.
 * It names an object and does not identify it: a deleted and recreated object has the same key.
 */

/** The key of that object; neither part can contain a slash. */
export function objectKey(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}

/** The parts of a key made by {@link objectKey}. A key without a slash is the name of a cluster-scoped object. */
export function splitKey(key: string): { readonly namespace: string; readonly name: string } {
  const slash = key.indexOf('/');
  return { namespace: key.slice(0, Math.max(slash, 0)), name: key.slice(slash + 1) };
}
