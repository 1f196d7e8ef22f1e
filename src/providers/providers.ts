/** Every provider of metrics, by its key in a metric. */
import type { MetricProvider } from '../core/analysis/provider.ts';
import { cloudWatchProvider } from './cloud-watch/cloud-watch.ts';
import type { ProviderKey } from './configuration.ts';
import { datadogProvider } from './datadog/datadog.ts';
import type { ProviderDependencies } from './dependencies.ts';
import { graphiteProvider } from './graphite.ts';
import { endingWith } from './http/time-limit.ts';
import { influxdbProvider } from './influxdb/influxdb.ts';
import { kayentaProvider } from './kayenta/kayenta.ts';
import { newRelicProvider } from './new-relic.ts';
import { pluginProvider } from './plugin.ts';
import { prometheusProvider } from './prometheus/prometheus.ts';
import { skywalkingProvider } from './skywalking.ts';
import { wavefrontProvider } from './wavefront.ts';
import { webProvider } from './web.ts';

/** Providers that are made elsewhere: a Job needs the client of Kubernetes. */
export type HandedIn = Readonly<Record<'job', MetricProvider>>;

export function createProviders(
  dependencies: ProviderDependencies,
  { job }: HandedIn,
): Readonly<Record<ProviderKey, MetricProvider>> {
  return {
    prometheus: prompt(prometheusProvider(dependencies)),
    web: prompt(webProvider(dependencies)),
    job,
    datadog: prompt(datadogProvider(dependencies)),
    newRelic: prompt(newRelicProvider(dependencies)),
    wavefront: prompt(wavefrontProvider(dependencies)),
    cloudWatch: prompt(cloudWatchProvider(dependencies)),
    kayenta: prompt(kayentaProvider(dependencies)),
    graphite: prompt(graphiteProvider(dependencies)),
    influxdb: prompt(influxdbProvider(dependencies)),
    skywalking: prompt(skywalkingProvider(dependencies)),
    plugin: pluginProvider,
  };
}

/** A provider that ends with its signal, whatever it waits for. */
function prompt({ measure, resume, ...others }: MetricProvider): MetricProvider {
  return {
    ...others,
    measure: async (order, signal) => endingWith(signal, async () => measure(order, signal)),
    ...(resume === undefined
      ? {}
      : {
          resume: async (order, unfinished, signal) =>
            endingWith(signal, async () => resume(order, unfinished, signal)),
        }),
  };
}
