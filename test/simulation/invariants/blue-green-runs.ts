/**
 * What must be true of the two analyses of blue-green: nothing moves before what was measured is good.
 */
import type { Rollout } from '../../../src/api/schema/rollout.ts';
import type { RolloutStatus } from '../../../src/api/schema/status.ts';
import { LABELS } from '../../../src/api/words/labels.ts';
import type { Trial } from '../../../src/core/analysis/run-history.ts';
import { requestedAnalysis } from '../../../src/core/analysis/template-problem.ts';
import { situationOf } from '../../../src/core/observed/situation.ts';
import { isWithinRollbackWindow } from '../../../src/core/strategies/rollback.ts';
import { ROLLOUTS } from '../../../src/kube/resources.ts';
import { activeMoveOf } from './blue-green-writes.ts';
import { reportedStatus } from './plans.ts';
import { heard } from './trial-writes.ts';
import { hasFailed, isTrying, RUNS } from './trials.ts';
import type { Finding } from './violation.ts';
import { blueGreenStrategyOf, changeOf, replicaSetOf, type WriteFacts } from './write-facts.ts';

const FIELDS = { pre: 'prePromotionAnalysisRunStatus', post: 'postPromotionAnalysisRunStatus' } as const;

/** The run that the status names has measured that revision, and was Successful; `null`: it was. */
function notPassed({ made: { world }, ledger }: WriteFacts, kind: 'pre' | 'post', hash: string): Finding {
  const recorded = world.rollout.status?.blueGreen?.[FIELDS[kind]];
  const run = world.analysis.runs.find(({ metadata }) => metadata.name === recorded?.name);
  // A verdict counts although a person has deleted the run.
  const phase = run?.status?.phase ?? recorded?.status;
  if (recorded === undefined || phase !== 'Successful') return `the ${kind} run ${recorded?.name} is ${phase}`;
  if (run === undefined) return null;
  if (run.metadata.labels?.[LABELS.podTemplateHash] !== hash) return `${recorded.name} is of another revision`;
  return ledger.wasCutShort(run.metadata.uid) ? `${recorded.name} was cut short` : null;
}

/** No approval is needed: a person promotes in full, or the revision ran a moment ago. */
function isFastTracked({ made: { world, plan } }: WriteFacts): boolean {
  const { promoteFull, blueGreen } = world.rollout.status ?? {};
  const after = reportedStatus(plan)?.blueGreen?.fastRollback;
  return (
    promoteFull === true ||
    blueGreen?.fastRollback === true ||
    after === true ||
    isWithinRollbackWindow(situationOf(world))
  );
}

/** The active Service moves to a new revision when what was measured before the switch is good. */
function activeMovesAfterItsAnalysis(facts: WriteFacts): Finding {
  const move = activeMoveOf(facts);
  const { made, cluster } = facts;
  const { status = {} } = made.world.rollout;
  if (move === null || made.author !== 'serin' || !isTrying(status) || move.to !== status.currentPodHash) return null;
  // It is restored, or another revision was never known to be stable.
  if (status.blueGreen?.activeSelector === move.to || replicaSetOf(cluster, status.stableRS ?? '') === undefined)
    return null;
  const asked = requestedAnalysis(blueGreenStrategyOf(made.world.rollout).prePromotionAnalysis) !== null;
  // Past the checkpoint it has passed before.
  const isPast = status.blueGreen?.scaleUpPreviewCheckPoint === true;
  return !asked || isPast || isFastTracked(facts) ? null : notPassed(facts, 'pre', move.to);
}

/** A revision is stable, and the former one may go, when what was measured after the switch is good. */
function stableFollowsItsAnalysis(facts: WriteFacts): Finding {
  const change = changeOf<Rollout>(facts, ROLLOUTS.plural);
  const { made, cluster } = facts;
  const [before, after] = [change?.before.status ?? {}, change?.after.status ?? {}];
  const { stableRS = '', currentPodHash = '' } = after;
  if (stableRS === before.stableRS || stableRS !== currentPodHash || before.currentPodHash !== currentPodHash)
    return null;
  if (!isTrying(before) || replicaSetOf(cluster, before.stableRS ?? '') === undefined || isFastTracked(facts))
    return null;
  const { postPromotionAnalysis } = blueGreenStrategyOf(made.world.rollout);
  const isWithoutPods = made.world.rollout.spec.replicas === 0;
  if (requestedAnalysis(postPromotionAnalysis) === null || isWithoutPods) return null;
  return notPassed(facts, 'post', currentPodHash);
}

/** A failed run ends the update in the look that sees it, while it counts. */
function failedRunsGiveTheRevisionUp(facts: WriteFacts): Finding {
  const told = heard(facts);
  if (told === null || told.before.abortedAt !== undefined || told.after.abort === true) return null;
  if (isFastTracked(facts)) return null;
  const seen = told.seen(RUNS);
  const failed = RUNS.ofBlueGreen(told.before).find((name) => isFailed(facts, told.before, seen.get(name)));
  return failed === undefined ? null : `${failed} has failed, and the update goes on`;
}

/** And its analysis is still asked for, of the Service where the revision is by now. */
function isFailed({ made }: WriteFacts, { blueGreen }: RolloutStatus, run: Trial | undefined): boolean {
  const { prePromotionAnalysis, postPromotionAnalysis } = blueGreenStrategyOf(made.world.rollout);
  const hash = run?.metadata.labels?.[LABELS.podTemplateHash];
  const isPost = run?.metadata.labels?.[LABELS.rolloutType] === 'PostPromotion';
  const asked = isPost ? postPromotionAnalysis : prePromotionAnalysis;
  const hasTakenOver = blueGreen?.activeSelector === hash;
  return hasFailed(run) && requestedAnalysis(asked) !== null && isPost === hasTakenOver;
}

export const blueGreenRunInvariants = {
  activeMovesAfterItsAnalysis,
  stableFollowsItsAnalysis,
  failedRunsGiveTheRevisionUp,
} satisfies Record<string, (facts: WriteFacts) => Finding>;
