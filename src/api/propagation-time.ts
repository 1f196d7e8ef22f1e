/**
 * The annotation by which a Rollout says how long its proxies need to act on a change of an Ingress,
 * where the ordinary time of their kind does not hold.
 */
import { goDurationSeconds } from '../kube/duration.ts';
import { invalidValue, type FieldError } from './field-error.ts';
import { ANNOTATIONS } from './labels.ts';
import type { Rollout } from './rollout.ts';
import { PROBLEMS } from './validation/problems.ts';

/** A longer one would be a mistake in its unit, and keep pods for nothing. */
export const LONGEST_PROPAGATION_MS = 3_600_000;

/** In milliseconds; `null` where the Rollout says nothing that can be read. */
export function propagationTimeOf({ metadata }: Rollout): number | null {
  const text = metadata.annotations?.[ANNOTATIONS.trafficPropagationTime];
  const seconds = text === undefined ? null : goDurationSeconds(text);
  if (seconds === null || seconds < 0 || seconds * 1000 > LONGEST_PROPAGATION_MS) return null;
  return seconds * 1000;
}

export function propagationTimeError(rollout: Rollout): FieldError | null {
  const text = rollout.metadata.annotations?.[ANNOTATIONS.trafficPropagationTime];
  return text === undefined || propagationTimeOf(rollout) !== null
    ? null
    : invalidValue(`metadata.annotations[${ANNOTATIONS.trafficPropagationTime}]`, text, PROBLEMS.propagationTime);
}
