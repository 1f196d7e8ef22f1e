/**
 * Plugins of metrics are programs that speak a protocol of Go's. This controller runs none: validation refuses them, and
 * what gets past it is an error.
 */
import type { MetricProvider } from '../core/analysis/provider.ts';

const PLUGINS_ARE_REFUSED =
  'metric plugins are not supported: measure with the provider web or job instead, which can ask any program';

export const pluginProvider: MetricProvider = {
  measure: async () => Promise.reject(new Error(PLUGINS_ARE_REFUSED)),
};
