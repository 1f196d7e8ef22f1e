/**
 * The identity of a list of canary steps, kept in `status.currentStepHash`. Equal to what other
 * controllers of this API compute; otherwise a takeover would restart every running rollout.
 */
import { fnv1aHash } from '../../kube/hash.ts';
import type { Json } from '../../kube/json.ts';
import { STEP_TYPES, STEP_TYPES_BEFORE_1_10 } from './step-types.ts';
import { encoderOf } from '../../kube/typed-json.ts';

type Steps = readonly unknown[] | undefined;
type Encode = (value: Json | undefined) => string;

const encode = encoderOf(STEP_TYPES, '[]CanaryStep', String);
const encodeBefore110 = encoderOf(STEP_TYPES_BEFORE_1_10, '[]CanaryStep', String);

const hashes = new WeakMap<readonly unknown[], string>();

/** For steps that stand for others, some values of which are not known, as those of a recording do. */
export function knowStepHash(steps: readonly unknown[], hash: string): void {
  hashes.set(steps, hash);
}

/**
 * Hash of the steps; an absent and an empty list have the same hash. The result for a frozen list is
 * cached. Source: spec 4.5 and appendix B.
 */
export function stepHash(steps: Steps): string {
  if (steps === undefined) return hashWith(encode, steps);
  const known = hashes.get(steps);
  if (known !== undefined) return known;
  const hash = hashWith(encode, steps);
  if (Object.isFrozen(steps)) hashes.set(steps, hash);
  return hash;
}

/**
 * True when `hash` stands for these steps: our own hash, or the one that a release before 1.10 of the
 * reference controller computed for steps with an analysis.
 */
export function isStepHash(hash: string, steps: Steps): boolean {
  return hash === stepHash(steps) || hash === hashWith(encodeBefore110, steps);
}

function hashWith(encode: Encode, steps: Steps): string {
  const isEmpty = steps === undefined || steps.length === 0;
  return fnv1aHash(encode(isEmpty ? null : (steps as readonly Json[])));
}
