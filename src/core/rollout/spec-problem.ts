/**
 * Whether a Rollout can be rolled out as it is written. What happens to one that cannot is decided in `standstill.ts`.
 */
import type { Rollout } from '../../api/schema/rollout.ts';
import { propagationTimeError } from '../../api/schema/propagation-time.ts';
import { gatewayApiErrors } from '../../api/validation/gateway-api.ts';
import { specErrors } from '../../api/validation/rollout.ts';
import { unsupportedErrors } from '../../api/validation/unsupported.ts';
import { errorsOf, fieldErrorText, firstOf, type FieldError } from '../../api/words/field-error.ts';
import type { Problem } from '../observed/problem.ts';
import type { Situation } from '../observed/situation.ts';
import { analysisProblem } from './analysis-problem.ts';
import { unfitReference } from '../strategies/unfit-reference.ts';

/** The first thing that is wrong with the spec and what it refers to; `null` when the Rollout can be rolled out. */
export function problemOf(situation: Situation): Problem | null {
  const { rollout, world } = situation;
  // The template of a workload has been filled in, and follows the same rules as one of our own.
  const { workloadRef: _resolved, ...spec } = rollout.spec;
  const wrong = firstOf(mistakesOf({ ...rollout, spec }));
  if (wrong !== null) return { kind: 'spec', text: fieldErrorText(wrong) };
  const unfit = unfitReference({ ...world, rollout });
  return unfit === null ? analysisProblem(situation) : { kind: 'reference', text: fieldErrorText(unfit) };
}

/** What is wrong with the Rollout by itself, each found when it is asked for. */
export function* mistakesOf(rollout: Rollout): Iterable<FieldError> {
  yield* specErrors(rollout);
  yield* errorsOf([propagationTimeError], rollout);
  yield* unsupportedErrors(rollout);
  yield* gatewayApiErrors(rollout);
}
