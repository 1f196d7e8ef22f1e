/**
 * Rules of the anti-affinity block, the same for both strategies.
 */
import type { AntiAffinity } from '../anti-affinity.ts';
import { invalidValue, type FieldError } from '../field-error.ts';
import { PROBLEMS } from './problems.ts';

/** The weight is reported right under the block, without the name of the rule between them. */
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
