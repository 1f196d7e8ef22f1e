/**
 * Rules of the anti-affinity block, the same for both strategies.
 */
import type { AntiAffinity } from '../schema/anti-affinity.ts';
import { invalidValue, type FieldError } from '../words/field-error.ts';
import { PROBLEMS } from '../words/problems.ts';

/** The path of the weight leaves out the name of the rule, as always in this API. */
export function antiAffinityError(antiAffinity: AntiAffinity | undefined, path: string): FieldError | null {
  if (antiAffinity === undefined) return null;
  const preferred = antiAffinity.preferredDuringSchedulingIgnoredDuringExecution;
  const required = antiAffinity.requiredDuringSchedulingIgnoredDuringExecution;
  if ((preferred === undefined) === (required === undefined)) {
    return invalidValue(path, antiAffinity, PROBLEMS.antiAffinityKinds);
  }
  if (preferred !== undefined && (preferred.weight < 1 || preferred.weight > 100)) {
    return invalidValue(`${path}.weight`, preferred.weight, PROBLEMS.antiAffinityWeight);
  }
  return null;
}
