/** Datadog, in both versions of its API. */
import type { MetricProvider } from '../../core/analysis/provider.ts';
import { addressOf, configurationOf, durationMs } from '../configuration.ts';
import type { ProviderDependencies } from '../dependencies.ts';
import { ask } from '../http/ask.ts';
import { requireSuccess } from '../http/answer.ts';
import { scalarReading, seriesReading } from './answer.ts';
import { credentialsOf } from './credentials.ts';
import { checkQueries, isVersion1, requestOf } from './request.ts';

const DEFAULT_TIMEOUT = '10s';

type Dependencies = Pick<ProviderDependencies, 'http' | 'timer' | 'environment' | 'readSecret' | 'controllerNamespace'>;

export function datadogProvider(dependencies: Dependencies): MetricProvider {
  return {
    measure: async ({ metric, run, now }, signal) => {
      const datadog = configurationOf(metric, 'datadog');
      checkQueries(datadog);
      const limitMs = durationMs(datadog.requestTimeout || DEFAULT_TIMEOUT, 'requestTimeout');
      if (limitMs <= 0) throw new Error('requestTimeout must be longer than 0');
      const { address, apiKey, appKey } = await credentialsOf(datadog, run.namespace, dependencies);
      const request = {
        ...requestOf(datadog, addressOf(address, 'the address of Datadog is not a URL'), now),
        headers: { 'content-type': 'application/json', 'dd-api-key': apiKey, 'dd-application-key': appKey },
      };
      const answer = await ask(dependencies, request, limitMs, signal);
      requireSuccess(answer);
      return isVersion1(datadog) ? seriesReading(answer) : scalarReading(answer);
    },
  };
}
