/** Evaluates the conditions of a trigger (specification, D). */
import type { Environment } from '../core/analysis/expressions/environment.ts';
import { typeName } from '../core/analysis/expressions/go/value.ts';
import { evaluateUntyped } from '../core/analysis/expressions/untyped.ts';
import type { TriggerCondition } from './configuration.ts';

export type ConditionResult = { readonly value: boolean } | { readonly problem: string };

/** A condition without `when` is false for a change; events of the trigger's name are sent in spite of that. */
export function conditionResult({ when = '' }: TriggerCondition, variables: Environment, now: number): ConditionResult {
  const outcome = evaluateUntyped(when === '' ? 'false' : when, variables, now);
  if ('problem' in outcome) return { problem: outcome.problem };
  if (typeof outcome.value === 'boolean') return { value: outcome.value };
  return { problem: `expected bool, but got ${typeName(outcome.value)}` };
}
