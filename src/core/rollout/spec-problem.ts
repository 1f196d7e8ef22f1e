/**
 * Whether a Rollout can be rolled out as it is written. What happens to one that cannot is decided in `standstill.ts`.
 */
import type { Rollout, RolloutSpec } from '../../api/schema/rollout.ts';
import { propagationTimeError } from '../../api/schema/propagation-time.ts';
import { gatewayApiErrors } from '../../api/validation/gateway-api.ts';
import { istioErrors } from '../../api/validation/istio.ts';
import { specErrors } from '../../api/validation/rollout.ts';
import { traefikErrors } from '../../api/validation/traefik.ts';
import { unsupportedErrors } from '../../api/validation/unsupported.ts';
import { errorsOf, fieldErrorText, firstOf, type FieldError } from '../../api/words/field-error.ts';
import type { Problem } from '../observed/problem.ts';
import type { Situation } from '../observed/situation.ts';
import { analysisProblem } from './analysis-problem.ts';
import { routerOf, unleavable } from '../traffic/routers.ts';
import { unfitReference } from '../strategies/unfit-reference.ts';

/** The first thing that is wrong with the spec and what it refers to; `null` when the Rollout can be rolled out. */
export function problemOf(situation: Situation): Problem | null {
  const { rollout, world } = situation;
  const wrong = firstMistake(rollout);
  if (wrong !== null) return { kind: 'spec', text: fieldErrorText(wrong) };
  const unfit = unfitReference({ ...world, rollout });
  if (unfit !== null) return { kind: 'reference', text: fieldErrorText(unfit) };
  const left = unleavable(world);
  if (left !== null) return { kind: 'reference', text: fieldErrorText(left) };
  // A controller of Gateways says what it supports a moment after it has started.
  const unsupported = firstOf(routerOf(rollout).unsupported({ ...world, rollout }));
  return unsupported === null ? analysisProblem(situation) : { kind: 'reference', text: fieldErrorText(unsupported) };
}

/** What is wrong with the Rollout by itself, each found when it is asked for. */
export function* mistakesOf(rollout: Rollout): Iterable<FieldError> {
  yield* specErrors(rollout);
  yield* errorsOf([propagationTimeError], rollout);
  yield* errorsOfRouting(rollout);
}

function* errorsOfRouting(rollout: Rollout): Iterable<FieldError> {
  yield* unsupportedErrors(rollout);
  yield* gatewayApiErrors(rollout);
  yield* istioErrors(rollout);
  yield* traefikErrors(rollout);
}

/** The first of {@link mistakesOf} that the spec makes before, and after, its place for those of the annotations. */
interface SpecMistakes {
  readonly before: FieldError | null;
  readonly after: FieldError | null;
}

/** A spec in a cache stays the same object while it is not changed, and its Rollout stays in its namespace. */
const known = new WeakMap<RolloutSpec, SpecMistakes>();

function firstMistake(rollout: Rollout): FieldError | null {
  const { before, after } = specMistakes(rollout);
  return before ?? propagationTimeError(rollout) ?? after;
}

function specMistakes(rollout: Rollout): SpecMistakes {
  const found = known.get(rollout.spec);
  if (found !== undefined) return found;
  // The template of a workload has been filled in, and follows the same rules as one of our own.
  const { workloadRef: _resolved, ...spec } = rollout.spec;
  const resolved = { ...rollout, spec };
  const mistakes = { before: firstOf(specErrors(resolved)), after: firstOf(errorsOfRouting(resolved)) };
  if (Object.isFrozen(rollout.spec)) known.set(rollout.spec, mistakes);
  return mistakes;
}
