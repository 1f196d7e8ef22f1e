/** The caches as the core looks things up in them. */
import type { Index, Lookup, Unreadable } from '../core/observed/lookup.ts';
import type { KubeObject } from '../kube/objects.ts';
import type { Resource } from '../kube/resources.ts';
import { informerOf, type Caches } from './caches.ts';

/** Only what is cluster-wide is not watched, where the controller serves one namespace. */
const OUT_OF_REACH: Unreadable = {
  why: 'a controller of one namespace cannot read cluster-wide objects',
  isForGood: true,
};

/** A resource that is not watched has no objects. */
export function lookupInCaches(caches: Caches): Lookup {
  return {
    get: <T extends KubeObject>({ plural }: Resource, namespace: string, name: string) =>
      informerOf(caches, plural)?.cache.get(namespace, name) as unknown as T | undefined,
    find: <T extends KubeObject>({ resource, name }: Index<T>, value: string) =>
      (informerOf(caches, resource.plural)?.cache.byIndex(name, value) ?? []) as unknown as readonly T[],
    unreadable: ({ plural }) => {
      const informer = informerOf(caches, plural);
      if (informer === undefined) return OUT_OF_REACH;
      return informer.unreadable === null ? null : { why: informer.unreadable, isForGood: false };
    },
  };
}
