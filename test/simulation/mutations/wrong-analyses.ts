/**
 * Wrong ways to deal with AnalysisRuns: the core on runs that are not as they are shown to it, and its
 * plans with other writes than it makes. Each says which invariant has to catch it.
 */
import type { AnalysisRun } from '../../../src/api/schema/analysis-run.ts';
import type { CanaryStatus } from '../../../src/api/schema/status.ts';
import { LABELS } from '../../../src/api/words/labels.ts';
import type { AnalysisKind, AnalysisOutcome } from '../../../src/api/words/reasons.ts';
import { isOutcome } from '../../../src/core/analysis/phases.ts';
import { deleteRun, terminateRun } from '../../../src/core/analysis/run-writes.ts';
import type { RolloutWorld } from '../../../src/core/observed/world.ts';
import { decideRollout } from '../../../src/core/rollout/decide.ts';
import type { JsonObject } from '../../../src/kube/json.ts';
import { isControlledBy } from '../../../src/kube/owners.ts';
import { EMPTY_PLAN, type Plan, type Write } from '../../../src/kube/plan.ts';
import { ANALYSIS_RUNS, REPLICA_SETS } from '../../../src/kube/resources.ts';
import { isStatusWrite } from '../invariants/plans.ts';
import { canaryStrategyOf, writing, type Mutation } from './mutation.ts';

const why = 'a deliberate fault';

/** The core itself, on other runs. */
function seeing(
  name: string,
  caughtBy: string,
  change: (run: AnalysisRun, world: RolloutWorld) => AnalysisRun | null,
): Mutation {
  const decide = (world: RolloutWorld): Plan => {
    const runs = world.analysis.runs.flatMap((run) => change(run, world) ?? []);
    return decideRollout({ ...world, analysis: { ...world.analysis, runs } });
  };
  return { name: `analysis: ${name}`, caughtBy, decide };
}

function withPhase(run: AnalysisRun, phase: AnalysisOutcome | 'Running'): AnalysisRun {
  return { ...run, status: { ...run.status, phase } };
}

function isOfKind({ metadata }: AnalysisRun, kind: AnalysisKind): boolean {
  return metadata.labels?.[LABELS.rolloutType] === kind;
}

function canaryOf({ rollout }: RolloutWorld): CanaryStatus {
  return rollout.status?.canary ?? {};
}

/** The runs that the status names. */
function named(world: RolloutWorld): readonly AnalysisRun[] {
  const { currentStepAnalysisRunStatus: step, currentBackgroundAnalysisRunStatus: background } = canaryOf(world);
  return world.analysis.runs.filter(({ metadata: { name } }) => name === step?.name || name === background?.name);
}

function isOfRuns({ resource }: Write): boolean {
  return resource === ANALYSIS_RUNS;
}

function isOfReplicaSets({ resource }: Write): boolean {
  return resource === REPLICA_SETS;
}

function withoutPause(write: Write): Write {
  if (!isStatusWrite(write) || write.op !== 'patch') return write;
  return { ...write, patch: { status: { pauseConditions: null, ...(write.patch['status'] as JsonObject) } } };
}

/** What is in the way as if it were the run that is to be made. */
function adopting(world: RolloutWorld): RolloutWorld {
  const { analysis, rollout } = world;
  const foreign = analysis.inTheWay.filter((run) => !isControlledBy(run, rollout.metadata.uid));
  const { writes } =
    foreign.length === 0 ? EMPTY_PLAN : decideRollout({ ...world, analysis: { ...analysis, inTheWay: [] } });
  const inTheWay = analysis.inTheWay.map((run): AnalysisRun => {
    const wanted = writes.find((write) => isOfRuns(write) && write.op === 'create' && write.name === run.metadata.name);
    if (wanted?.op !== 'create') return run;
    const { metadata, spec } = wanted.body as unknown as AnalysisRun;
    return { ...run, metadata: { ...run.metadata, ...metadata }, spec, status: { phase: 'Running' } };
  });
  return { ...world, analysis: { ...analysis, inTheWay } };
}

export const WRONG_ANALYSES: readonly Mutation[] = [
  seeing('a step passes while its run is measuring', 'analysisStepsPassOnSuccess', (run) =>
    isOfKind(run, 'Step') && run.status?.phase === 'Running' ? withPhase(run, 'Successful') : run,
  ),
  seeing('a step passes although its run has failed', 'analysisStepsPassOnSuccess', (run) =>
    isOfKind(run, 'Step') && run.status?.phase === 'Failed' ? withPhase(run, 'Successful') : run,
  ),
  seeing('an inconclusive run counts as successful', 'analysisStepsPassOnSuccess', (run) =>
    run.status?.phase === 'Inconclusive' ? withPhase(run, 'Successful') : run,
  ),
  seeing('a failed run in the background is ignored', 'failedTrialsGiveTheCanaryUp', (run) =>
    isOfKind(run, 'Background') && run.status?.phase === 'Failed' ? withPhase(run, 'Running') : run,
  ),
  seeing('an error in the background is no failure', 'failedTrialsGiveTheCanaryUp', (run) =>
    isOfKind(run, 'Background') && run.status?.phase === 'Error' ? withPhase(run, 'Successful') : run,
  ),
  seeing('an inconclusive run in the background does not pause', 'inconclusiveTrialsPause', (run) =>
    isOfKind(run, 'Background') && run.status?.phase === 'Inconclusive' ? withPhase(run, 'Running') : run,
  ),
  seeing('the active Service moves while the preview is measured', 'activeMovesAfterItsAnalysis', (run) =>
    isOfKind(run, 'PrePromotion') && run.status?.phase === 'Running' ? withPhase(run, 'Successful') : run,
  ),
  seeing('a revision is stable while it is measured in production', 'stableFollowsItsAnalysis', (run) =>
    isOfKind(run, 'PostPromotion') && run.status?.phase === 'Running' ? withPhase(run, 'Successful') : run,
  ),
  seeing('a failure in production is ignored', 'failedRunsGiveTheRevisionUp', (run) =>
    isOfKind(run, 'PostPromotion') && run.status?.phase === 'Failed' ? withPhase(run, 'Running') : run,
  ),
  seeing('after a retry an old result counts again', 'namedTrialsAreFresh', (run, { rollout }) => {
    const { abort, abortedAt } = rollout.status ?? {};
    const isRetry = abortedAt !== undefined && abort !== true;
    return isRetry && isOutcome(run.status?.phase) ? withPhase(run, 'Running') : run;
  }),
  seeing('runs that the status names are not looked up', 'nothingIsTriedTwice', (run, world) =>
    named(world).includes(run) ? null : run,
  ),
  writing('analysis: no run is asked to end', 'strayTrialsAreAskedToEnd', (writes) =>
    writes.filter((write) => !isOfRuns(write) || write.op !== 'patch'),
  ),
  writing('analysis: all runs are asked to end', 'namedTrialsAreLeftAlone', (writes, world) => [
    ...named(world)
      .filter(({ status, spec }) => !isOutcome(status?.phase) && spec.terminate !== true)
      .map((run) => terminateRun(run, why)),
    ...writes,
  ]),
  writing('analysis: old runs stay', 'trialHistoryIsBounded', (writes) =>
    writes.filter((write) => !isOfRuns(write) || write.op !== 'delete'),
  ),
  writing('analysis: a run is deleted in place of being asked to end', 'onlyEndedTrialsAreDeleted', (writes, world) =>
    writes.map((write) => {
      const run = world.analysis.runs.find(({ metadata }) => metadata.name === write.name);
      return isOfRuns(write) && write.op === 'patch' && run !== undefined ? deleteRun(run, why) : write;
    }),
  ),
  writing('analysis: the outcome of a run is written by the Rollout', 'trialsAreOnlyAskedToEnd', (writes) =>
    writes.map((write) =>
      isOfRuns(write) && write.op === 'patch' ? { ...write, patch: { status: { phase: 'Successful' } } } : write,
    ),
  ),
  {
    name: 'analysis: a collision adopts whatever has the name',
    caughtBy: 'onlyOwnTrialsAreNamed',
    decide: (world) => decideRollout(adopting(world)),
  },
  {
    name: 'analysis: what is paused for a person goes on by itself',
    caughtBy: 'inconclusivePauseLasts',
    decide: (world) => {
      const plan = decideRollout(resumed(world));
      return isHeld(world) ? { ...plan, writes: plan.writes.map(withoutPause) } : plan;
    },
  },
];

/** In a history of its own, held-promotion.test.ts: by chance it is hardly ever found. */
export const HELD_PROMOTION_BRINGS_PODS = writing(
  'analysis: a held promotion brings its pods',
  'heldPromotionsAddNoPods',
  (writes, world) => {
    const { steps = [] } = canaryStrategyOf(world);
    const isPast = world.rollout.status?.currentStepIndex === steps.length;
    if (!isHeld(world) || !isPast) return writes;
    return [...writes, ...decideRollout(judgedGood(resumed(world))).writes.filter(isOfReplicaSets)];
  },
);

/** As if the runs that show nothing had shown that all is well. */
function judgedGood(world: RolloutWorld): RolloutWorld {
  const runs = world.analysis.runs.map((run) =>
    run.status?.phase === 'Inconclusive' ? withPhase(run, 'Successful') : run,
  );
  return { ...world, analysis: { ...world.analysis, runs } };
}

/** For a person, by a run that shows nothing. */
function isHeld({ rollout }: RolloutWorld): boolean {
  return (rollout.status?.pauseConditions ?? []).some(({ reason }) => reason === 'InconclusiveAnalysisRun');
}

function resumed(world: RolloutWorld): RolloutWorld {
  if (!isHeld(world)) return world;
  return { ...world, rollout: { ...world.rollout, status: { ...world.rollout.status, pauseConditions: [] } } };
}
