/** What a metric asks of its provider, in a line or a few, as people look for it when a value surprises them. */
import type { AnalysisArgument } from '../../api/schema/metric.ts';
import type { Metric } from '../analysis/provider.ts';
import { MASK } from '../analysis/redaction.ts';
import { argumentValues } from '../analysis/secrets.ts';
import { substituteArguments } from '../analysis/substitution.ts';

/** A user and a password in a URL. */
const CREDENTIALS = /(?<=\/\/)[^\s/?#@]+(?=@)/g;

/** The metrics with their arguments put in. Secrets are masked; where an argument has no value, the placeholders stay. */
export function shownMetrics(
  metrics: readonly Metric[],
  args: readonly AnalysisArgument[] | undefined,
): readonly Metric[] {
  const resolved = argumentValues(args, null);
  if ('problem' in resolved) return metrics;
  const secret = (args ?? []).filter(({ valueFrom }) => valueFrom?.secretKeyRef !== undefined);
  const values = new Map([...resolved.values, ...secret.map(({ name }) => [name, MASK] as const)]);
  const filled = substituteArguments(metrics, values);
  return 'problem' in filled ? metrics : filled.value;
}

/** '' for a provider that is asked for no query, such as a Job. */
export function queryOf({ provider }: Metric): string {
  const { web, datadog, cloudWatch } = provider;
  const asked = [provider.prometheus, provider.newRelic, provider.wavefront, provider.graphite, provider.influxdb];
  const plain = [...asked, provider.skywalking, datadog].find((one) => (one?.query ?? '') !== '')?.query;
  if (plain !== undefined) return plain;
  if (web !== undefined) return webQuery(web).replaceAll(CREDENTIALS, MASK);
  if (datadog?.queries !== undefined) return named(datadog.queries, datadog.formula);
  const expressions = (cloudWatch?.metricDataQueries ?? []).map(({ id, expression, metricStat }) => {
    const { metric, stat } = metricStat ?? {};
    return `${id ?? ''}: ${expression ?? [metric?.namespace, metric?.metricName, stat].filter(Boolean).join(' ')}`;
  });
  return expressions.join('\n');
}

function webQuery({ method = 'GET', url, jsonPath = '' }: NonNullable<Metric['provider']['web']>): string {
  return jsonPath === '' ? `${method} ${url}` : `${method} ${url} ${jsonPath}`;
}

function named(queries: Readonly<Record<string, string>>, formula = ''): string {
  const lines = Object.entries(queries).map(([name, query]) => `${name}: ${query}`);
  return [...lines, ...(formula === '' ? [] : [formula])].join('\n');
}
