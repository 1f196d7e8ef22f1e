/** Amazon CloudWatch: one signed request of the operation GetMetricData, in the JSON protocol of AWS. */
import type { MetricProvider } from '../../core/analysis/provider.ts';
import { configurationOf } from '../configuration.ts';
import type { ProviderDependencies } from '../dependencies.ts';
import { ask } from '../http/ask.ts';
import { readingOf } from './answer.ts';
import { bodyOf } from './request.ts';

const TIMEOUT_MS = 30_000;
/** Service and version in the words of the protocol. */
const OPERATION = 'GraniteServiceVersion20100801.GetMetricData';

export function cloudWatchProvider(dependencies: Pick<ProviderDependencies, 'http' | 'timer' | 'aws'>): MetricProvider {
  const { aws } = dependencies;
  return {
    measure: async ({ metric, now }, signal) => {
      const body = bodyOf(configurationOf(metric, 'cloudWatch'), now);
      const region = aws.defaultRegion();
      const request = {
        method: 'POST',
        url: aws.endpointOf('monitoring', region, 'CLOUDWATCH'),
        headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': OPERATION },
        body,
        authentication: aws.authenticationFor({ service: 'monitoring', region }),
      };
      return readingOf(await ask(dependencies, request, TIMEOUT_MS, signal));
    },
  };
}
