/**
 * What must be true when a write removes pods, and of every write as such.
 */
import { ANNOTATIONS } from '../../../src/api/words/labels.ts';
import { productionService } from '../../../src/api/schema/named-services.ts';
import type { Rollout } from '../../../src/api/schema/rollout.ts';
import { ingressesIn } from '../../../src/core/traffic/nginx/observed.ts';
import { isTrue } from '../../../src/kube/conditions.ts';
import type { ReplicaSet } from '../../../src/kube/objects.ts';
import { isControlledBy } from '../../../src/kube/owners.ts';
import { PODS, REPLICA_SETS } from '../../../src/kube/resources.ts';
import { parseTime } from '../../../src/kube/time.ts';
import { hashOf, type Pod } from '../cluster/pod.ts';
import { reportedStatus } from './plans.ts';
import type { Finding } from './violation.ts';
import {
  acceptsGaps,
  canaryStrategyOf,
  changeOf,
  isBasic,
  isRouted,
  selectedBy,
  servingPods,
  shrinkOf,
  sizeOf,
  surgeOf,
  totalWeightOf,
  unavailableOf,
  weightInForce,
  type WriteFacts,
} from './write-facts.ts';

const AFTERMATH_MS = 10_000;

/** Without a router pods are the capacity: never fewer than the replicas minus maxUnavailable through a write of ours. */
function maxUnavailableHolds(facts: WriteFacts): Finding {
  const shrink = shrinkOf(facts);
  const { cluster, made } = facts;
  const { rollout } = made.world;
  if (shrink === null || !isBasic(rollout) || isExcused(facts)) return null;
  const besides = cluster.store
    .list<ReplicaSet>(REPLICA_SETS.plural)
    .filter((one) => one.metadata.uid !== shrink.replicaSet.metadata.uid);
  if (!besides.every((one) => isKnown(made, one))) return null;
  const others = besides.reduce((sum, one) => sum + servingPods(cluster, one), 0);
  const before = others + servingPods(cluster, shrink.replicaSet, shrink.from);
  const after = others + servingPods(cluster, shrink.replicaSet, shrink.to);
  const least = sizeOf(rollout) - unavailableOf(rollout);
  return after >= Math.min(before, least)
    ? null
    : `${made.write.why}: from ${before} to ${after} available pods, and ${least} have to stay`;
}

/** Without a router no write of ours makes the sizes together larger than the replicas plus maxSurge. */
function maxSurgeHolds(facts: WriteFacts): Finding {
  const change = changeOf<ReplicaSet>(facts, REPLICA_SETS.plural);
  const { cluster, made } = facts;
  const { rollout } = made.world;
  if (change === null || !isBasic(rollout) || isExcused(facts)) return null;
  // A router that was removed while the spec cannot be followed still divides the requests, and both sides need their pods.
  const leads = [...ingressesIn(made.world).values()].some((one) => isControlledBy(one, rollout.metadata.uid));
  if (leads && isInvalid(rollout)) return null;
  if ((change.after.spec.replicas ?? 1) <= (change.before.spec.replicas ?? 1)) return null;
  const all = cluster.store.list<ReplicaSet>(REPLICA_SETS.plural);
  if (!all.every((one) => isKnown(made, one))) return null;
  const total = all.reduce((sum, one) => sum + (one.spec.replicas ?? 1), 0);
  const most = sizeOf(rollout) + surgeOf(rollout);
  return total <= most ? null : `${made.write.why}: ${total} pods are asked for, and ${most} are allowed`;
}

function isInvalid({ status }: Rollout): boolean {
  return isTrue(status?.conditions, 'InvalidSpec');
}

/** A size that was written without an answer, or by a process that had lost its lead, is unknown until the caches have it. */
function isKnown({ world, plan }: WriteFacts['made'], { metadata, spec }: ReplicaSet): boolean {
  const seen = world.replicaSets.find((one) => one.metadata.name === metadata.name);
  if (seen?.spec.replicas === spec.replicas) return true;
  return plan.writes.some(
    (write) =>
      write.name === metadata.name &&
      write.op === 'patch' &&
      (write.patch['spec'] as ReplicaSet['spec'] | undefined)?.replicas === spec.replicas,
  );
}

/** After a promotion through a router what served before stays for its delay, ready to serve again. */
function retiredRevisionsKeepTheirDelay(facts: WriteFacts): Finding {
  const shrink = shrinkOf(facts);
  const { made } = facts;
  const { rollout, now } = made.world;
  const { scaleDownDelaySeconds, scaleDownDelayRevisionLimit, dynamicStableScale } = canaryStrategyOf(rollout);
  if (shrink === null || shrink.to > 0 || !isRouted(rollout) || isExcused(facts) || sizeOf(rollout) === 0) return null;
  if (dynamicStableScale === true || scaleDownDelaySeconds === 0 || scaleDownDelayRevisionLimit !== undefined)
    return null;
  const { stableRS, currentPodHash } = { ...rollout.status, ...reportedStatus(made.plan) };
  if (stableRS !== currentPodHash || stableRS === hashOf(shrink.replicaSet)) return null;
  const before = made.before as ReplicaSet | undefined;
  if ((before?.status?.availableReplicas ?? 0) === 0) return null;
  const deadline = parseTime(before?.metadata.annotations?.[ANNOTATIONS.scaleDownDeadline]);
  return deadline !== null && deadline <= now
    ? null
    : `${made.write.why}: ${shrink.replicaSet.metadata.name} goes ${deadline === null ? 'without a delay' : 'too early'}`;
}

/** With a router the stable revision keeps the pods for its share of the requests. */
function stableKeepsItsShare(facts: WriteFacts): Finding {
  const shrink = shrinkOf(facts);
  const { cluster, made } = facts;
  const { rollout } = made.world;
  const { stableService = '', canaryService = '' } = canaryStrategyOf(rollout);
  if (shrink === null || !isRouted(rollout) || isExcused(facts)) return null;
  if (
    facts.ledger.wasUpheaved('replicas', 120_000) ||
    selectedBy(cluster, stableService) !== hashOf(shrink.replicaSet)
  ) {
    return null;
  }
  const total = totalWeightOf(rollout);
  const share = Math.floor(((total - weightInForce(cluster, canaryService)) * sizeOf(rollout)) / total);
  const before = servingPods(cluster, shrink.replicaSet, shrink.from);
  const after = servingPods(cluster, shrink.replicaSet, shrink.to);
  return after >= Math.min(before, share)
    ? null
    : `${made.write.why}: from ${before} to ${after} available pods behind ${stableService}, and its share needs ${share}`;
}

/** With a router the canary keeps the pods for its share of the requests, unless the user set their number. */
function canaryKeepsItsShare(facts: WriteFacts): Finding {
  const shrink = shrinkOf(facts);
  const { cluster, made } = facts;
  const { rollout } = made.world;
  const { canaryService = '', steps = [] } = canaryStrategyOf(rollout);
  if (shrink === null || !isRouted(rollout) || isExcused(facts)) return null;
  if (facts.ledger.wasUpheaved('replicas', 120_000) || steps.some((step) => step.setCanaryScale !== undefined))
    return null;
  if (selectedBy(cluster, canaryService) !== hashOf(shrink.replicaSet)) return null;
  const share = Math.floor((weightInForce(cluster, canaryService) * sizeOf(rollout)) / totalWeightOf(rollout));
  const before = servingPods(cluster, shrink.replicaSet, shrink.from);
  const after = servingPods(cluster, shrink.replicaSet, shrink.to);
  return after >= Math.min(before, share)
    ? null
    : `${made.write.why}: from ${before} to ${after} available pods behind ${canaryService}, and its share needs ${share}`;
}

/** What a Service that gets requests selects is never scaled to nothing. */
function servingRevisionKeepsAPod(facts: WriteFacts): Finding {
  const shrink = shrinkOf(facts);
  const { cluster, made } = facts;
  const { rollout } = made.world;
  if (shrink === null || shrink.to > 0 || acceptsGaps(rollout) || made.author !== 'serin') return null;
  if (servingPods(cluster, shrink.replicaSet, shrink.from) === 0 || cluster.isShaken()) return null;
  const { canaryService = '' } = canaryStrategyOf(rollout);
  const hash = hashOf(shrink.replicaSet);
  const production = productionService(rollout);
  if (production !== '' && selectedBy(cluster, production) === hash) {
    return `${made.write.why}: ${production} selects ${hash}`;
  }
  const weight = weightInForce(cluster, canaryService);
  return isRouted(rollout) && weight > 0 && selectedBy(cluster, canaryService) === hash
    ? `${made.write.why}: ${canaryService} selects ${hash} at weight ${weight}`
    : null;
}

/** A proxy that has not heard of less weight still sends requests where they went before, and their pods are there for them (ADR 8). */
function podsOutliveTheirTraffic(facts: WriteFacts): Finding {
  const shrink = shrinkOf(facts);
  const { cluster, made, ledger } = facts;
  if (shrink === null || made.author !== 'serin' || cluster.isShaken()) return null;
  if (ledger.wasUpheaved('weight', AFTERMATH_MS) || cluster.clocksDisagree(made.world.now)) return null;
  const hash = hashOf(shrink.replicaSet);
  const leadsThere = (service: string) =>
    (cluster.proxy.podsBehind(service) ?? []).some((name) => {
      const pod = cluster.store.get<Pod>(PODS.plural, name);
      return pod !== undefined && hashOf(pod) === hash;
    });
  const outdated = cluster.proxy
    .canaryRules()
    .find(({ service, weight }) => weight > weightInForce(cluster, service) && leadsThere(service));
  return outdated === undefined
    ? null
    : `${made.write.why}: a proxy still sends weight ${outdated.weight} to ${outdated.service}, where ${hash} is`;
}

/** A write that grows a revision, as its author saw it, never shrinks it, even from a process that no longer leads. */
function growthNeverShrinks(facts: WriteFacts): Finding {
  const { made } = facts;
  const shrink = shrinkOf(facts);
  if (shrink === null) return null;
  const { name } = shrink.replicaSet.metadata;
  const seen = made.world.replicaSets.find(({ metadata }) => metadata.name === name)?.spec.replicas ?? 1;
  return seen < shrink.to
    ? `${made.write.why}: ${name} was to grow from ${seen} to ${shrink.to}, and shrinks from ${shrink.from}`
    : null;
}

function isExcused({ cluster, made, ledger }: WriteFacts): boolean {
  return made.author !== 'serin' || cluster.isShaken() || ledger.wasUpheaved('routing', 120_000);
}

export const capacityWriteInvariants = {
  maxUnavailableHolds,
  maxSurgeHolds,
  retiredRevisionsKeepTheirDelay,
  stableKeepsItsShare,
  canaryKeepsItsShare,
  servingRevisionKeepsAPod,
  podsOutliveTheirTraffic,
  growthNeverShrinks,
} satisfies Record<string, (facts: WriteFacts) => Finding>;
