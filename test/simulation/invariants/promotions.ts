/**
 * What must be true when a revision becomes stable: its steps are complete, or no other revision serves. The facts are
 * those of the cluster, whatever the status says.
 */
import { LABELS } from '../../../src/api/words/labels.ts';
import { productionService } from '../../../src/api/schema/named-services.ts';
import type { Rollout } from '../../../src/api/schema/rollout.ts';
import type { RolloutWorld } from '../../../src/core/observed/world.ts';
import type { ReplicaSet } from '../../../src/kube/objects.ts';
import { isControlledBy } from '../../../src/kube/owners.ts';
import { ROLLOUTS } from '../../../src/kube/resources.ts';
import { hashOf } from '../cluster/pod.ts';
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
} satisfies Record<string, (facts: WriteFacts) => Finding>;
