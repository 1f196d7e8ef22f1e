/** The queries of a metric, as the API of CloudWatch takes them in JSON. */
import type { Metric } from '../../core/analysis/provider.ts';
import { durationMs } from '../configuration.ts';

type CloudWatch = NonNullable<Metric['provider']['cloudWatch']>;
type Query = CloudWatch['metricDataQueries'][number];

const DEFAULT_INTERVAL = '5m';

/** The body of a request. Times are seconds since the epoch. */
export function bodyOf({ interval, metricDataQueries }: CloudWatch, now: number): string {
  return JSON.stringify({
    StartTime: (now - durationMs(interval || DEFAULT_INTERVAL, 'interval')) / 1000,
    EndTime: now / 1000,
    MetricDataQueries: metricDataQueries.map(queryOf),
  });
}

/** A field that is not set is left out by JSON. */
function queryOf({ id, expression, label, metricStat, period, returnData }: Query) {
  return {
    Id: id,
    Expression: expression,
    Label: label,
    MetricStat: metricStat === undefined ? undefined : statOf(metricStat),
    Period: wholeNumber(period),
    ReturnData: returnData,
  };
}

function statOf({ metric = {}, period, stat, unit }: NonNullable<Query['metricStat']>) {
  const { dimensions, metricName, namespace } = metric;
  return {
    Metric: {
      Namespace: namespace,
      MetricName: metricName,
      Dimensions: dimensions?.map(({ name, value }) => ({ Name: name, Value: value })),
    },
    Period: wholeNumber(period),
    Stat: stat,
    Unit: unit || undefined,
  };
}

function wholeNumber(period: string | number | undefined): number | undefined {
  if (period === undefined) return undefined;
  if (!/^[+-]?\d+$/.test(String(period))) throw new Error('a period is not a whole number');
  return Number(period);
}
