/**
 * The runs that a look asks for and reports, whatever the strategy (spec B.8).
 */
import type { AnalysisKind } from '../../api/words/reasons.ts';
import type { EventNote } from '../../kube/plan.ts';
import { recordedRun, type DesiredRuns, type ServingRun } from '../acts/analysis-runs.ts';
import type { BlockedOn } from '../acts/blocked.ts';
import { mirrorOf, phaseChangeEvent, type RunMirror } from '../analysis/current-run.ts';
import type { Memory } from '../observed/memory.ts';
import type { Situation } from '../observed/situation.ts';

/** The runs that a position needs, and the memory that names them. */
export interface RequestedRuns<Remembered extends Memory> {
  readonly memory: Remembered;
  readonly runs: DesiredRuns;
  /** Why one of them cannot be made. */
  readonly blockedOn: BlockedOn | null;
}

/** Nothing is analysed. */
export const NO_RUN: ServingRun = { mirror: null, creation: null, blockedOn: null };

export function requested<Remembered extends Memory>(
  memory: Remembered,
  runs: readonly ServingRun[],
): RequestedRuns<Remembered> {
  return {
    memory,
    runs: {
      current: new Set(runs.flatMap(({ mirror }) => mirror?.name ?? [])),
      creations: runs.flatMap(({ creation }) => creation ?? []),
    },
    blockedOn: runs.find(({ blockedOn }) => blockedOn !== null)?.blockedOn ?? null,
  };
}

/** What the status says of a run, `undefined` without one. */
export interface ToldRun {
  readonly kind: AnalysisKind;
  readonly told: RunMirror | undefined;
}

/** The runs have another phase now than the status says. */
export function runEvents(situation: Situation, runs: readonly ToldRun[]): readonly EventNote[] {
  return runs.flatMap(({ kind, told }) => {
    const run = recordedRun(situation, told ?? null);
    return run === null ? [] : (phaseChangeEvent(kind, told, mirrorOf(run)) ?? []);
  });
}
