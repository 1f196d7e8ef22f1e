/**
 * Resources that are watched only from the first Rollout on that needs them, as routes of the Gateway API are: a cluster
 * without such Rollouts asks for none, and the controller needs no right to.
 */
import { watchedFor } from '../../core/traffic/routers.ts';
import { splitKey } from '../../kube/object-key.ts';
import { informerOf, type Caches } from '../caches.ts';

/**
 * What the Rollout needs is in the caches once this resolves, or it is known that it cannot be read. Rejects with the
 * signal's reason when aborted.
 */
export async function watchWhatItNeeds(caches: Caches, key: string, signal: AbortSignal): Promise<void> {
  const { namespace, name } = splitKey(key);
  const rollout = caches.rollouts.cache.get(namespace, name);
  if (rollout === undefined) return;
  const informers = watchedFor(rollout).flatMap(({ plural }) => informerOf(caches, plural) ?? []);
  if (informers.length === 0) return;
  for (const informer of informers) informer.start();
  await Promise.race([Promise.all(informers.map(({ synced }) => synced)), aborted(signal)]);
}

function aborted(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = (): void => reject(signal.reason as Error);
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  return promise;
}
