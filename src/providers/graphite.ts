/** Graphite: the values of the first series that the render API answers with. */
import { z } from 'zod';
import type { MetricProvider } from '../core/analysis/provider.ts';
import { addressOf, below, configurationOf } from './configuration.ts';
import { ask, type Asking } from './http/ask.ts';
import { jsonOf, requireSuccess } from './http/answer.ts';
import { fixedText } from './number-text.ts';

const TIMEOUT_MS = 10_000;
const DECIMALS = 6;

/** A value and its time. Some servers send numbers as text. */
const datapoint = z.tuple([
  z.union([z.number(), z.null(), z.string().regex(/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i)]),
  z.unknown(),
]);
const series = z.array(z.object({ datapoints: z.array(datapoint) }));

export function graphiteProvider(dependencies: Asking): MetricProvider {
  return {
    measure: async ({ metric }, signal) => {
      const { address = '', query = '' } = configurationOf(metric, 'graphite');
      const url = below(addressOf(address, 'the address of Graphite is not a URL'), '/render');
      // The query is the one of the URL, `target=` and all. Blanks are there to be read only.
      url.search = new URLSearchParams(query.replaceAll(/\s+/g, '')).toString();
      url.searchParams.set('format', 'json');
      const answer = await ask(dependencies, { url }, TIMEOUT_MS, signal);
      requireSuccess(answer);
      const points = jsonOf(answer, series)[0]?.datapoints ?? [];
      if (points.length === 0) throw new Error(`${answer.host} found no values`);
      const values = points.flatMap(([value]) => (value === null ? [] : [Number(value)]));
      const text = `[${values.map((value) => fixedText(value, DECIMALS)).join(',')}]`;
      return { kind: 'value', result: { type: 'floats', values }, text };
    },
  };
}
