/**
 * What must be true when a write moves traffic: a weight or the selector of a Service.
 */
import { ANNOTATIONS, LABELS } from '../../../src/api/words/labels.ts';
import type { Rollout } from '../../../src/api/schema/rollout.ts';
import { stableIngressNames } from '../../../src/core/traffic/nginx/ingress.ts';
import { ingressesIn } from '../../../src/core/traffic/nginx/observed.ts';
import type { Ingress, Service } from '../../../src/kube/objects.ts';
import { INGRESSES, PODS, SERVICES } from '../../../src/kube/resources.ts';
import { endpointsOf } from '../cluster/endpoint-controller.ts';
import { hashOf, type Pod } from '../cluster/pod.ts';
import { FOREIGN_CANARY, isForeign } from '../scenario/surroundings.ts';
import { reportedStatus } from './plans.ts';
import type { Finding } from './violation.ts';
import {
  canaryStrategyOf,
  changeOf,
  replicaSetOf,
  selectedBy,
  servingPods,
  sizeOf,
  surgeOf,
  totalWeightOf,
  unavailableOf,
  weightChangeOf,
  weightInForce,
  type WriteFacts,
} from './write-facts.ts';

/** After a change of the number of replicas the pods need a while to follow. */
const REPLICAS_SETTLE_MS = 120_000;
/** A person may take a promotion back in the moment in which the Service has moved; endpoints do not say which selector they follow. */
const ENDPOINTS_FOLLOW_MS = 5_000;
const WEIGHT_SETTLES_MS = 20_000;

function weightsNeverRiseWhileAborted(facts: WriteFacts): Finding {
  const change = weightChangeOf(facts);
  const { plan, world } = facts.made;
  const { abort } = { ...world.rollout.status, ...reportedStatus(plan) };
  if (change === null || abort !== true || change.to <= change.from) return null;
  return `from ${change.from} to ${change.to}`;
}

function weightRisesOnlyOntoAReadyCanary(facts: WriteFacts): Finding {
  const change = weightChangeOf(facts);
  const { cluster, made } = facts;
  if (change === null || change.to <= change.from || made.author !== 'serin' || cluster.isShaken()) return null;
  if (facts.ledger.wasUpheaved('replicas', REPLICAS_SETTLE_MS)) return null;
  const { canaryService = '' } = canaryStrategyOf(made.world.rollout);
  const ready = readyHashesBehind(facts, canaryService);
  return ready.length > 0
    ? null
    : `from ${change.from} to ${change.to}, and no ready pod is behind Service ${canaryService}`;
}

/** Of two canary Ingresses for one host and path the proxy obeys one: a weight on the other would be false. */
function weightRisesOnlyWhereItActs(facts: WriteFacts): Finding {
  const change = weightChangeOf(facts);
  const { world, author } = facts.made;
  if (change === null || change.to <= change.from || author !== 'serin') return null;
  const hostsOf = (ingress: Ingress | undefined) => (ingress?.spec?.rules ?? []).map((rule) => rule.host);
  const taken = hostsOf(ingressesIn(world).get(FOREIGN_CANARY));
  const named = stableIngressNames(canaryStrategyOf(world.rollout).trafficRouting?.nginx ?? {});
  const name = named.find((one) => hostsOf(ingressesIn(world).get(one)).some((host) => taken.includes(host)));
  return name === undefined ? null : `from ${change.from} to ${change.to} beside another canary of ${name}`;
}

/** Whatever its name is, and whatever a cache has shown so far. */
function foreignIngressesAreLeftAlone({ made: { write, before, answer } }: WriteFacts): Finding {
  if (write.resource !== INGRESSES || before === undefined || answer.outcome !== 'made') return null;
  return isForeign(before) ? `${write.op} of ${write.name}: ${write.why}` : null;
}

/** Requests that leave the canary must find the stable revision behind the stable Service, and nothing else. */
function weightFallsOnlyOntoAServingStable(facts: WriteFacts): Finding {
  const change = weightChangeOf(facts);
  const { cluster, made, ledger } = facts;
  const { rollout } = made.world;
  if (change === null || change.to >= change.from || made.author !== 'serin' || cluster.isShaken()) return null;
  if (sizeOf(rollout) === 0) return null;
  if (ledger.wasUpheaved('selector') || ledger.wasUpheaved('replicas', REPLICAS_SETTLE_MS)) return null;
  const {
    stableService = '',
    canaryService = '',
    replicaProgressThreshold,
    dynamicStableScale,
  } = canaryStrategyOf(rollout);
  const canary = replicaSetOf(cluster, selectedBy(cluster, canaryService));
  if (servingPods(cluster, canary) === 0) return null;
  if (ledger.hasTurnedBack(stableService, ENDPOINTS_FOLLOW_MS)) return null;
  const stableHash = stableAfter(facts);
  const ready = readyHashesBehind(facts, stableService);
  const stray = ready.find((hash) => hash !== stableHash);
  if (stray !== undefined) return `to ${change.to} while Service ${stableService} still reaches pods of ${stray}`;
  const share = Math.floor(((totalWeightOf(rollout) - change.to) * sizeOf(rollout)) / totalWeightOf(rollout));
  const aborting = rollout.status?.abort === true && dynamicStableScale !== true;
  // A restart takes as many pods as may be missing, also of the side that the requests return to.
  const isRestarting = rollout.spec.restartAt !== undefined;
  const needed =
    aborting || isRestarting ? Math.min(share, Math.max(1, sizeOf(rollout) - unavailableOf(rollout))) : share;
  const least = replicaProgressThreshold === undefined ? needed : Math.min(1, needed);
  return ready.length >= least
    ? null
    : `to ${change.to} while Service ${stableService} reaches ${ready.length} ready pods of ${least}`;
}

/** The stable revision as the plan of the write leaves it. */
function stableAfter({ made: { plan, world } }: WriteFacts): string {
  return reportedStatus(plan)?.stableRS ?? world.rollout.status?.stableRS ?? '';
}

function readyHashesBehind({ cluster }: WriteFacts, service: string): readonly string[] {
  return endpointsOf(cluster.store, service)
    .filter((endpoint) => endpoint.ready)
    .map((endpoint) => cluster.store.get<Pod>(PODS.plural, endpoint.podName ?? ''))
    .map((pod) => (pod === undefined ? '' : hashOf(pod)));
}

/** It selects the stable revision, or the one that this very plan promotes. */
function stableServiceFollowsThePromotion(facts: WriteFacts): Finding {
  const change = selectorChangeOf(facts, 'stableService');
  if (change === null || change.to === '') return null;
  const stable = stableAfter(facts);
  if (isLastStepWithoutSurge(facts, change.to)) return null;
  return change.to === stable ? null : `it selects ${change.to} while ${stable} is stable`;
}

/** Without a router and without surge the last pod of the new revision needs the place of the last one of the stable revision. */
function isLastStepWithoutSurge(facts: WriteFacts, hash: string): boolean {
  const { rollout } = facts.made.world;
  const { trafficRouting } = canaryStrategyOf(rollout);
  return (
    trafficRouting === undefined && surgeOf(rollout) === 0 && isDone(facts) && hash === rollout.status?.currentPodHash
  );
}

/** All steps are complete, or are skipped. */
function isDone({ made: { plan, world } }: WriteFacts): boolean {
  const { status } = world.rollout;
  const { steps = [] } = canaryStrategyOf(world.rollout);
  const index = reportedStatus(plan)?.currentStepIndex ?? status?.currentStepIndex ?? steps.length;
  return status?.promoteFull === true || index >= steps.length;
}

/** A revision that gets requests by weight is not replaced behind the canary Service while it can answer them, unless no stable pod could take them. */
function canaryServiceKeepsWhatCarriesTraffic(facts: WriteFacts): Finding {
  const change = selectorChangeOf(facts, 'canaryService');
  const { cluster, made } = facts;
  if (change === null || change.from === '' || made.author !== 'serin' || cluster.isShaken()) return null;
  const { canaryService = '', trafficRouting } = canaryStrategyOf(made.world.rollout);
  if (trafficRouting?.nginx === undefined) return null;
  // A weight that a user wrote beside ours is not known at once.
  if (facts.ledger.wasUpheaved('weight', WEIGHT_SETTLES_MS)) return null;
  const weight = weightInForce(cluster, canaryService);
  const serving = servingPods(cluster, replicaSetOf(cluster, change.from));
  const stable = replicaSetOf(cluster, made.world.rollout.status?.stableRS ?? '');
  const isLastResort = isDone(facts) && servingPods(cluster, stable) === 0;
  if (isLastResort && servingPods(cluster, replicaSetOf(cluster, change.to)) > 0) return null;
  return weight === 0 || serving === 0
    ? null
    : `from ${change.from} to ${change.to} at weight ${weight}, with ${serving} pods still serving`;
}

/** A managed Service moves only to a revision that can answer; that of an aborted, routed canary moves in any case. */
function selectorsMoveOnlyToServingPods(facts: WriteFacts): Finding {
  const { cluster, made } = facts;
  const stable = selectorChangeOf(facts, 'stableService');
  const canary = selectorChangeOf(facts, 'canaryService');
  const change = stable ?? (made.world.rollout.status?.abort === true ? null : canary);
  if (change === null || change.to === '' || made.author !== 'serin' || cluster.isShaken()) return null;
  if (facts.ledger.wasUpheaved('replicas', REPLICAS_SETTLE_MS)) return null;
  return servingPods(cluster, replicaSetOf(cluster, change.to)) > 0 ? null : `${change.to} has no available pod`;
}

function selectorChangeOf(
  facts: WriteFacts,
  role: 'stableService' | 'canaryService',
): { readonly from: string; readonly to: string } | null {
  const change = changeOf<Service>(facts, SERVICES.plural);
  const rollout: Rollout = facts.made.world.rollout;
  if (change === null || facts.made.write.name !== canaryStrategyOf(rollout)[role]) return null;
  const from = change.before.spec.selector?.[LABELS.podTemplateHash] ?? '';
  const to = change.after.spec.selector?.[LABELS.podTemplateHash] ?? '';
  return from === to ? null : { from, to };
}

/** A Service is annotated in the same write that takes it over. */
function managedServicesSayWhoseTheyAre(facts: WriteFacts): Finding {
  const change = changeOf<Service>(facts, SERVICES.plural);
  if (change === null) return null;
  const selects = change.after.spec.selector?.[LABELS.podTemplateHash] !== undefined;
  const named = change.after.metadata.annotations?.[ANNOTATIONS.managedByRollouts] !== undefined;
  return selects === named ? null : `selects a revision: ${selects}, annotated: ${named}`;
}

export const trafficWriteInvariants = {
  weightsNeverRiseWhileAborted,
  weightRisesOnlyOntoAReadyCanary,
  weightRisesOnlyWhereItActs,
  foreignIngressesAreLeftAlone,
  weightFallsOnlyOntoAServingStable,
  stableServiceFollowsThePromotion,
  canaryServiceKeepsWhatCarriesTraffic,
  selectorsMoveOnlyToServingPods,
  managedServicesSayWhoseTheyAre,
} satisfies Record<string, (facts: WriteFacts) => Finding>;
