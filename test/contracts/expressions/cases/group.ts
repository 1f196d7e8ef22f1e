/** How the cases are written down: conditions by the result that they are evaluated on. */
import type { MetricValue } from '../../../../src/core/analysis/metric-value.ts';

/** A condition and what becomes of it: true, false, or, as a text, the problem. */
type Row = readonly [expression: string, outcome: boolean | string];

export type Group = readonly [result: MetricValue, rows: readonly Row[]];

export const floats = (...values: readonly number[]): MetricValue => ({ type: 'floats', values });
export const json = (value: Extract<MetricValue, { type: 'json' }>['value']): MetricValue => ({ type: 'json', value });
export const text = (value: string): MetricValue => ({ type: 'text', value });
