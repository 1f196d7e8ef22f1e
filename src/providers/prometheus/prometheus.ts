/** Prometheus, and what answers like it: an instant query, or a range query. */
import type { Metric, MetricProvider } from '../../core/analysis/provider.ts';
import { credentialsOf, signatureFor } from '../authentication/of-metric.ts';
import { addressOf, below, configurationOf, durationMs, headersOf, timeoutMs } from '../configuration.ts';
import type { EvaluateTime, ProviderDependencies } from '../dependencies.ts';
import type { Environment } from '../http/proxy.ts';
import type { HttpAnswer, HttpRequest } from '../http/request.ts';
import { withinTime } from '../http/time-limit.ts';
import { decimalText } from '../number-text.ts';
import { queryResultOf } from './answer.ts';

const ADDRESS_VARIABLE = 'ARGO_ROLLOUTS_PROMETHEUS_ADDRESS';
const DEFAULT_TIMEOUT_SECONDS = 30;
/** What servers answer that take queries only in the URL. */
const NO_POST: ReadonlySet<number> = new Set([405, 501]);

type Prometheus = NonNullable<Metric['provider']['prometheus']>;
type Send = (request: HttpRequest) => Promise<HttpAnswer>;
type Dependencies = Pick<ProviderDependencies, 'http' | 'timer' | 'environment' | 'evaluateTime' | 'oauth2' | 'aws'>;

export function prometheusProvider(dependencies: Dependencies): MetricProvider {
  const { http, timer, environment, evaluateTime } = dependencies;
  return {
    measure: async ({ metric, now }, signal) => {
      const prometheus = configurationOf(metric, 'prometheus');
      const address = serverOf(prometheus, environment);
      const limitMs = timeoutMs(prometheus.timeout, DEFAULT_TIMEOUT_SECONDS, 'prometheus timeout');
      const { path, form } = queryOf(prometheus, now, evaluateTime);
      const common = commonPart(address, prometheus, dependencies);
      const answer = await withinTime({ timer, limitMs, host: address.host, signal }, async (limited) => {
        const send: Send = async (request) =>
          http({ ...common, ...request, headers: { ...request.headers, ...common.headers } }, limited);
        return postOrGet(send, below(address, path), form);
      });
      const { result, text, warnings } = queryResultOf(answer);
      const metadata = { warnings: warnings.map((warning) => `"${warning}"`).join(', ') };
      return { kind: 'value', result, text, ...(warnings.length === 0 ? {} : { metadata }) };
    },
    describe: ({ provider: { prometheus } }) =>
      prometheus?.query ? { ResolvedPrometheusQuery: prometheus.query } : {},
  };
}

function serverOf({ address = '' }: Prometheus, environment: Environment): URL {
  const configured = address || environment[ADDRESS_VARIABLE];
  if (!configured) throw new Error('prometheus address is not configured');
  // The words are those that this API has always had.
  return addressOf(configured, 'prometheus address is not is url format');
}

/** What every request of the metric has. */
function commonPart(
  address: URL,
  { insecure = false, headers = [], authentication = {} }: Prometheus,
  { oauth2, aws }: Dependencies,
): Pick<HttpRequest, 'insecure' | 'headers' | 'authentication'> {
  const authenticated =
    signatureFor(address, authentication.sigv4, aws) ?? credentialsOf(authentication, insecure, oauth2);
  return {
    insecure,
    headers: headersOf(headers),
    ...(authenticated === undefined ? {} : { authentication: authenticated }),
  };
}

interface Query {
  readonly path: string;
  readonly form: URLSearchParams;
}

function queryOf({ query = '', rangeQuery }: Prometheus, now: number, evaluateTime: EvaluateTime): Query {
  if (rangeQuery === undefined) {
    return { path: '/api/v1/query', form: new URLSearchParams({ query, time: secondsText(now) }) };
  }
  const { start = '', end = '', step = '' } = rangeQuery;
  const instant = (text: string, field: string): string => {
    const evaluated = evaluateTime(text, now);
    if ('time' in evaluated) return secondsText(evaluated.time);
    throw new Error(`rangeQuery.${field} is not a time: ${evaluated.problem}`);
  };
  const form = new URLSearchParams({
    query,
    start: instant(start, 'start'),
    end: instant(end, 'end'),
    step: secondsText(durationMs(step, 'rangeQuery.step')),
  });
  return { path: '/api/v1/query_range', form };
}

function secondsText(ms: number): string {
  return decimalText(ms / 1000);
}

/** In the body, because queries are long; in the URL where the server does not take that. */
async function postOrGet(send: Send, url: URL, form: URLSearchParams): Promise<HttpAnswer> {
  const answer = await send({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
  });
  if (!NO_POST.has(answer.status)) return answer;
  const withQuery = new URL(url);
  for (const [name, value] of form) withQuery.searchParams.append(name, value);
  return send({ url: withQuery });
}
