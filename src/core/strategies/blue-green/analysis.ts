/**
 * The two analyses of blue-green: that of the preview before the active Service moves, and that of the active revision
 * before it is stable (spec A.6, A.7, B.8). At any moment at most one of them is measured.
 */
import type { RolloutAnalysis } from '../../../api/schema/analysis.ts';
import type { EventNote } from '../../../kube/plan.ts';
import { recordedRun, servingRun, unseenRun } from '../../acts/analysis-runs.ts';
import { waitsFor, type BlockedOn } from '../../acts/blocked.ts';
import { serviceNotReady } from '../../acts/service-not-ready.ts';
import { effectOf, mirrorOf, needsNewRun, type RunMirror } from '../../analysis/current-run.ts';
import { isOutcome } from '../../analysis/phases.ts';
import { requestedAnalysis } from '../../analysis/template-problem.ts';
import type { Situation } from '../../observed/situation.ts';
import { NO_RUN, requested, runEvents, type RequestedRuns } from '../analysis-requests.ts';
import { heedEffects, isResumed, steeringOf, type Heeded } from '../analysis-verdict.ts';
import { runNotFinished } from '../analysis-waits.ts';
import { abortedMemory, type BlueGreenMemory } from './memory.ts';
import { hasTakenOver, isFastTracked, isHalted, isPromoted, type Position } from './position.ts';
import { isAtPreviewSize, isSaturated } from './sizes.ts';

type Turn = 'PrePromotion' | 'PostPromotion';

/** Where the spec has an analysis, and the status its run. */
const FIELDS = {
  PrePromotion: { analysis: 'prePromotionAnalysis', run: 'prePromotionAnalysisRunStatus' },
  PostPromotion: { analysis: 'postPromotionAnalysis', run: 'postPromotionAnalysisRunStatus' },
} as const satisfies Record<Turn, { analysis: string; run: keyof BlueGreenMemory }>;

/** What is recorded of a run; `null` when there is none, or it was deleted before it had finished. */
export function runOf({ memory }: Pick<Position, 'memory'>, turn: Turn): RunMirror | null {
  return memory[FIELDS[turn].run];
}

/**
 * The analysis has to pass before the new revision may take over, or before it is stable. A block without templates asks
 * for nothing (spec G-44), and so does a revision that needs no approval.
 */
export function isAnalysisAhead(position: Position, turn: Turn): boolean {
  const { memory } = position;
  if (analysisFor(position, turn) === null || runOf(position, turn)?.status === 'Successful') return false;
  return turn === 'PostPromotion' || !(memory.scaleUpPreviewCheckPoint || hasTakenOver(position));
}

/** The analysis that the new revision stands before; `null` when it stands before none. */
function analysisAhead(position: Position): Turn | null {
  const turn = turnOf(position);
  return !position.memory.abort && isAnalysisAhead(position, turn) ? turn : null;
}

/** The new revision serves all requests before it is promoted, because it is analysed there; also when that has just ended. */
export function isTriedInProduction(position: Position): boolean {
  const analysis = requestedAnalysis(position.spec.strategy.postPromotionAnalysis);
  return hasTakenOver(position) && (analysis !== null || runOf(position, 'PostPromotion') !== null);
}

/** A run is being waited for. Without one the pods or the endpoints are waited for, which have a deadline (spec G-25). */
export function isMeasured(position: Position): boolean {
  const turn = analysisAhead(position);
  return turn !== null && runOf(position, turn) !== null;
}

/** A run has begun, has another phase, or is not counted any more. */
export function hasMeasured({ memory: before }: Position, { memory: after }: Position): boolean {
  return (['PrePromotion', 'PostPromotion'] as const).some((turn) => {
    const [from, to] = [runOf({ memory: before }, turn), runOf({ memory: after }, turn)];
    return from?.name !== to?.name || from?.status !== to?.status;
  });
}

/**
 * The runs as they are seen now, without those that belong to the past: judged before a person resumed or retried
 * (spec G-9), or before the active Service was moved away from the new revision. `before` is the memory of the last look.
 */
export function rememberRuns(position: Position, before: BlueGreenMemory): BlueGreenMemory {
  const memory: BlueGreenMemory = {
    ...position.memory,
    prePromotionAnalysisRunStatus: remembered(position, before, 'PrePromotion'),
    postPromotionAnalysisRunStatus: remembered(position, before, 'PostPromotion'),
  };
  return isResumed(before) && wasPausedByRun({ ...position, memory }, before)
    ? { ...memory, controllerPause: false }
    : memory;
}

/**
 * Whether it was the pause of a run that a person has ended. The pause before the switch comes after the first analysis,
 * and is over before the second: once the status says that the Service has moved, because that write may have been lost.
 */
function wasPausedByRun(position: Position, before: BlueGreenMemory): boolean {
  const judged = [before.prePromotionAnalysisRunStatus, before.postPromotionAnalysisRunStatus];
  if (judged.some((run) => run?.status === 'Inconclusive')) return true;
  const ahead = analysisAhead(position);
  return ahead === 'PrePromotion' || (ahead !== null && before.activeSelector === position.situation.canaryHash);
}

function remembered(position: Position, before: BlueGreenMemory, turn: Turn): RunMirror | null {
  const recorded = runOf(position, turn);
  const run = recordedRun(position.situation, recorded);
  // A verdict counts although a person has deleted the run.
  const isKept = isOutcome(recorded?.status) || unseenRun(position.situation, recorded) !== null;
  const seen = run !== null ? mirrorOf(run) : isKept ? recorded : null;
  if (seen === null || isPromoted(position) || position.memory.abort) return seen;
  if (needsNewRun({ status: { phase: seen.status } }, steeringOf(before))) return null;
  // After a failure it was moved away by ourselves, and the status write that says so may have been lost.
  return turn === 'PrePromotion' || hasTakenOver(position) || hasFailed(seen) ? seen : null;
}

function hasFailed({ status }: RunMirror): boolean {
  return status === 'Failed' || status === 'Error';
}

/** A failed run gives the new revision up, and one that shows nothing pauses the Rollout. */
export function heedRuns(position: Position): Heeded<BlueGreenMemory> {
  const { situation, memory } = position;
  const turn = analysisAhead(position);
  const run = turn === null ? null : recordedRun(situation, runOf(position, turn));
  const effects = turn === null || run === null ? [] : [effectOf(turn, run)];
  return heedEffects(memory, effects, situation.now, abortedMemory);
}

/** A run that is needed is made when what it measures is there. One that is not needed and has not finished ends. */
export function requestRuns(position: Position): RequestedRuns<BlueGreenMemory> {
  const { situation } = position;
  const turn = turnOf(position);
  const [pre, post] = [keptRun(position, 'PrePromotion'), keptRun(position, 'PostPromotion')];
  const memory: BlueGreenMemory = {
    ...position.memory,
    prePromotionAnalysisRunStatus: pre.mirror,
    postPromotionAnalysisRunStatus: post.mirror,
  };
  const unseen = (mirror: RunMirror | null) => (isOutcome(mirror?.status) ? null : unseenRun(situation, mirror));
  const kept = [pre, post]
    .filter(({ isKept }) => isKept)
    .map(({ mirror }) => ({ ...NO_RUN, mirror, blockedOn: unseen(mirror) }));
  const analysis = analysisFor(position, turn);
  if (analysis === null || runOf(position, turn) !== null || !mayBegin(position)) return requested(memory, kept);
  const run = servingRun(situation, { purpose: { kind: turn }, analysis, recorded: null });
  return requested({ ...memory, [FIELDS[turn].run]: run.mirror }, [...kept, run]);
}

/** What stays recorded of a run, and whether the run itself is neither ended nor deleted. */
function keptRun(position: Position, turn: Turn): { readonly mirror: RunMirror | null; readonly isKept: boolean } {
  const mirror = runOf(position, turn);
  if (mirror === null) return { mirror, isKept: false };
  if (isOutcome(mirror.status) || isNow(position, turn)) return { mirror, isKept: true };
  // A run that is asked to end has measured nothing bad, which is a success. It must not count when it is needed again.
  const isOver = isPromoted(position) || position.memory.abort;
  return { mirror: isOver ? mirror : null, isKept: false };
}

/** What the new revision lacks before it is measured, or the run that has not finished. */
export function analysisNotPassed(position: Position): BlockedOn | null {
  const { situation, spec, memory } = position;
  const isSwitched = memory.activeSelector === situation.canaryHash;
  const turn = isSwitched ? 'PostPromotion' : 'PrePromotion';
  if (!isAnalysisAhead(position, turn)) return null;
  const run = runOf(position, turn);
  if (run !== null || !isSwitched) return runNotFinished(run, 'before the switch');
  if (reachesAlone(position)) return runNotFinished(null, 'after the switch');
  const service = `${situation.namespace}/${spec.activeService}`;
  return waitsFor(
    'AnalysisNotFinished',
    `waiting for active Service ${service} to reach all pods of the new revision and no others, to analyse it`,
  );
}

/** The runs that the status names have another phase now than it says. */
export function eventsOfRuns(situation: Situation): readonly EventNote[] {
  const { prePromotionAnalysisRunStatus: pre, postPromotionAnalysisRunStatus: post } = situation.status.blueGreen ?? {};
  return runEvents(situation, [
    { kind: 'PrePromotion', told: pre },
    { kind: 'PostPromotion', told: post },
  ]);
}

/** The analysis whose turn it is, by what the active Service selects; a run of the second one is followed to its end. */
function turnOf(position: Position): Turn {
  const isFollowed = runOf(position, 'PostPromotion') !== null && analysisFor(position, 'PostPromotion') !== null;
  return hasTakenOver(position) || isFollowed ? 'PostPromotion' : 'PrePromotion';
}

/** Its run is needed, or would be if it had not passed. */
function isNow(position: Position, turn: Turn): boolean {
  return !position.memory.abort && turn === turnOf(position) && analysisFor(position, turn) !== null;
}

/** `null` where it is not asked for: the first revision and one that needs no approval are not analysed. */
function analysisFor(position: Position, turn: Turn): RolloutAnalysis | null {
  const { spec, memory } = position;
  if (memory.stableRS === '' || isPromoted(position) || isFastTracked(position)) return null;
  return requestedAnalysis(spec.strategy[FIELDS[turn].analysis]);
}

/** What is to be measured is there: all pods of the preview, or all pods of the active revision behind its Service. */
function mayBegin(position: Position): boolean {
  if (position.begins || isHalted(position)) return false;
  switch (analysisAhead(position)) {
    case null:
      return false;
    case 'PrePromotion':
      return isAtPreviewSize(position);
    case 'PostPromotion':
      return isSaturated(position.situation, position.situation.canary) && reachesAlone(position);
  }
}

/** The endpoints of the active Service are all pods of the new revision, and no others. */
function reachesAlone({ situation, spec }: Position): boolean {
  return serviceNotReady(situation, spec.activeService, situation.canaryHash, situation.replicas) === null;
}
