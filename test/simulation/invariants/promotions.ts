/**
 * What must be true when a revision becomes stable: its steps are complete, or no other revision serves. The facts are
 * those of the cluster, whatever the status says.
 */
import { isStepHash } from '../../../src/api/schema/step-hash.ts';
import { LABELS } from '../../../src/api/words/labels.ts';
import { productionService } from '../../../src/api/schema/named-services.ts';
import type { Rollout } from '../../../src/api/schema/rollout.ts';
import { situationOf } from '../../../src/core/observed/situation.ts';
import type { RolloutWorld } from '../../../src/core/observed/world.ts';
import { isWithinRollbackWindow } from '../../../src/core/strategies/rollback.ts';
import type { ReplicaSet } from '../../../src/kube/objects.ts';
import { isControlledBy } from '../../../src/kube/owners.ts';
import { REPLICA_SETS, ROLLOUTS } from '../../../src/kube/resources.ts';
import { hashOf } from '../cluster/pod.ts';
import type { Upheaval } from '../ledger.ts';
import { isPausedByTrial, isTrying } from './trials.ts';
import type { Finding } from './violation.ts';
import { canaryStrategyOf, changeOf, isBlueGreen, type WriteFacts } from './write-facts.ts';

/** A first deploy is one only where no revision of ours serves. */
function firstDeploysReplaceNobody(facts: WriteFacts): Finding {
  const change = changeOf<Rollout>(facts, ROLLOUTS.plural);
  if (change === null) return null;
  const [before, after] = [change.before.status ?? {}, change.after.status ?? {}];
  const { stableRS = '', currentPodHash } = after;
  if (stableRS === '' || stableRS === before.stableRS || stableRS !== currentPodHash) return null;
  const { world } = facts.made;
  if (before.promoteFull === true || (world.rollout.spec.rollbackWindow?.revisions ?? 0) > 0) return null;
  const knewStable = world.replicaSets.some((one) => hashOf(one) === before.stableRS);
  // Other invariants check a promotion from a known revision.
  if (knewStable && isBlueGreen(world.rollout)) return null;
  const steps = canaryStrategyOf(world.rollout).steps ?? [];
  if (knewStable && (before.currentStepIndex ?? 0) >= steps.length) return null;
  if (knewStable) return `${stableRS} is stable at step ${String(before.currentStepIndex)} of ${steps.length}`;
  const serving = servingBeside(world, stableRS);
  return serving === undefined ? null : `${stableRS} is stable without its steps while ${serving} serves`;
}

/** Past the last step a trial that shows nothing holds the promotion, and the pods that it needs do not come before a person has judged it. */
function heldPromotionsAddNoPods(facts: WriteFacts): Finding {
  const change = changeOf<ReplicaSet>(facts, REPLICA_SETS.plural);
  const { made, ledger } = facts;
  const { rollout } = made.world;
  const { status = {} } = rollout;
  if (change === null || made.author !== 'serin' || hashOf(change.after) !== status.currentPodHash) return null;
  const [from, to] = [change.before.spec.replicas ?? 1, change.after.spec.replicas ?? 1];
  const wasChanged = UPHEAVALS.some((kind) => ledger.wasUpheaved(kind));
  if (to <= from || wasChanged || !isTrying(status) || !isPausedByTrial(status)) return null;
  const { steps = [] } = canaryStrategyOf(rollout);
  const isPast = status.currentStepIndex === steps.length && isStepHash(status.currentStepHash ?? '', steps);
  if (!isPast || isWithinRollbackWindow(situationOf(made.world))) return null;
  return `${change.after.metadata.name} grows from ${from} to ${to}: ${made.write.why}`;
}

/** After them pods follow what the user asks for. */
const UPHEAVALS = ['replicas', 'limits', 'routing', 'weight'] as const satisfies readonly Upheaval[];

/** Hash of another revision that requests go to. */
function servingBeside(world: RolloutWorld, hash: string): string | undefined {
  const { rollout, replicaSets, services } = world;
  const controlled = replicaSets.filter((one) => isControlledBy(one, rollout.metadata.uid));
  const running = controlled.filter((one) => (one.spec.replicas ?? 1) > 0 && (one.status?.availableReplicas ?? 0) > 0);
  const selected = services.get(productionService(rollout))?.spec.selector?.[LABELS.podTemplateHash];
  if (selected === hash) return undefined;
  const own = running.find((one) => hashOf(one) === hash);
  const others = running.filter((one) => one !== own);
  if (selected !== undefined && others.some((one) => hashOf(one) === selected)) return selected;
  // One that is younger and has no more pods was on its way itself.
  const isBehind = (one: ReplicaSet) => own !== undefined && isYounger(one, own) && podsOf(one) <= podsOf(own);
  const ahead = others.find((one) => !isBehind(one));
  return ahead === undefined ? undefined : hashOf(ahead);
}

function isYounger(one: ReplicaSet, other: ReplicaSet): boolean {
  const [a, b] = [one, other].map(({ metadata }) => metadata.creationTimestamp ?? '');
  return (a ?? '') >= (b ?? '');
}

function podsOf({ status }: ReplicaSet): number {
  return status?.availableReplicas ?? 0;
}

export const promotionInvariants = {
  firstDeploysReplaceNobody,
  heldPromotionsAddNoPods,
} satisfies Record<string, (facts: WriteFacts) => Finding>;
