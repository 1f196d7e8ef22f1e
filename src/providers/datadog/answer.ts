/** What Datadog answers, and the value that is made of it. */
import { z } from 'zod';
import { NO_DATA } from '../../core/analysis/metric-value.ts';
import type { Reading } from '../../core/analysis/provider.ts';
import { jsonOf, noAnswer } from '../http/answer.ts';
import type { HttpAnswer } from '../http/request.ts';
import { decimalText } from '../number-text.ts';

const seriesAnswer = z.object({
  status: z.string().optional(),
  error: z.string().nullish(),
  series: z
    .array(z.object({ pointlist: z.array(z.tuple([z.number().nullable(), z.number().nullable()])).nullish() }))
    .nullish(),
});

/** The last point of the first series. A point without a value counts as 0, as it always has in version 1. */
export function seriesReading(answer: HttpAnswer): Reading {
  const { status, error, series } = jsonOf(answer, seriesAnswer);
  if (status === 'error' || error) throw noAnswer(answer, error ?? '');
  if (!series) throw new Error(`${answer.host} answered without series`);
  const last = series[0]?.pointlist?.at(-1);
  return last === undefined ? noData('[]') : single(last[1] ?? 0);
}

const number = z.object({ type: z.literal('number'), values: z.array(z.number().nullable()) });
const group = z.object({ type: z.literal('group'), values: z.array(z.array(z.string()).nullable()) });
const scalarAnswer = z.object({
  errors: z.union([z.string(), z.array(z.string())]).nullish(),
  data: z
    .object({
      errors: z.string().nullish(),
      attributes: z.object({ columns: z.array(z.discriminatedUnion('type', [number, group])).nullish() }).nullish(),
    })
    .nullish(),
});

/** One number, or a list of numbers where the query groups by tags. */
export function scalarReading(answer: HttpAnswer): Reading {
  const { data, errors } = jsonOf(answer, scalarAnswer);
  const said = [errors ?? [], data?.errors ?? []].flat().filter((text) => text !== '');
  if (said.length > 0) throw noAnswer(answer, said.join(', '));
  if (!data?.attributes) throw new Error(`${answer.host} answered without columns`);
  const columns = data.attributes.columns ?? [];
  const values = columns.find((column) => column.type === 'number')?.values ?? [];
  const names = columns.flatMap((column) => (column.type === 'group' ? [column.values] : []));
  if (names.length > 0) return groupedReading(values, names);
  const [value = null] = values;
  return value === null ? noData(JSON.stringify(values)) : single(value);
}

interface Group {
  readonly name: string;
  readonly value: number;
}

function groupedReading(
  values: readonly (number | null)[],
  names: readonly (readonly (readonly string[] | null)[])[],
): Reading {
  const groups = values.flatMap((value, index): readonly Group[] =>
    value === null ? [] : [{ name: names.flatMap((column) => column[index] ?? []).join(','), value }],
  );
  if (groups.length === 0) return noData('[]');
  const found = groups.map(({ value }) => value);
  return {
    kind: 'value',
    result: { type: 'floats', values: found },
    text: `[${found.map(decimalText).join(',')}]`,
    metadata: groupsMetadata(groups),
  };
}

/** So many groups from each end are kept where there are more than both: a status is no place for thousands. */
const KEPT_AT_EACH_END = 50;

function groupsMetadata(groups: readonly Group[]): Readonly<Record<string, string>> {
  if (groups.length <= 2 * KEPT_AT_EACH_END) return { groups: JSON.stringify(groups) };
  const sorted = groups.toSorted((one, other) => one.value - other.value);
  const kept = [...sorted.slice(0, KEPT_AT_EACH_END), ...sorted.slice(-KEPT_AT_EACH_END)];
  return { groups: JSON.stringify(kept), groups_truncated: 'true' };
}

function single(value: number): Reading {
  return { kind: 'value', result: { type: 'float', value }, text: decimalText(value) };
}

function noData(text: string): Reading {
  return { kind: 'value', result: NO_DATA, text };
}
