/** What CloudWatch answers in JSON, and the value that is made of it. */
import { z } from 'zod';
import type { MetricValue } from '../../core/analysis/metric-value.ts';
import type { Reading } from '../../core/analysis/provider.ts';
import { isSuccess, jsonOf, refusal } from '../http/answer.ts';
import type { HttpAnswer } from '../http/request.ts';
import { generalText } from '../number-text.ts';

/** Numbers that JSON does not have come as text. */
const value = z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity']).transform(Number)]);

const result = z.object({
  Id: z.string().nullish(),
  Label: z.string().nullish(),
  StatusCode: z.string().nullish(),
  /** Seconds since the epoch. */
  Timestamps: z.array(z.number()).nullish(),
  Values: z.array(value).nullish(),
});

const metricData = z.object({
  MetricDataResults: z.array(result),
  Messages: z.array(z.object({ Code: z.string().nullish(), Value: z.string().nullish() })).nullish(),
});

const failure = z.object({
  __type: z.string(),
  message: z.string().optional(),
  Message: z.string().optional(),
});

export function readingOf(answer: HttpAnswer): Reading {
  if (!isSuccess(answer)) throw refusal(answer, reasonOf(answer));
  const { MetricDataResults: results, Messages: messages } = jsonOf(answer, metricData);
  const said = (messages ?? []).map(({ Code: code, Value: text }) => `${code ?? ''}: ${text ?? ''}`);
  return {
    kind: 'value',
    result: structsOf(results),
    text: `[${results.map(({ Values: values }) => `[${(values ?? []).map(generalText).join(' ')}]`).join(' ')}]`,
    ...(said.length === 0 ? {} : { metadata: { messages: answer.scrub(said.join(', ')) } }),
  };
}

/** Fields have the names of AWS's library for Go, which conditions use: `result[0].Values[0]`. */
function structsOf(results: readonly z.infer<typeof result>[]): MetricValue {
  return {
    type: 'structs',
    values: results.map(({ Id, Label, StatusCode, Timestamps, Values }) => ({
      Id: { type: 'text', value: Id ?? null },
      Label: { type: 'text', value: Label ?? null },
      StatusCode: { type: 'named', value: StatusCode ?? '' },
      Timestamps: { type: 'times', values: (Timestamps ?? []).map((seconds) => new Date(seconds * 1000)) },
      Values: { type: 'floats', values: Values ?? [] },
    })),
  };
}

/** The kind of the error comes with the name of the service in front. */
function reasonOf({ body }: HttpAnswer): string | undefined {
  try {
    const { __type: type, message, Message } = failure.parse(JSON.parse(body));
    return `${type.split('#').at(-1)}: ${message ?? Message ?? ''}`;
  } catch {
    return undefined;
  }
}
