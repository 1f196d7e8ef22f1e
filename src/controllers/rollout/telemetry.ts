/**
 * The metrics of a Rollout: its phase at the moment of a scrape, and how long a rollout took once it has ended (spec 9.2,
 * 9.3).
 */
import type { Rollout } from '../../api/schema/rollout.ts';
import type { RolloutDuration } from '../../api/schema/status.ts';
import { DEFAULTS } from '../../api/words/defaults.ts';
import { namedStrategy } from '../../core/strategies/strategies.ts';
import { routerOf } from '../../core/traffic/routers.ts';
import { findCondition, isTrue } from '../../kube/conditions.ts';
import { parseTime } from '../../kube/time.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import type { RolloutSample } from '../../telemetry/rollout-metrics.ts';

/** The words of `rollout_info`, which are not those of `status.phase`. */
const PHASE_OF_REASON: Readonly<Record<string, string>> = {
  NewReplicaSetAvailable: 'Completed',
  RolloutPaused: 'Paused',
  ReplicaSetCreateError: 'Error',
  ProgressDeadlineExceeded: 'Timeout',
  RolloutAborted: 'Abort',
};

export function sampleOf(rollout: Rollout): RolloutSample {
  const { namespace = '', name } = rollout.metadata;
  const { status = {}, spec } = rollout;
  const reason = findCondition(status.conditions, 'Progressing')?.reason ?? '';
  const replicas = status.replicas ?? 0;
  const available = status.availableReplicas ?? 0;
  return {
    namespace,
    name,
    strategy: namedStrategy(rollout)?.name ?? 'none',
    trafficRouter: routerOf(rollout).name,
    phase: isTrue(status.conditions, 'InvalidSpec') ? 'InvalidSpec' : (PHASE_OF_REASON[reason] ?? 'Progressing'),
    replicas: {
      available,
      unavailable: Math.max(0, replicas - available),
      desired: spec.replicas ?? DEFAULTS.replicas,
      updated: status.updatedReplicas ?? 0,
    },
  };
}

/** Observes a rollout that ended between two versions of its object. A record that was replaced unfinished was superseded. */
export function observeDuration(metrics: Metrics, previous: Rollout, rollout: Rollout): void {
  const before = previous.status?.duration;
  const after = rollout.status?.duration;
  const replaced = before !== undefined && before.rolloutStartedAt !== after?.rolloutStartedAt;
  if (replaced && before.finishedAt === undefined && after?.rolloutStartedAt !== undefined) {
    observeOne(metrics, { ...before, finishedAt: after.rolloutStartedAt }, 'Superseded');
  }
  if (after?.finishedAt !== undefined && (replaced || before?.finishedAt === undefined)) {
    observeOne(metrics, after, after.completionStatus ?? '');
  }
}

function observeOne(metrics: Metrics, record: RolloutDuration, status: string): void {
  const start = parseTime(record.rolloutStartedAt);
  const end = parseTime(record.finishedAt);
  if (start === null || end === null) return;
  const seconds = Math.max(0, (end - start) / 1000);
  const paused = record.totalManualPauseDurationSeconds ?? 0;
  metrics.rolloutDuration.observe({ status }, seconds);
  metrics.rolloutProgressionDuration.observe({ status }, Math.max(0, seconds - paused));
  metrics.rolloutManualPauseDuration.observe({ status }, paused);
}
