/** Which provider measures a metric. */
import type { Metric } from '../../core/analysis/provider.ts';
import type { ProviderKey } from '../../providers/configuration.ts';

/** The first that is set: the core lets no metric with several be measured. */
export function providerKeyOf({ provider }: Metric): ProviderKey | undefined {
  return (Object.keys(provider) as ProviderKey[]).find((key) => provider[key] !== undefined);
}
