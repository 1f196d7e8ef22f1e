/** Removes what measurements that leave the status have left in the outside system. */
import type { AnalysisRun } from '../../api/schema/analysis-run.ts';
import type { RunDecision } from '../../core/analysis/decide-run.ts';
import type { Metric, MetricProvider } from '../../core/analysis/provider.ts';
import { parseTime } from '../../kube/time.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { LineLogger } from '../../telemetry/logger.ts';

interface RemoveOldOptions {
  readonly clock: Clock;
  readonly providerOf: (metric: Metric) => MetricProvider | undefined;
  readonly logger: LineLogger;
  readonly signal: AbortSignal;
}

/** What cannot be removed stays, until the next measurement is taken or the run is deleted: it is no reason to stop measuring. */
export async function removeOld(
  run: AnalysisRun,
  old: RunDecision['removeOld'],
  { clock, providerOf, logger, signal }: RemoveOldOptions,
): Promise<void> {
  for (const { metric: name, keep } of old) {
    const metric = run.spec.metrics.find((one) => one.name === name);
    const provider = metric === undefined ? undefined : providerOf(metric);
    if (metric === undefined || provider?.removeOld === undefined) continue;
    const { namespace = '', name: runName, uid } = run.metadata;
    // With placeholders as they are: nothing is measured with it.
    const order = {
      run: { namespace, name: runName, uid },
      runStartedAt: parseTime(run.status?.startedAt),
      metric,
      now: clock.now(),
      number: 0,
    };
    try {
      await provider.removeOld(order, keep, signal);
    } catch (error) {
      signal.throwIfAborted();
      logger.warn({ err: error, metric: name }, 'What old measurements have left was not removed');
    }
  }
}
