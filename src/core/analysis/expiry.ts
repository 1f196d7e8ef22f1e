/**
 * When a finished run is deleted (spec B.5, TTL).
 */
import type { AnalysisRunSpec, AnalysisRunStatus } from '../../api/schema/analysis-run.ts';
import { parseTime } from '../../kube/time.ts';

/**
 * Milliseconds since the epoch; `null` for a run that is not finished or has no time to live. A time to live is over
 * when more whole seconds have passed, because completion is recorded without its fraction of a second.
 */
export function deleteAtOf({ ttlStrategy }: AnalysisRunSpec, status: AnalysisRunStatus): number | null {
  const completedAt = parseTime(status.completedAt);
  const seconds = ttlStrategy === undefined ? undefined : secondsFor(status.phase, ttlStrategy);
  return completedAt === null || seconds === undefined ? null : completedAt + (seconds + 1) * 1000;
}

function secondsFor(
  phase: string | undefined,
  { secondsAfterCompletion, secondsAfterFailure, secondsAfterSuccess }: NonNullable<AnalysisRunSpec['ttlStrategy']>,
): number | undefined {
  switch (phase) {
    case 'Successful':
      return secondsAfterSuccess ?? secondsAfterCompletion;
    case 'Failed':
      return secondsAfterFailure ?? secondsAfterCompletion;
    case 'Error':
    case 'Inconclusive':
      return secondsAfterCompletion;
    default:
      return undefined;
  }
}
