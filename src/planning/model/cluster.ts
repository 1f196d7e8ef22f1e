/** The cluster of the model: everything around the controller of Rollouts, all of which reacts at once. */
import { nextMeasurementAt, settleAnalysisRuns } from './analysis-runs.ts';
import { settleDeployments } from './deployments.ts';
import { settleEndpoints } from './endpoints.ts';
import { settleExperiments } from './experiments.ts';
import { nextPodAt, settleReplicaSets, type PodPace } from './replica-sets.ts';
import { settleRoutes } from './routes.ts';
import type { Store } from './store.ts';

/** More rounds than any object needs to come to rest. */
const MOST_ROUNDS = 50;

/** Everything has come to rest afterwards; returns when something happens by itself, `null` when nothing will. */
export function settleCluster(store: Store, pace: PodPace): number | null {
  let experimentAt: number | null = null;
  for (let round = 0, version = -1; version !== store.version && round < MOST_ROUNDS; round++) {
    ({ version } = store);
    settleDeployments(store);
    settleReplicaSets(store, pace);
    settleEndpoints(store);
    settleRoutes(store);
    experimentAt = settleExperiments(store);
    settleAnalysisRuns(store);
  }
  const times = [experimentAt, nextPodAt(store, pace), nextMeasurementAt(store)].filter((time) => time !== null);
  return times.length === 0 ? null : Math.min(...times);
}
