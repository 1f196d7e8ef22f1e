/** How many pods a rollout has, as its status counts them. */
import type { RolloutStatus } from '../../api/schema/status.ts';

export interface PodCounts {
  readonly current: number;
  readonly updated: number;
  readonly ready: number;
  readonly available: number;
}

export function countsOf(status: RolloutStatus): PodCounts {
  const { replicas: current = 0, updatedReplicas: updated = 0 } = status;
  return { current, updated, ready: status.readyReplicas ?? 0, available: status.availableReplicas ?? 0 };
}
