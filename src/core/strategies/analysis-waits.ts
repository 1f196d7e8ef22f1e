/**
 * Waits for the runs of an update, in a sentence for a person.
 */
import type { PauseReason } from '../../api/words/reasons.ts';
import { blocked, waitsFor, type BlockedOn } from '../acts/blocked.ts';
import type { RunMirror } from '../analysis/current-run.ts';
import type { Memory } from '../observed/memory.ts';

const PAUSE = 'InconclusiveAnalysisRun' satisfies PauseReason;

/** `purpose` completes "the AnalysisRun …" while there is no run yet. */
export function runNotFinished(run: Pick<RunMirror, 'name'> | null, purpose: string): BlockedOn {
  const what = run === null ? `the AnalysisRun ${purpose} to start` : `AnalysisRun ${run.name} to finish`;
  return waitsFor('AnalysisNotFinished', `waiting for ${what}`);
}

/** The pause of a run that shows nothing, with what it says; `null` without such a pause. */
export function inconclusivePause({ pauseConditions }: Memory, runs: readonly RunMirror[]): BlockedOn | null {
  const pause = pauseConditions.find(({ reason }) => reason === PAUSE);
  if (pause === undefined) return null;
  const run = runs.find(({ status }) => status === 'Inconclusive');
  const what = run === undefined ? 'an AnalysisRun was' : `AnalysisRun ${run.name} was`;
  const why = run?.message === undefined ? '' : ` (${run.message})`;
  return blocked(
    'AnalysisInconclusive',
    `paused since ${pause.startTime}, because ${what} inconclusive${why}, resume to measure again`,
  );
}
