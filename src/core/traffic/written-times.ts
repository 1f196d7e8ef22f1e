/**
 * When an object was last written, as far as the API server has recorded it in `managedFields`.
 */
import type { KubeObject } from '../../kube/objects.ts';

/** Between the API server's clock and ours. */
const MOST_CLOCK_SKEW_MS = 5_000;

interface FieldsEntry {
  readonly time?: string;
  readonly subresource?: string;
  readonly fieldsV1?: object;
}

/** Of its spec, and of its status where that is asked for; milliseconds since the epoch, `null` when nothing is recorded. */
export function lastWrittenAt({ metadata }: KubeObject, now: number, { statusToo = false } = {}): number | null {
  const { managedFields = [] } = metadata as { managedFields?: readonly FieldsEntry[] };
  const times = managedFields
    .filter(({ subresource, fieldsV1 = {} }) => (statusToo && subresource === 'status') || 'f:spec' in fieldsV1)
    .map(({ time }) => Date.parse(time ?? ''))
    // A time from a clock far ahead of ours cannot be used: it would keep the pods for that long.
    .filter((time) => time <= now + MOST_CLOCK_SKEW_MS);
  return times.length === 0 ? null : Math.max(...times);
}
