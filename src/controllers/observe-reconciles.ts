/** The metrics of the reconciles of one controller. */
import { splitKey } from '../kube/object-key.ts';
import type { KubeObject } from '../kube/objects.ts';
import type { Informer } from '../runtime/informer.ts';
import type { ReconcileObserver } from '../runtime/worker.ts';

interface ObjectLabels {
  readonly namespace: string;
  readonly name: string;
}

interface ReconcileMetrics {
  readonly duration: { observe(labels: ObjectLabels, seconds: number): void };
  readonly errors: { inc(labels: ObjectLabels): void };
}

export function observeReconciles(
  { cache }: Pick<Informer<KubeObject>, 'cache'>,
  { duration, errors }: ReconcileMetrics,
): ReconcileObserver {
  return (key, seconds, ended) => {
    const { namespace, name } = splitKey(key);
    // What ends after its object is gone must not bring its series back.
    if (cache.get(namespace, name) === undefined) return;
    duration.observe({ namespace, name }, seconds);
    if (ended === 'error') errors.inc({ namespace, name });
  };
}
