/** How expressions are written by chance: forms, each with the types of its parts. */
import type { MetricValue } from '../../../../src/core/analysis/metric-value.ts';
import type { Random } from '../../../simulation/random.ts';

export type Type = 'bool' | 'number' | 'whole' | 'text' | 'list' | 'map' | 'time' | 'duration' | 'any';

export const TYPES: readonly Type[] = ['bool', 'number', 'whole', 'text', 'list', 'map', 'time', 'duration', 'any'];

/** What can be named where a part is written. */
export interface Scope {
  /** Writes a part of a type. */
  readonly part: (random: Random, type: Type, depth: number, scope: Scope) => string;
  readonly result: MetricValue;
  readonly variables: readonly string[];
  /** Within a predicate. */
  readonly inPredicate: boolean;
  /** `#index` has a meaning there. */
  readonly index: boolean;
  readonly acc: boolean;
}

export type Form = (random: Random, depth: number, scope: Scope) => string;
export type Forms = readonly (readonly [weight: number, form: Form])[];

export function part(random: Random, type: Type, depth: number, scope: Scope): string {
  return scope.part(random, type, depth, scope);
}

export const fixed = (...texts: readonly string[]): Form => {
  return (r) => r.pick(texts);
};
export const COMPARISONS = ['==', '!=', '<', '>', '<=', '>='];
