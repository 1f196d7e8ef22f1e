/**
 * What must be true of every plan by itself, whatever the outcome of its writes.
 */
import { ANNOTATIONS } from '../../../src/api/words/labels.ts';
import type { RolloutStatus } from '../../../src/api/schema/status.ts';
import type { RolloutWorld } from '../../../src/core/observed/world.ts';
import { deepEqual } from '../../../src/kube/merge-patch.ts';
import type { Plan, Write } from '../../../src/kube/plan.ts';
import {
  ANALYSIS_RUNS,
  DEPLOYMENTS,
  EXPERIMENTS,
  INGRESSES,
  PODS,
  REPLICA_SETS,
  ROLLOUTS,
  SERVICES,
} from '../../../src/kube/resources.ts';
import type { Finding } from './violation.ts';

export interface PlanFacts {
  readonly world: RolloutWorld;
  readonly plan: Plan;
  /** The same world, decided once more. */
  readonly again: Plan;
}

function sameWorldGivesTheSamePlan({ plan, again }: PlanFacts): Finding {
  return deepEqual(plan, again) ? null : `${JSON.stringify(plan)} is not ${JSON.stringify(again)}`;
}

/** Without the version that was read, a command that a user wrote in between would be overwritten. */
function statusWritesCarryTheirVersion({ plan, world }: PlanFacts): Finding {
  const blind = plan.writes.find(
    (write) => isStatusWrite(write) && versionOf(write) !== world.rollout.metadata.resourceVersion,
  );
  return blind === undefined ? null : `the status write carries version ${String(versionOf(blind))}`;
}

function specIsNeverWritten({ plan }: PlanFacts): Finding {
  const write = plan.writes.find(
    (one) => one.op === 'patch' && one.resource.plural === ROLLOUTS.plural && one.patch['spec'] !== undefined,
  );
  return write === undefined ? null : `a write of the Rollout's spec: ${write.why}`;
}

/** Any prefix of a plan is safe only if capacity comes before selectors, selectors before weights, and weights before what removes capacity. */
function whatServesComesBeforeWhatLeaves({ plan, world }: PlanFacts): Finding {
  const ranks = plan.writes.map((write) => rankOf(write, world)).filter((rank) => rank !== null);
  const wrong = ranks.findIndex((rank, index) => index > 0 && rank < (ranks[index - 1] ?? 0));
  return wrong < 0 ? null : `the order of the writes is ${plan.writes.map((write) => write.why).join(' → ')}`;
}

function rankOf(write: Write, world: RolloutWorld): number | null {
  const { plural } = write.resource;
  if (isStatusWrite(write)) return 5;
  // They serve no requests.
  if (plural === ANALYSIS_RUNS.plural || plural === EXPERIMENTS.plural) return null;
  if (write.op === 'evict' || plural === DEPLOYMENTS.plural) return 6;
  if (write.op === 'create') return 0;
  // A Service that no spec names any more serves no requests.
  if (plural === SERVICES.plural) return givesBack(write) ? null : 2;
  if (plural === INGRESSES.plural) return write.op === 'apply' ? 3 : null;
  if (plural !== REPLICA_SETS.plural || write.op !== 'patch') return null;
  const size = (write.patch['spec'] as { replicas?: number } | undefined)?.replicas;
  const before = world.replicaSets.find((one) => one.metadata.name === write.name)?.spec.replicas ?? 0;
  if (size === undefined || size === before) return null;
  return size > before ? 0 : 4;
}

function givesBack(write: Write): boolean {
  if (write.op !== 'patch') return false;
  const { annotations } = (write.patch['metadata'] ?? {}) as { annotations?: Record<string, unknown> };
  return annotations?.[ANNOTATIONS.managedByRollouts] === null;
}

export function isStatusWrite(write: Write): boolean {
  return write.op === 'patch' && write.resource.plural === ROLLOUTS.plural && write.subresource === 'status';
}

function versionOf(write: Write): string | undefined {
  return write.op === 'patch' ? write.resourceVersion : undefined;
}

/** The status that a plan reports, as the patch of it; `undefined` when it reports nothing. */
export function reportedStatus(plan: Plan): RolloutStatus | undefined {
  const report = plan.writes.find(isStatusWrite);
  return report?.op === 'patch' ? (report.patch['status'] as RolloutStatus | undefined) : undefined;
}

/** Pods are patched only in their metadata, evicted for a restart, and never created or deleted: ReplicaSets do that. */
function podsAreLeftToTheirReplicaSets({ plan }: PlanFacts): Finding {
  const write = plan.writes.find(
    (one) =>
      one.resource.plural === PODS.plural &&
      one.op !== 'evict' &&
      !(one.op === 'patch' && Object.keys(one.patch).every((key) => key === 'metadata')),
  );
  return write === undefined ? null : `${write.op} of pod ${write.name}: ${write.why}`;
}

/** A look that changes nothing and asks for another at once would never end. */
function nothingToDoMeansNoHurry({ plan }: PlanFacts): Finding {
  return plan.writes.length === 0 && plan.requeueAfterMs !== undefined && plan.requeueAfterMs <= 0
    ? `it wants to look again in ${plan.requeueAfterMs} ms`
    : null;
}

export const planInvariants = {
  nothingToDoMeansNoHurry,
  sameWorldGivesTheSamePlan,
  statusWritesCarryTheirVersion,
  specIsNeverWritten,
  whatServesComesBeforeWhatLeaves,
  podsAreLeftToTheirReplicaSets,
} satisfies Record<string, (facts: PlanFacts) => Finding>;
