/**
 * What the API server notes about our own writes to an Ingress: the cache keeps no entry of another field manager.
 * What follows from it is decided by whoever asks.
 */
import type { JsonObject } from '../../kube/json.ts';
import type { Ingress } from '../../kube/objects.ts';
import type { Situation } from '../rollout/situation.ts';
import { propagationMs } from './propagation.ts';

/** Between the API server's clock and ours. */
const MOST_CLOCK_SKEW_MS = 5_000;

interface FieldsEntry {
  readonly time?: string;
  readonly fieldsV1?: JsonObject;
}

/** When its proxies are sure to act on what we wrote to it last, in milliseconds since the epoch; `null` when nobody noted that. */
export function settledAtOf(situation: Situation, ingress: Ingress): number | null {
  const times = entriesOf(ingress)
    .map(({ time }) => Date.parse(time ?? ''))
    // A clock that is far ahead of ours is no measure, and must not keep pods for as long as it is.
    .filter((time) => time <= situation.now + MOST_CLOCK_SKEW_MS);
  return times.length === 0 ? null : Math.max(...times) + propagationMs(situation, ingress);
}

/** Annotations that our field manager applied. */
export function ownAnnotationKeys(ingress: Ingress): string[] {
  return entriesOf(ingress).flatMap((entry) => {
    const metadata = entry.fieldsV1?.['f:metadata'] as JsonObject | undefined;
    const annotations = metadata?.['f:annotations'] as JsonObject | undefined;
    return Object.keys(annotations ?? {})
      .filter((key) => key.startsWith('f:'))
      .map((key) => key.slice(2));
  });
}

function entriesOf(ingress: Ingress): readonly FieldsEntry[] {
  return (ingress.metadata as { managedFields?: readonly FieldsEntry[] }).managedFields ?? [];
}
