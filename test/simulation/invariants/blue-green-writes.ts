/**
 * What must be true when a write moves the active Service, or takes pods away from what it may need.
 */
import type { BlueGreenStrategy } from '../../../src/api/blue-green.ts';
import { ANNOTATIONS, LABELS } from '../../../src/api/labels.ts';
import type { ReplicaSet, Service } from '../../../src/kube/objects.ts';
import { SERVICES } from '../../../src/kube/resources.ts';
import { parseTime } from '../../../src/kube/time.ts';
import { hashOf } from '../cluster/pod.ts';
import { reportedStatus } from './plans.ts';
import type { Finding } from './violation.ts';
import {
  blueGreenStrategyOf,
  changeOf,
  isBlueGreen,
  replicaSetOf,
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

/** The new revision becomes active when nobody is to be asked, or when whoever was asked has answered. */
function activeMovesThroughTheGate(facts: WriteFacts): Finding {
  const move = activeMoveOf(facts);
  const { made } = facts;
  const { rollout } = made.world;
  const { stableRS = '', currentPodHash } = { ...rollout.status, ...reportedStatus(made.plan) };
  const before = rollout.status?.stableRS ?? '';
  // What was stable already, or is the first of all, has no gate before it.
  if (move === null || made.author !== 'serin' || move.to !== currentPodHash || move.to === before) return null;
  if (before === '' || stableRS === '' || replicaSetOf(facts.cluster, before) === undefined) return null;
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

/** Until the new revision is promoted the stable one can serve everybody. */
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

/** What nobody needs any more waits for its delay all the same, ready to serve again. */
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

function activeMoveOf(facts: WriteFacts): { readonly from: string; readonly to: string } | null {
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
  formerRevisionsKeepTheirDelay,
} satisfies Record<string, (facts: WriteFacts) => Finding>;
