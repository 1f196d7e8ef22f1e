/**
 * Conditions, and what becomes of them. Our interpreter is held against this table (test/core/analysis/expressions), and
 * so is the real library (expressions.test.ts).
 */
import type { MetricValue } from '../../../../src/core/analysis/metric-value.ts';
import { DOCUMENTS } from './documents.ts';
import { LANGUAGE } from './language.ts';
import { LISTS } from './lists.ts';
import { TYPED } from './typed.ts';

export interface Case {
  readonly expression: string;
  readonly result: MetricValue;
  /** A text is the problem. */
  readonly outcome: boolean | string;
}

export const CASES: readonly Case[] = [...LISTS, ...DOCUMENTS, ...LANGUAGE, ...TYPED].flatMap(([result, rows]) =>
  rows.map(([expression, outcome]) => ({ expression, result, outcome })),
);

/** A result as the name of a test shows it. */
export function shownResult(result: MetricValue): string {
  const replacer = (_: string, value: unknown): unknown =>
    typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value)) ? String(value) : value;
  return JSON.stringify('value' in result ? result.value : 'values' in result ? result.values : null, replacer);
}
