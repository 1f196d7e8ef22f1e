/**
 * What the API server records about our own writes to an Ingress. The cache keeps no entry of other field managers,
 * except that a former controller has written it.
 */
import type { JsonObject } from '../../../kube/json.ts';
import type { Ingress } from '../../../kube/objects.ts';
import type { Situation } from '../../observed/situation.ts';
import { propagationMs } from './propagation.ts';

/** Between the API server's clock and ours. */
const MOST_CLOCK_SKEW_MS = 5_000;

interface FieldsEntry {
  readonly time?: string;
  readonly fieldsV1?: JsonObject;
}

/** When its proxies are sure to act on what we wrote to it last, in milliseconds since the epoch; `null` when that is not recorded. */
export function settledAtOf(situation: Situation, ingress: Ingress): number | null {
  const times = entriesOf(ingress)
    .map(({ time }) => Date.parse(time ?? ''))
    // A time from a clock far ahead of ours cannot be used: it would keep the pods for that long.
    .filter((time) => time <= situation.now + MOST_CLOCK_SKEW_MS);
  return times.length === 0 ? null : Math.max(...times) + propagationMs(situation, ingress);
}

/** Whether a controller of Rollouts has written it: this one, or one that it has taken over from. */
export function isWrittenByRolloutController(ingress: Ingress): boolean {
  return entriesOf(ingress).length > 0;
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
