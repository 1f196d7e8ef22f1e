/** The AnalysisRuns that the bench lets be measured: two web metrics each, without end, every ten seconds. */
import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient } from '../../testbed/cluster/api-client.ts';

export const INTERVAL_MS = 10_000;
export const METRIC_NAMES = ['errors', 'latency'] as const;

const ANALYSIS_API = '/apis/argoproj.io/v1alpha1';
/** Which controller of this API a run belongs to, where there are several. */
const INSTANCE_LABEL = 'argo-rollouts.argoproj.io/controller-instance-id';

export interface RunGroup {
  /** Names the namespace and the instance of the controller that measures them. */
  readonly name: string;
  readonly size: number;
  /** Where the metrics of this group are served. */
  readonly metricsUrl: string;
}

export function namespaceOf(group: string): string {
  return `bench-${group}`;
}

export function runsPath(group: string): string {
  return `${ANALYSIS_API}/namespaces/${namespaceOf(group)}/analysisruns`;
}

export function nameOfRun(index: number): string {
  return `run-${String(index).padStart(4, '0')}`;
}

/**
 * They begin spread over one interval, as the runs of a cluster do, which start at any time. Begun all at once, they
 * would be due all at once for ever.
 */
export async function createRuns(client: ApiClient, { name, size, metricsUrl }: RunGroup): Promise<void> {
  await client.create('/api/v1/namespaces', { metadata: { name: namespaceOf(name) } });
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: size }, async (_, index) => {
      await delay(Math.max(0, startedAt + (index / size) * INTERVAL_MS - performance.now()));
      await client.create(runsPath(name), runNamed(nameOfRun(index), name, metricsUrl));
    }),
  );
}

function runNamed(run: string, instance: string, metricsUrl: string): unknown {
  const metric = (name: (typeof METRIC_NAMES)[number], successCondition: string) => ({
    name,
    interval: `${INTERVAL_MS / 1000}s`,
    successCondition,
    provider: { web: { url: `{{args.url}}/${name}`, jsonPath: '{$.data}' } },
  });
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisRun',
    metadata: { name: run, labels: { [INSTANCE_LABEL]: instance } },
    spec: {
      args: [{ name: 'url', value: `${metricsUrl}/${run}` }],
      metrics: [metric('errors', 'result.errors < 5'), metric('latency', 'result.p99 < 0.5 && result.requests > 0')],
    },
  };
}
