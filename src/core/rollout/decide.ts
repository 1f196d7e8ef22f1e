/**
 * The decision about one Rollout: from what is observed to what is to be written now. No I/O, no clock, no randomness:
 * the same world gives the same plan.
 */
import type { Plan, Write } from '../../kube/plan.ts';
import { EMPTY_PLAN, sameTarget } from '../../kube/plan.ts';
import { claimWrites } from '../acts/claims.ts';
import { blockedByRefusals, isRefused, madeAmong, refusedAmong } from '../acts/failures.ts';
import { firstAfter } from '../acts/next-look.ts';
import { resolveTemplate } from '../observed/resolve-template.ts';
import { situationOf, type Situation } from '../observed/situation.ts';
import type { RolloutWorld } from '../observed/world.ts';
import { report } from '../report/report.ts';
import { strategyOf } from '../strategies/strategies.ts';
import { actsOf } from './acts.ts';
import { handoverWrites } from './handover.ts';
import { decideLeftovers } from './leftovers.ts';
import { decideRestart } from './restart.ts';
import { problemOf } from './spec-problem.ts';
import { standstillPlan } from './standstill.ts';
import { decideWorkloadScaling } from './workload-scale-down.ts';

export function decideRollout(observed: RolloutWorld): Plan {
  if (observed.rollout.metadata.deletionTimestamp !== undefined) return EMPTY_PLAN;
  const resolved = resolveTemplate(observed);
  // Without a selector nothing would match any more, and all would be released.
  if ('problem' in resolved) return standstillPlan(situationOf(observed), resolved.problem);
  const { world } = resolved;
  const situation = situationOf(world);
  const claims = claimWrites(world, observed.rollout.spec.selector);
  // Until all that is ours is adopted, nothing may be concluded from what is missing.
  const unclaimed = blockedByRefusals(situation, refusedAmong(situation, claims));
  if (unclaimed !== null) return standstillPlan(situation, { kind: 'refused', text: unclaimed.message });
  if (claims.length > 0) return { writes: claims };
  const problem = problemOf(situation);
  if (problem !== null) return standstillPlan(situation, problem, handoverWrites(situation));
  return rollingPlan(situation);
}

function rollingPlan(situation: Situation): Plan {
  const decision = strategyOf(situation.rollout).decide(situation);
  const { memory, desired, standing } = decision;
  const workload = decideWorkloadScaling(situation, memory, desired.services);
  const leftovers = decideLeftovers(situation);
  const acts = actsOf(situation, decision, leftovers);
  const changesCluster = madeAmong(situation, acts.all).length > 0;
  const restart = decideRestart(situation, {
    memory,
    unavailable: desired.restartBudget,
    busy: changesCluster || workload.write !== null || standing.begins || decision.events.length > 0,
  });
  // Objects that users own come last: they are not touched when the status write finds that the Rollout has changed.
  const last: Write[] = [...(workload.write === null ? [] : [workload.write]), ...restart.evictions];
  const later = last.filter((write) => !isRefused(situation, write.resource, write.name));
  const reported = report(situation, decision, {
    restart,
    workload,
    leftovers,
    changesCluster,
    missing: blockedByRefusals(situation, refusedAmong(situation, acts.essential)),
    writesLater: later.length > 0,
    eventsSent: isRefusedAfterAll(situation, last),
  });
  const rest = [...(reported.write === null ? [] : [reported.write]), ...later];
  const writes = [
    ...(situation.world.refused.length > 0 ? [] : acts.all),
    ...rest.map((write): Write => ({ ...write, afterAll: true })),
  ];
  const wakes = [decision.wakeAt, leftovers.settledAt, workload.wakeAt, restart.wakeAt, reported.wakeAt];
  const wakeAt = firstAfter(situation.now, wakes);
  return wakeAt === null ? { writes } : { writes, requeueAfterMs: wakeAt - situation.now };
}

/** Only a write after the report was refused: the report itself has been made. */
function isRefusedAfterAll({ world: { refused } }: Situation, last: readonly Write[]): boolean {
  return refused.length > 0 && refused.every(({ write }) => last.some((one) => sameTarget(one, write)));
}
