/** The providers of metrics, put together from the client of Kubernetes and from what is outside of the cluster. */
import { evaluateTime } from '../../core/analysis/expressions/time-expression.ts';
import type { Metric, MetricProvider } from '../../core/analysis/provider.ts';
import type { ProviderDependencies } from '../../providers/dependencies.ts';
import { jobProvider } from '../../providers/job/job.ts';
import type { JobStore } from '../../providers/job/job-store.ts';
import { createOutside } from '../../providers/outside.ts';
import { createProviders } from '../../providers/providers.ts';
import type { Client } from '../../runtime/client.ts';
import type { Clock } from '../../runtime/clock.ts';
import { providerKeyOf } from './provider-key.ts';
import { readSecret } from './secrets.ts';

interface MetricProvidersOptions {
  readonly client: Pick<Client, 'get'>;
  readonly clock: Clock;
  readonly environment: ProviderDependencies['environment'];
  /** Where the Secrets of providers are. */
  readonly controllerNamespace: string;
  readonly jobs: JobStore;
  /** Where Jobs are made; the namespace of their run when absent. */
  readonly jobNamespace?: string | undefined;
}

export interface MetricProviders {
  readonly providerOf: (metric: Metric) => MetricProvider | undefined;
  /** Ends every connection to the outside. */
  readonly close: () => Promise<void>;
}

export function createMetricProviders(options: MetricProvidersOptions): MetricProviders {
  const { client, clock, environment, controllerNamespace, jobs, jobNamespace } = options;
  const { close, ...outside } = createOutside({ clock, environment });
  const providers = createProviders(
    {
      ...outside,
      controllerNamespace,
      readSecret: (namespace, name) => readSecret(client, namespace, name),
      evaluateTime,
    },
    { job: jobProvider({ store: jobs, namespace: jobNamespace }) },
  );
  const providerOf = (metric: Metric): MetricProvider | undefined => {
    const key = providerKeyOf(metric);
    return key === undefined ? undefined : providers[key];
  };
  return { providerOf, close };
}
