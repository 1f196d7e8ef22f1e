/** Where the keys for Datadog come from: the Secret that the metric names, else the environment, else a Secret of ours. */
import type { Metric } from '../../core/analysis/provider.ts';
import type { ProviderDependencies } from '../dependencies.ts';
import { requiredKeys, secretOf } from '../secrets.ts';

type Datadog = NonNullable<Metric['provider']['datadog']>;

export interface DatadogCredentials {
  readonly address: string;
  readonly apiKey: string;
  readonly appKey: string;
}

const DEFAULT_SECRET = 'datadog';
const DEFAULT_ADDRESS = 'https://api.datadoghq.com';

export async function credentialsOf(
  { secretRef = {} }: Datadog,
  namespace: string,
  dependencies: Pick<ProviderDependencies, 'environment' | 'readSecret' | 'controllerNamespace'>,
): Promise<DatadogCredentials> {
  const { environment, readSecret, controllerNamespace } = dependencies;
  const { name = '', namespaced = false } = secretRef;
  if (namespaced && name === '') throw new Error('secretRef needs a name where it is namespaced');
  const { DD_ADDRESS: address, DD_API_KEY: apiKey, DD_APP_KEY: appKey } = environment;
  if (name === '' && address && apiKey && appKey) return { address, apiKey, appKey };
  const place = namespaced ? namespace : controllerNamespace;
  const secret = await secretOf(readSecret, place, name || DEFAULT_SECRET);
  const keys = requiredKeys(secret, `${place}/${name || DEFAULT_SECRET}`, ['api-key', 'app-key']);
  return {
    address: secret['address']?.trim() || DEFAULT_ADDRESS,
    apiKey: keys['api-key'],
    appKey: keys['app-key'],
  };
}
