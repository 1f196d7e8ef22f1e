/**
 * What must be true when a history has come to rest: nothing moves, nothing is due, and the user has
 * said the last word.
 */
import { ANNOTATIONS } from '../../../src/api/words/labels.ts';
import { namedServices } from '../../../src/api/schema/named-services.ts';
import type { Rollout } from '../../../src/api/schema/rollout.ts';
import { canaryIngressName, canaryRules, stableIngressNames } from '../../../src/core/traffic/nginx/ingress.ts';
import { findCondition } from '../../../src/kube/conditions.ts';
import { deepEqual } from '../../../src/kube/merge-patch.ts';
import type { Ingress, PodTemplate, ReplicaSet, Service } from '../../../src/kube/objects.ts';
import { controllerOf, isControlledBy } from '../../../src/kube/owners.ts';
import type { Plan } from '../../../src/kube/plan.ts';
import { DEPLOYMENTS, INGRESSES, REPLICA_SETS, ROLLOUTS, SERVICES } from '../../../src/kube/resources.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Deployment } from '../cluster/deployment-controller.ts';
import { endpointsOf } from '../cluster/endpoint-controller.ts';
import { hashOf } from '../cluster/pod.ts';
import { canaryRuleOf } from '../cluster/proxy.ts';
import { podsOf } from '../cluster/replica-set-controller.ts';
import type { Ledger } from '../ledger.ts';
import { isPausedByTrial } from './trials.ts';
import type { Finding } from './violation.ts';
import {
  blueGreenStrategyOf,
  canaryStrategyOf,
  isBasic,
  isBlueGreen,
  isRouted,
  replicaSetOf,
  selectedBy,
  sizeOf,
  unavailableOf,
} from './write-facts.ts';

export interface SettledFacts {
  readonly cluster: Cluster;
  readonly rollout: Rollout;
  /** What is decided on the world as it is now, with caches that have seen everything. */
  readonly plan: Plan;
  readonly ledger: Ledger;
  /** Of the controller's wall clock. */
  readonly now: number;
}

function settledWorldGivesAnEmptyPlan({ plan }: SettledFacts): Finding {
  return plan.writes.length === 0
    ? null
    : plan.writes.map((write) => `${write.op} ${write.name}: ${write.why}`).join('; ');
}

/** By a clock that lags behind, what the API server recorded long ago is still in the future. */
function nothingIsDueAnyMore({ plan, cluster, now }: SettledFacts): Finding {
  return plan.requeueAfterMs === undefined || cluster.clocksDisagree(now)
    ? null
    : `it wants to look again in ${plan.requeueAfterMs} ms`;
}

/** Healthy, paused for a person, or stopped for a reason that the status gives. */
function standstillIsExplained({ rollout }: SettledFacts): Finding {
  const { phase, message = '', conditions } = rollout.status ?? {};
  const blocked = findCondition(conditions, 'Blocked');
  if (phase === 'Healthy') return null;
  if (phase === 'Paused') return blocked === undefined ? `paused without a Blocked condition: ${message}` : null;
  if (phase === 'Degraded') {
    const aborted = message.startsWith('RolloutAborted') || message.startsWith('InvalidSpec');
    return aborted || blocked !== undefined ? null : `degraded without an explanation: ${message}`;
  }
  return blocked === undefined ? `phase ${String(phase)}: ${message}, and nothing says why` : null;
}

export function isInvalid({ rollout }: SettledFacts): boolean {
  return rollout.status?.message?.startsWith('InvalidSpec') === true;
}

function healthyMeansServedByTheNewRevision(facts: SettledFacts): Finding {
  const { cluster, rollout } = facts;
  const { status } = rollout;
  if (status?.phase !== 'Healthy') return null;
  if (status.stableRS !== status.currentPodHash) return `stable is ${String(status.stableRS)}`;
  const stable = replicaSets(facts).find((one) => hashOf(one) === status.stableRS);
  if (stable === undefined) return 'the stable ReplicaSet does not exist';
  if (stable.spec.replicas !== sizeOf(rollout))
    return `its ReplicaSet has ${stable.spec.replicas} of ${sizeOf(rollout)}`;
  if (cluster.availableOf(stable) < sizeOf(rollout)) return 'not all of its pods are available';
  return null;
}

function promotedMeansNoTrafficToACanary(facts: SettledFacts): Finding {
  const { cluster, rollout } = facts;
  const { status } = rollout;
  if (isInvalid(facts) || status?.stableRS === '' || status?.stableRS !== status?.currentPodHash) return null;
  const weighted = ownIngresses(facts).find((one) => (canaryRuleOf(one)?.weight ?? 0) > 0);
  if (weighted !== undefined && status?.phase === 'Healthy') return `${weighted.metadata.name} still has a weight`;
  if (sizeOf(rollout) === 0 || status?.phase !== 'Healthy') return null;
  for (const { name: service } of namedServices(rollout)) {
    if (selectedBy(cluster, service) !== status.stableRS) {
      return `${service} selects '${selectedBy(cluster, service)}' and not ${String(status.stableRS)}`;
    }
  }
  return null;
}

function abortEndsOnStable(facts: SettledFacts): Finding {
  const { cluster, rollout } = facts;
  const { status } = rollout;
  if (isInvalid(facts) || status?.abort !== true) return null;
  const stable = replicaSets(facts).find((one) => hashOf(one) === status.stableRS);
  const healthy = stable !== undefined && cluster.availableOf(stable) >= sizeOf(rollout);
  if (!healthy || isBlockedByForeignCanary(facts)) return null;
  const weighted = ownIngresses(facts).find((one) => (canaryRuleOf(one)?.weight ?? 0) > 0);
  if (weighted !== undefined) return `${weighted.metadata.name} still has a weight`;
  if (sizeOf(rollout) === 0) return null;
  // A preview stays with what was aborted.
  for (const { name: service } of namedServices(rollout).filter(({ role }) => role !== 'preview')) {
    if (selectedBy(cluster, service) !== status.stableRS) {
      return `${service} selects '${selectedBy(cluster, service)}' and not the stable revision`;
    }
  }
  const canary = replicaSets(facts).find((one) => hashOf(one) === status.currentPodHash);
  const { abortScaleDownDelaySeconds } = isBlueGreen(rollout)
    ? blueGreenStrategyOf(rollout)
    : canaryStrategyOf(rollout);
  const kept = abortScaleDownDelaySeconds === 0 && !isBasic(rollout);
  return canary === undefined || canary.spec.replicas === 0 || kept
    ? null
    : `the canary has ${canary.spec.replicas} pods`;
}

/** Revisions that are not needed have no pods; those that replace pods that do not work may stay. */
function retiredRevisionsAreGone(facts: SettledFacts): Finding {
  const { cluster, rollout } = facts;
  // While the user pauses, nothing that serves is removed for what has not started.
  if (isInvalid(facts) || rollout.spec.paused === true) return null;
  // And while blue-green waits for a judgement, nothing that could be gone back to (spec A.8).
  if (isBlueGreen(rollout) && isPausedByTrial(rollout.status ?? {})) return null;
  const all = replicaSets(facts);
  const available = all.reduce((sum, one) => sum + cluster.availableOf(one), 0);
  if (available <= sizeOf(rollout) - unavailableOf(rollout)) return null;
  // A Service stays on a superseded canary until the next one can answer.
  const serving = namedServices(rollout).flatMap(({ name }) => endpointsOf(cluster.store, name));
  const isServing = (one: ReplicaSet) =>
    podsOf(cluster.store, one.metadata.uid).some((pod) => serving.some(({ podName }) => podName === pod.metadata.name));
  const left = retired(facts).find((one) => (one.spec.replicas ?? 1) > 0 && !isServing(one));
  return left === undefined ? null : `${left.metadata.name} still has ${left.spec.replicas} pods`;
}

/** A retired revision whose time is over may replace pods that do not work: `retiredRevisionsAreGone` judges that. */
function noDeadlineIsLeftOver(facts: SettledFacts): Finding {
  if (isInvalid(facts) || facts.rollout.status?.abort === true) return null;
  const standingIn = new Set(retired(facts).filter((one) => (one.spec.replicas ?? 1) > 0));
  const left = replicaSets(facts).find(
    (one) => one.metadata.annotations?.[ANNOTATIONS.scaleDownDeadline] !== undefined && !standingIn.has(one),
  );
  return left === undefined ? null : `${left.metadata.name} still has one`;
}

function historyIsBounded(facts: SettledFacts): Finding {
  if (isInvalid(facts)) return null;
  const limit = facts.rollout.spec.revisionHistoryLimit ?? 10;
  const count = retired(facts).filter((one) => one.spec.replicas === 0).length;
  return count <= limit ? null : `${count} retired ReplicaSets, and ${limit} are to be kept`;
}

/** One canary Ingress for every stable one, true to it, and none else. */
function canaryIngressesAreThoseAskedFor(facts: SettledFacts): Finding {
  const { cluster, rollout } = facts;
  if (isInvalid(facts) || isBlockedByForeignCanary(facts) || (rollout.status?.stableRS ?? '') === '') return null;
  const { trafficRouting, stableService = '', canaryService = '' } = canaryStrategyOf(rollout);
  const asked = trafficRouting?.nginx === undefined ? [] : stableIngressNames(trafficRouting.nginx);
  const wanted = new Map(asked.map((name) => [canaryIngressName(rollout.metadata.name, name), name]));
  const surplus = ownIngresses(facts).find(
    (one) => !wanted.has(one.metadata.name) && ((canaryRuleOf(one)?.weight ?? 0) === 0 || stableCarriesAll(facts)),
  );
  if (surplus !== undefined) return `${surplus.metadata.name} is left over`;
  // Weights that a user set apart are not brought together before stable pods can take the requests, and nothing is applied until then.
  const weights = new Set(ownIngresses(facts).map((one) => canaryRuleOf(one)?.weight));
  if (weights.size > 1 && facts.ledger.wasUpheaved('weight')) return null;
  for (const [name, stableName] of wanted) {
    const ingress = cluster.store.get<Ingress>(INGRESSES.plural, name);
    const stable = cluster.store.get<Ingress>(INGRESSES.plural, stableName);
    if (ingress === undefined || stable === undefined) return `${name} is missing`;
    const rules = canaryRules(stable, stableService, canaryService);
    if (!deepEqual(ingress.spec?.rules ?? [], rules)) return `the rules of ${name} do not follow ${stableName}`;
    if (!deepEqual(ingress.spec?.tls ?? [], stable.spec?.tls ?? []))
      return `the TLS of ${name} does not follow ${stableName}`;
  }
  return null;
}

/** What another writer wrote stays, unless it changes the canary's own rules. */
function foreignAnnotationsStay(facts: SettledFacts): Finding {
  if (isInvalid(facts)) return null;
  const lost = facts.cluster.store
    .list<Ingress>(INGRESSES.plural)
    .filter((one) => controllerOf(one) === undefined)
    .find((one) => one.metadata.name === 'web' && one.metadata.annotations?.['cert-manager.io/issuer'] === undefined);
  if (lost !== undefined) return `an annotation of ${lost.metadata.name} is gone`;
  const copied = ownIngresses(facts).find((one) => one.metadata.annotations?.['cert-manager.io/issuer'] !== undefined);
  return copied === undefined ? null : `${copied.metadata.name} carries an annotation that is the stable Ingress's`;
}

function servicesOfOthersAreGivenBack(facts: SettledFacts): Finding {
  if (isInvalid(facts)) return null;
  const named = new Set(namedServices(facts.rollout).map(({ name }) => name));
  const kept = facts.cluster.store
    .list<Service>(SERVICES.plural)
    .filter((one) => one.metadata.annotations?.[ANNOTATIONS.managedByRollouts] !== undefined)
    .find((one) => !named.has(one.metadata.name));
  return kept === undefined ? null : `${kept.metadata.name} is still managed`;
}

/** Templates and pods say what their role says, and where it says nothing, what their own template does. */
function podsWearTheirRole(facts: SettledFacts): Finding {
  const { cluster, rollout } = facts;
  if (isInvalid(facts)) return null;
  const { activeMetadata, previewMetadata } = blueGreenStrategyOf(rollout);
  const { canaryMetadata = previewMetadata, stableMetadata = activeMetadata } = canaryStrategyOf(rollout);
  const { stableRS = '', currentPodHash = '', blueGreen } = rollout.status ?? {};
  for (const replicaSet of replicaSets(facts)) {
    const hash = hashOf(replicaSet);
    // What is analysed in production is active already; without surge a canary that is complete has the stable Service.
    const isActive =
      hash === blueGreen?.activeSelector ||
      (isBasic(rollout) && hash === selectedBy(cluster, canaryStrategyOf(rollout).stableService ?? ''));
    const isCanary = hash === currentPodHash && !isActive && stableRS !== '' && stableRS !== currentPodHash;
    const isStable = hash === stableRS || (hash === currentPodHash && (stableRS === '' || isActive));
    const wanted = isCanary ? canaryMetadata : isStable ? stableMetadata : undefined;
    const own = ownTemplatesOf(facts, replicaSet, hash === currentPodHash);
    const roles = expected(
      wanted?.labels,
      own.map(({ metadata }) => metadata?.labels),
      'role',
    );
    const trials = expected(
      wanted?.annotations,
      own.map(({ metadata }) => metadata?.annotations),
      'example.com/try',
    );
    const pods = podsOf(cluster.store, replicaSet.metadata.uid)
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined && !facts.ledger.isStray(metadata.name))
      .map(({ metadata }) => metadata);
    for (const { name, labels, annotations } of [
      { name: replicaSet.metadata.name, ...replicaSet.spec.template.metadata },
      ...pods,
    ]) {
      const role = labels?.['role'];
      if (!roles.includes(role)) return `${name} has role ${String(role)} and not ${roles.map(String).join(' or ')}`;
      const trial = annotations?.['example.com/try'];
      if (!trials.includes(trial)) return `${name} has the annotation ${String(trial)} and not ${trials.join(' or ')}`;
    }
  }
  return null;
}

type Metadata = Readonly<Record<string, string>> | undefined;

function expected(lent: Metadata, own: readonly Metadata[], key: string): readonly (string | undefined)[] {
  const value = lent?.[key];
  return value === undefined ? own.map((one) => one?.[key]) : [value];
}

/** The one that is asked for now, of the revision that runs it; of others all that were ever applied with their image. */
function ownTemplatesOf(facts: SettledFacts, replicaSet: ReplicaSet, isPresent: boolean): readonly PodTemplate[] {
  const present = templateIn(facts);
  if (isPresent && present !== undefined) return [present];
  const image = imageIn(replicaSet.spec.template);
  return facts.ledger.templates.filter((one) => imageIn(one) === image);
}

function imageIn(template: PodTemplate): string | undefined {
  return (template.spec?.['containers'] as readonly { readonly image?: string }[] | undefined)?.[0]?.image;
}

function templateIn({ cluster, rollout }: SettledFacts): PodTemplate | undefined {
  const { workloadRef, template } = rollout.spec;
  if (workloadRef === undefined) return template;
  return cluster.store.get<Deployment>(DEPLOYMENTS.plural, workloadRef.name ?? '')?.spec.template;
}

/** The first revision of a Healthy Rollout has replaced the Deployment that is to be scaled down for it. */
function deploymentHasGivenWay(facts: SettledFacts): Finding {
  const { cluster, rollout } = facts;
  const { workloadRef, strategy } = rollout.spec;
  const { phase, workloadScaleDown } = rollout.status ?? {};
  if (workloadRef === undefined || phase !== 'Healthy' || sizeOf(rollout) === 0 || isInvalid(facts)) return null;
  if (!['onsuccess', 'progressively'].includes(workloadRef.scaleDown ?? '')) return null;
  if (rollout.metadata.annotations?.[ANNOTATIONS.revision] !== '1' || workloadScaleDown?.done === true) return null;
  const deployment = cluster.store.get<Deployment>(DEPLOYMENTS.plural, workloadRef.name ?? '');
  return deployment === undefined
    ? null
    : `it has ${deployment.spec.replicas} pods beside a Rollout with ${strategy?.canary?.stableService ?? 'no Service'}`;
}

/** A restart is over, unless pods that are missing or not available keep others from leaving. */
function restartEnds(facts: SettledFacts): Finding {
  const { cluster, rollout } = facts;
  const { restartAt } = rollout.spec;
  if (isInvalid(facts) || restartAt === undefined || restartAt === rollout.status?.restartedAt) return null;
  const sets = replicaSets(facts);
  const available = sets.reduce((total, one) => total + cluster.availableOf(one), 0);
  const isWhole = sets.every((one) => cluster.availableOf(one) >= (one.spec.replicas ?? 1));
  return isWhole && available >= (rollout.spec.replicas ?? 1)
    ? `the restart at ${restartAt} is not over, and all pods are available`
    : null;
}

function podsBelongToTheirReplicaSets(facts: SettledFacts): Finding {
  const { cluster } = facts;
  for (const replicaSet of replicaSets(facts)) {
    const pods = podsOf(cluster.store, replicaSet.metadata.uid).length;
    if (pods !== replicaSet.spec.replicas)
      return `${replicaSet.metadata.name} has ${pods} of ${replicaSet.spec.replicas}`;
  }
  return null;
}

function statusTellsTheTruth(facts: SettledFacts): Finding {
  const { cluster, rollout } = facts;
  const { status } = rollout;
  if (status?.observedGeneration !== String(rollout.metadata.generation)) {
    return `generation ${String(status?.observedGeneration)} of ${String(rollout.metadata.generation)}`;
  }
  if (isInvalid(facts)) return null;
  const all = replicaSets(facts);
  const pods = all.reduce((sum, one) => sum + podsOf(cluster.store, one.metadata.uid).length, 0);
  // Behind blue-green's active Service there is one revision, and its pods alone count.
  const active = all.filter((one) => hashOf(one) === status.blueGreen?.activeSelector);
  const counted = active.length > 0 ? active : all;
  const available = counted.reduce((sum, one) => sum + cluster.availableOf(one), 0);
  if ((status.replicas ?? 0) !== pods) return `${String(status.replicas)} replicas, and there are ${pods}`;
  if ((status.availableReplicas ?? 0) !== available) {
    return `${String(status.availableReplicas)} available, and there are ${available}`;
  }
  const weight = Math.max(0, ...ownIngresses(facts).map((one) => canaryRuleOf(one)?.weight ?? 0));
  const told = status.canary?.weights?.canary.weight ?? 0;
  return isRouted(rollout) && told !== weight ? `weight ${told}, and the Ingress says ${weight}` : null;
}

export function isBlockedByForeignCanary({ rollout }: SettledFacts): boolean {
  return findCondition(rollout.status?.conditions, 'Blocked')?.reason === 'CanaryIngressForeign';
}

export function replicaSets({ cluster, rollout }: SettledFacts): readonly ReplicaSet[] {
  return cluster.store.list<ReplicaSet>(REPLICA_SETS.plural).filter((one) => isControlledBy(one, rollout.metadata.uid));
}

function retired(facts: SettledFacts): readonly ReplicaSet[] {
  const { stableRS, currentPodHash } = facts.rollout.status ?? {};
  return replicaSets(facts).filter((one) => hashOf(one) !== stableRS && hashOf(one) !== currentPodHash);
}

/** One whose pods do not work never does; with `dynamicStableScale` it does not until the rollout ends, and what is left over sends its share to the canary until then. */
function stableCarriesAll({ cluster, rollout }: SettledFacts): boolean {
  const stable = replicaSetOf(cluster, rollout.status?.stableRS ?? '');
  return stable !== undefined && Math.min(stable.spec.replicas ?? 1, cluster.availableOf(stable)) >= sizeOf(rollout);
}

export function ownIngresses({ cluster, rollout }: SettledFacts): readonly Ingress[] {
  return cluster.store.list<Ingress>(INGRESSES.plural).filter((one) => isControlledBy(one, rollout.metadata.uid));
}

export const settledInvariants = {
  settledWorldGivesAnEmptyPlan,
  nothingIsDueAnyMore,
  standstillIsExplained,
  healthyMeansServedByTheNewRevision,
  promotedMeansNoTrafficToACanary,
  abortEndsOnStable,
  retiredRevisionsAreGone,
  noDeadlineIsLeftOver,
  historyIsBounded,
  canaryIngressesAreThoseAskedFor,
  foreignAnnotationsStay,
  servicesOfOthersAreGivenBack,
  podsWearTheirRole,
  deploymentHasGivenWay,
  restartEnds,
  podsBelongToTheirReplicaSets,
  statusTellsTheTruth,
} satisfies Record<string, (facts: SettledFacts) => Finding>;

export function rolloutOf(cluster: Cluster, name: string): Rollout {
  const rollout = cluster.store.get<Rollout>(ROLLOUTS.plural, name);
  if (rollout === undefined) throw new Error(`There is no Rollout ${name}`);
  return rollout;
}
