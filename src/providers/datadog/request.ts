/** What is asked of Datadog: a query in version 1 of its API, or queries and a formula in version 2. */
import type { Metric } from '../../core/analysis/provider.ts';
import { below, durationMs } from '../configuration.ts';
import type { HttpRequest } from '../http/request.ts';

export type Datadog = NonNullable<Metric['provider']['datadog']>;

const DEFAULT_INTERVAL = '5m';
const DEFAULT_AGGREGATOR = 'last';

/** Whether the metric asks version 1, which is the default of the API. */
export function isVersion1({ apiVersion = 'v1' }: Datadog): boolean {
  return apiVersion !== 'v2';
}

/** Throws a sentence for what cannot be asked. */
export function checkQueries(datadog: Datadog): void {
  const { query = '', queries = {}, formula = '', aggregator = '' } = datadog;
  const count = Object.keys(queries).length;
  if (query === '' && count === 0) throw new Error('the metric has neither query nor queries');
  if (query !== '' && count > 0) throw new Error('query and queries cannot both be set');
  if (formula !== '' && count === 0) throw new Error('a formula needs queries');
  if (formula === '' && count > 1) throw new Error('several queries need a formula');
  if (isVersion1(datadog) && query === '') throw new Error('version v1 of the API needs query');
  if (isVersion1(datadog) && aggregator !== '') throw new Error('version v1 of the API has no aggregator');
}

/** The request without its keys. Times are whole seconds. */
export function requestOf(datadog: Datadog, address: URL, nowMs: number): Pick<HttpRequest, 'method' | 'url' | 'body'> {
  const to = Math.floor(nowMs / 1000);
  const from = to - Math.trunc(durationMs(datadog.interval || DEFAULT_INTERVAL, 'interval') / 1000);
  if (!isVersion1(datadog)) return scalarRequest(datadog, address, from, to);
  const url = below(address, '/api/v1/query');
  url.searchParams.set('query', datadog.query ?? '');
  url.searchParams.set('from', String(from));
  url.searchParams.set('to', String(to));
  return { url };
}

function scalarRequest(
  datadog: Datadog,
  address: URL,
  from: number,
  to: number,
): Pick<HttpRequest, 'method' | 'url' | 'body'> {
  const { query = '', queries = {}, formula = '', aggregator } = datadog;
  const named = query === '' ? queries : { query };
  const attributes = {
    // Version 2 counts in milliseconds.
    from: from * 1000,
    to: to * 1000,
    queries: Object.entries(named).map(([name, text]) => ({
      aggregator: aggregator || DEFAULT_AGGREGATOR,
      data_source: 'metrics',
      name,
      query: text,
    })),
    formulas: formula === '' ? [] : [{ formula }],
  };
  return {
    method: 'POST',
    url: below(address, '/api/v2/query/scalar'),
    body: JSON.stringify({ data: { type: 'scalar_request', attributes } }),
  };
}
