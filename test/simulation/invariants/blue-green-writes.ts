/**
 * What must be true when a write moves the active Service, or takes pods away from what it may need.
 */
import type { BlueGreenStrategy } from '../../../src/api/schema/blue-green.ts';
import { ANNOTATIONS, LABELS } from '../../../src/api/words/labels.ts';
import type { ReplicaSet, Service } from '../../../src/kube/objects.ts';
import { REPLICA_SETS, SERVICES } from '../../../src/kube/resources.ts';
import { parseTime } from '../../../src/kube/time.ts';
import { hashOf } from '../cluster/pod.ts';
import { reportedStatus } from './plans.ts';
import type { Finding } from './violation.ts';
import {
  blueGreenStrategyOf,
  changeOf,
  isBlueGreen,
  replicaSetOf,
  selectedBy,
  servingPods,
  shrinkOf,
  sizeOf,
  type WriteFacts,
} from './write-facts.ts';

const REPLICAS_SETTLE_MS = 120_000;

/** It never moves to a revision that serves fewer requests than the one that it leaves, and to none without a pod. */
function activeMovesOnlyToWhatServes(facts: WriteFacts): Finding {
  const move = activeMoveOf(facts);
  const { cluster, made, ledger } = facts;
  if (move === null || made.author !== 'serin' || cluster.isShaken()) return null;
  if (sizeOf(made.world.rollout) === 0 || ledger.wasUpheaved('replicas', REPLICAS_SETTLE_MS)) return null;
  const there = servingPods(cluster, replicaSetOf(cluster, move.to));
  const here = servingPods(cluster, replicaSetOf(cluster, move.from));
  const needed = Math.min(sizeOf(made.world.rollout), Math.max(1, here));
  return there >= needed ? null : `to ${move.to} with ${there} available pods, and ${needed} are needed`;
}

/** The new revision becomes active when no approval is needed, or when it was given. */
function activeMovesThroughTheGate(facts: WriteFacts): Finding {
  const move = activeMoveOf(facts);
  const { made } = facts;
  const { rollout } = made.world;
  const { stableRS = '', currentPodHash } = { ...rollout.status, ...reportedStatus(made.plan) };
  const before = rollout.status?.stableRS ?? '';
  // A stable revision and the very first one have no gate.
  if (move === null || made.author !== 'serin' || move.to !== currentPodHash || move.to === before) return null;
  if (before === '' || stableRS === '' || replicaSetOf(facts.cluster, before) === undefined) return null;
  // Another writer has removed the selector.
  if (move.from === '' && rollout.status?.blueGreen?.activeSelector === move.to) return null;
  if (rollout.spec.paused === true) return 'the user has paused the Rollout';
  return gateIsOpen(facts, blueGreenStrategyOf(rollout)) ? null : `to ${move.to}, and nobody has said so`;
}

function gateIsOpen({ made: { world } }: WriteFacts, strategy: BlueGreenStrategy): boolean {
  const { spec, status = {} } = world.rollout;
  const { autoPromotionEnabled, autoPromotionSeconds = 0 } = strategy;
  if (autoPromotionEnabled !== false && autoPromotionSeconds <= 0) return true;
  if (status.promoteFull === true || status.blueGreen?.fastRollback === true) return true;
  if ((spec.rollbackWindow?.revisions ?? 0) > 0) return true;
  if (status.blueGreen?.scaleUpPreviewCheckPoint === true) return true;
  const [pause] = status.pauseConditions ?? [];
  if (pause === undefined) return status.controllerPause === true;
  const since = parseTime(pause.startTime);
  return autoPromotionEnabled !== false && since !== null && world.now > since + autoPromotionSeconds * 1000;
}

/** Until the new revision is promoted the stable one can serve all requests. */
function stableStaysWhole(facts: WriteFacts): Finding {
  const shrink = shrinkOf(facts);
  const { made } = facts;
  const { rollout } = made.world;
  if (shrink === null || !isBlueGreen(made.world.rollout) || made.author !== 'serin') return null;
  const isStable = hashOf(shrink.replicaSet) === rollout.status?.stableRS;
  return isStable && shrink.to < sizeOf(rollout)
    ? `${made.write.why}: the stable revision gets ${shrink.to} of ${sizeOf(rollout)} pods`
    : null;
}

/** The new revision gets no pod before the preview Service selects it, if that selects a revision and may move. */
function previewComesBeforeItsPods(facts: WriteFacts): Finding {
  const grown = grownBy(facts);
  const { made, cluster } = facts;
  const { rollout } = made.world;
  const { previewService = '', activeService } = blueGreenStrategyOf(rollout);
  const { stableRS, currentPodHash } = { ...rollout.status, ...reportedStatus(made.plan) };
  if (grown === null || !isBlueGreen(rollout) || made.author !== 'serin' || hashOf(grown) !== currentPodHash)
    return null;
  const isHeld = rollout.spec.paused === true || (rollout.status?.pauseConditions ?? []).length > 0;
  if (isHeld || currentPodHash === stableRS || selectedBy(cluster, activeService) === currentPodHash) return null;
  // Nothing is promised right after an edit, or while a former router still sends requests there.
  if (facts.ledger.wasUpheaved('selector') || facts.ledger.wasUpheaved('routing', REPLICAS_SETTLE_MS)) return null;
  const selected = selectedBy(cluster, previewService);
  return selected === '' || selected === currentPodHash ? null : `${previewService} still selects ${selected}`;
}

function grownBy(facts: WriteFacts): ReplicaSet | null {
  const { write, answer } = facts.made;
  if (write.op === 'create' && write.resource === REPLICA_SETS && answer.outcome === 'made') {
    const created = answer.object as ReplicaSet | undefined;
    return created !== undefined && (created.spec.replicas ?? 1) > 0 ? created : null;
  }
  const change = changeOf<ReplicaSet>(facts, REPLICA_SETS.plural);
  return change !== null && (change.after.spec.replicas ?? 1) > (change.before.spec.replicas ?? 1)
    ? change.after
    : null;
}

/** What is not needed any more still waits for its delay, ready to serve again. */
function formerRevisionsKeepTheirDelay(facts: WriteFacts): Finding {
  const shrink = shrinkOf(facts);
  const { made, cluster, ledger } = facts;
  const { rollout, now } = made.world;
  if (shrink === null || shrink.to > 0 || !isBlueGreen(made.world.rollout) || made.author !== 'serin') return null;
  if (sizeOf(rollout) === 0 || cluster.isShaken() || ledger.wasUpheaved('routing', REPLICAS_SETTLE_MS)) return null;
  const { scaleDownDelaySeconds, scaleDownDelayRevisionLimit, abortScaleDownDelaySeconds, previewReplicaCount } =
    blueGreenStrategyOf(rollout);
  const isAborted = hashOf(shrink.replicaSet) === rollout.status?.currentPodHash;
  if (isAborted ? abortScaleDownDelaySeconds !== undefined : scaleDownDelaySeconds === 0) return null;
  if (scaleDownDelayRevisionLimit !== undefined || previewReplicaCount === 0) return null;
  const before = made.before as ReplicaSet | undefined;
  const deadline = parseTime(before?.metadata.annotations?.[ANNOTATIONS.scaleDownDeadline]);
  return deadline !== null && deadline <= now
    ? null
    : `${made.write.why}: ${shrink.replicaSet.metadata.name} goes ${deadline === null ? 'without a delay' : 'too early'}`;
}

export function activeMoveOf(facts: WriteFacts): { readonly from: string; readonly to: string } | null {
  const change = changeOf<Service>(facts, SERVICES.plural);
  const { made } = facts;
  if (change === null || !isBlueGreen(made.world.rollout)) return null;
  if (made.write.name !== blueGreenStrategyOf(made.world.rollout).activeService) return null;
  const from = change.before.spec.selector?.[LABELS.podTemplateHash] ?? '';
  const to = change.after.spec.selector?.[LABELS.podTemplateHash] ?? '';
  return from === to || to === '' ? null : { from, to };
}

export const blueGreenWriteInvariants = {
  activeMovesOnlyToWhatServes,
  activeMovesThroughTheGate,
  stableStaysWhole,
  previewComesBeforeItsPods,
  formerRevisionsKeepTheirDelay,
} satisfies Record<string, (facts: WriteFacts) => Finding>;
