/**
 * What the run that a Rollout's status names means for the Rollout (spec B.8).
 */
import type { AnalysisRun } from '../../api/schema/analysis-run.ts';
import type { Experiment } from '../../api/schema/experiment.ts';
import type { CanaryStatus } from '../../api/schema/status.ts';
import { events } from '../../api/events.ts';
import type { AnalysisKind, PauseReason } from '../../api/words/reasons.ts';
import type { EventNote } from '../../kube/plan.ts';
import { isOutcome } from './phases.ts';
import type { Trial } from './run-history.ts';

/** How the status of a Rollout is steered, by people and by the controller. */
export interface Steering {
  readonly controllerPause: boolean;
  readonly pauseReasons: readonly string[];
  readonly abort: boolean;
  readonly abortedAt: string | null;
}

const PAUSES: readonly PauseReason[] = [
  'CanaryPauseStep',
  'BlueGreenPause',
  'InconclusiveAnalysisRun',
  'InconclusiveExperiment',
];

/**
 * True when there is no run (or no Experiment), or the one there is belongs to the past: a person resumed after it was inconclusive, or
 * retried after an abort. The answer comes once, with the look that handles the resume or the retry: forget the run in
 * the status at that look, also when the new one has to wait, for example for pods. Otherwise it aborts the new attempt (G-9).
 */
export function needsNewRun(current: Pick<Trial, 'status'> | null, steering: Steering): boolean {
  if (current === null) return true;
  const { controllerPause, pauseReasons, abort, abortedAt } = steering;
  const isResumed = controllerPause && !PAUSES.some((reason) => pauseReasons.includes(reason));
  const isRetried = abortedAt !== null && !abort;
  return isRetried || (isResumed && current.status?.phase === 'Inconclusive');
}

export type RunEffect =
  | { readonly effect: 'wait' | 'pass' }
  | { readonly effect: 'pause'; readonly reason: PauseReason }
  | { readonly effect: 'abort'; readonly message: string };

const FAILURE_TEXTS = {
  Step: 'Step-based analysis phase error/failed',
  Background: 'Background analysis phase error/failed',
  PrePromotion: 'Blue/green pre-promotion analysis phase error/failed',
  PostPromotion: 'Blue/green post-promotion analysis phase error/failed',
} as const satisfies Record<AnalysisKind, string>;

/** What the run asks of the Rollout. `pass` advances a step and opens a gate; a background run that passes changes nothing. */
export function effectOf(kind: AnalysisKind, { status }: AnalysisRun): RunEffect {
  return effectOfEnd(status, 'InconclusiveAnalysisRun', FAILURE_TEXTS[kind]);
}

/** What the Experiment of a step asks of the Rollout. */
export function effectOfExperiment({ status }: Experiment): RunEffect {
  return effectOfEnd(status, 'InconclusiveExperiment', 'Experiment analysis phase is error/failed');
}

function effectOfEnd(
  status: { readonly phase?: string | undefined; readonly message?: string | undefined } | undefined,
  pause: PauseReason,
  failure: string,
): RunEffect {
  switch (status?.phase) {
    case 'Successful':
      return { effect: 'pass' };
    case 'Inconclusive':
      return { effect: 'pause', reason: pause };
    case 'Failed':
    case 'Error': {
      const why = status.message ?? '';
      return { effect: 'abort', message: why === '' ? failure : `${failure}: ${why}` };
    }
    default:
      return { effect: 'wait' };
  }
}

export type RunMirror = NonNullable<CanaryStatus['currentStepAnalysisRunStatus']>;

/** The run as the status of its Rollout shows it. */
export function mirrorOf({ metadata, status }: AnalysisRun): RunMirror {
  const { phase = '', message = '' } = status ?? {};
  return { name: metadata.name, status: phase, ...(message === '' ? {} : { message }) };
}

/** The event of a Rollout whose run has another phase than the Rollout's status says; `null` when there is nothing new. */
export function phaseChangeEvent(
  kind: AnalysisKind,
  previous: RunMirror | undefined,
  current: RunMirror,
): EventNote | null {
  const before = previous?.name === current.name ? previous.status : '';
  const { name, status } = current;
  if (status === before || (status !== 'Running' && !isOutcome(status))) return null;
  return events.analysisRunChanged(kind, name, status, before);
}
