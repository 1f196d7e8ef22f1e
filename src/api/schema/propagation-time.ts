/**
 * The annotation that sets how long the proxies of a Rollout need to apply an Ingress change, instead of
 * the usual time of their kind.
 */
import { goDurationSeconds } from '../../kube/duration.ts';
import { invalidValue, type FieldError } from '../words/field-error.ts';
import { ANNOTATIONS } from '../words/labels.ts';
import type { Rollout } from './rollout.ts';
import { PROBLEMS } from '../words/problems.ts';

/** A longer time would be a wrong unit, and would keep pods for nothing. */
export const LONGEST_PROPAGATION_MS = 3_600_000;

/** In milliseconds; `null` if the annotation is absent or unreadable. */
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
