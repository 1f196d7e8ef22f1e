/**
 * What the HTTP API of Prometheus answers (version 1), and the value of a measurement that is made of it. Numbers are
 * text there, because JSON has no NaN and no infinity.
 */
import { z } from 'zod';
import type { MetricValue } from '../../core/analysis/metric-value.ts';
import { jsonOf, refusal } from '../http/answer.ts';
import type { HttpAnswer } from '../http/request.ts';
import { decimalText } from '../number-text.ts';

const sample = z.tuple([z.number(), z.string()]);

const data = z.discriminatedUnion('resultType', [
  z.object({ resultType: z.literal('scalar'), result: sample }),
  // A sample of a native histogram has no value.
  z.object({ resultType: z.literal('vector'), result: z.array(z.object({ value: z.exactOptional(sample) })) }),
  z.object({
    resultType: z.literal('matrix'),
    result: z.array(z.object({ values: z.exactOptional(z.array(sample)) })),
  }),
  z.object({ resultType: z.literal('string'), result: z.unknown() }),
]);

const success = z.object({
  status: z.literal('success'),
  data,
  warnings: z.array(z.string()).nullish(),
});

const failure = z.object({ status: z.literal('error'), errorType: z.string(), error: z.string() });

export interface QueryResult {
  readonly result: MetricValue;
  readonly text: string;
  readonly warnings: readonly string[];
}

/** Throws with the reason that the server gives for an error, whatever its status. */
export function queryResultOf(answer: HttpAnswer): QueryResult {
  const failed = failureIn(answer);
  if (failed !== null) throw refusal(answer, `${failed.errorType}: ${failed.error}`);
  if (answer.status < 200 || answer.status >= 300) throw refusal(answer);
  const { data, warnings } = jsonOf(answer, success);
  return { ...valueOf(data), warnings: warnings ?? [] };
}

function failureIn({ body }: HttpAnswer): z.infer<typeof failure> | null {
  try {
    return failure.safeParse(JSON.parse(body)).data ?? null;
  } catch {
    return null;
  }
}

function valueOf(data: z.infer<typeof success>['data']): Omit<QueryResult, 'warnings'> {
  switch (data.resultType) {
    case 'scalar': {
      const value = numberOf(data.result[1]);
      return { result: { type: 'float', value }, text: decimalText(value) };
    }
    case 'vector':
      return floats(data.result.map(({ value }) => (value === undefined ? 0 : numberOf(value[1]))));
    case 'matrix':
      return floats(data.result.flatMap(({ values = [] }) => values.map(([, text]) => numberOf(text))));
    case 'string':
      throw new Error('the query yields a text, which is no value to measure');
  }
}

function floats(values: readonly number[]): Omit<QueryResult, 'warnings'> {
  return { result: { type: 'floats', values }, text: `[${values.map(decimalText).join(',')}]` };
}

const NAMED: Readonly<Record<string, number>> = { NaN, '+Inf': Infinity, Inf: Infinity, '-Inf': -Infinity };
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

function numberOf(text: string): number {
  const value = NAMED[text] ?? (DECIMAL.test(text) ? Number(text) : null);
  if (value === null) throw new Error(`Prometheus answered with a value that is no number: ${JSON.stringify(text)}`);
  return value;
}
