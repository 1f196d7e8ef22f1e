/**
 * One write that was made, and readings of it that several invariants share.
 */
import type { BlueGreenStrategy } from '../../../src/api/schema/blue-green.ts';
import type { Rollout } from '../../../src/api/schema/rollout.ts';
import { LABELS } from '../../../src/api/words/labels.ts';
import { surgeAndUnavailable } from '../../../src/kube/int-or-percent.ts';
import type { Ingress, KubeObject, ReplicaSet, Service } from '../../../src/kube/objects.ts';
import { INGRESSES, REPLICA_SETS, SERVICES } from '../../../src/kube/resources.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { hashOf } from '../cluster/pod.ts';
import { canaryRuleOf } from '../cluster/proxy.ts';
import type { MadeWrite } from '../controller/process.ts';
import type { Ledger } from '../ledger.ts';

export interface WriteFacts {
  readonly made: MadeWrite;
  readonly cluster: Cluster;
  readonly ledger: Ledger;
}

export function canaryStrategyOf(rollout: Rollout) {
  return rollout.spec.strategy?.canary ?? {};
}

/** Without blue-green everything about it is at rest. */
export function blueGreenStrategyOf(rollout: Rollout): BlueGreenStrategy {
  return rollout.spec.strategy?.blueGreen ?? { activeService: '' };
}

export function isBlueGreen(rollout: Rollout): boolean {
  return rollout.spec.strategy?.blueGreen !== undefined;
}

/** Pods alone divide the traffic: those of a canary without a router. */
export function isBasic(rollout: Rollout): boolean {
  return !isBlueGreen(rollout) && canaryStrategyOf(rollout).trafficRouting === undefined;
}

export function isRouted(rollout: Rollout): boolean {
  return canaryStrategyOf(rollout).trafficRouting?.nginx !== undefined;
}

export function sizeOf(rollout: Rollout): number {
  return rollout.spec.replicas ?? 1;
}

export function totalWeightOf(rollout: Rollout): number {
  return canaryStrategyOf(rollout).trafficRouting?.maxTrafficWeight ?? 100;
}

export function unavailableOf(rollout: Rollout): number {
  const { maxSurge, maxUnavailable } = canaryStrategyOf(rollout);
  return surgeAndUnavailable(maxSurge, maxUnavailable, sizeOf(rollout)).unavailable;
}

export function surgeOf(rollout: Rollout): number {
  const { maxSurge, maxUnavailable } = canaryStrategyOf(rollout);
  return surgeAndUnavailable(maxSurge, maxUnavailable, sizeOf(rollout)).surge;
}

/** A user who asks for no pod at all, or for a single one without room for another, accepts that requests find none. */
export function acceptsGaps(rollout: Rollout): boolean {
  const isTight = isBasic(rollout) && sizeOf(rollout) + surgeOf(rollout) === 1;
  return isTight || sizeOf(rollout) === 0;
}

/** The object as it was and as it is, when the write was made and is about an object of that kind. */
export function changeOf<T extends KubeObject>(
  { made: { write, before, answer } }: WriteFacts,
  plural: string,
): { readonly before: T; readonly after: T } | null {
  if (write.resource.plural !== plural || answer.outcome !== 'made') return null;
  if (before === undefined || answer.object === undefined || before === answer.object) return null;
  return { before: before as unknown as T, after: answer.object as unknown as T };
}

/** A ReplicaSet that the write makes smaller. */
export function shrinkOf(
  facts: WriteFacts,
): { readonly replicaSet: ReplicaSet; readonly from: number; readonly to: number } | null {
  const change = changeOf<ReplicaSet>(facts, REPLICA_SETS.plural);
  if (change === null) return null;
  const from = change.before.spec.replicas ?? 1;
  const to = change.after.spec.replicas ?? 1;
  return to < from ? { replicaSet: change.after, from, to } : null;
}

/** The weight of a canary Ingress before and after the write; a canary Ingress that was not there had none. */
export function weightChangeOf({ made: { write, before, answer } }: WriteFacts): {
  readonly from: number;
  readonly to: number;
} | null {
  if (write.resource.plural !== INGRESSES.plural || answer.outcome !== 'made' || answer.object === undefined)
    return null;
  const weight = (ingress: KubeObject | undefined) =>
    ingress === undefined ? 0 : (canaryRuleOf(ingress)?.weight ?? 0);
  return { from: weight(before), to: weight(answer.object) };
}

export function replicaSetOf(cluster: Cluster, hash: string): ReplicaSet | undefined {
  return cluster.store.list<ReplicaSet>(REPLICA_SETS.plural).find((one) => hashOf(one) === hash);
}

/**
 * Pods that are available, are known to be, and are going to stay; `size` in place of the present one.
 * That a pod became available a moment ago cannot be known yet.
 */
export function servingPods(cluster: Cluster, replicaSet: ReplicaSet | undefined, size?: number): number {
  if (replicaSet === undefined) return 0;
  const known = replicaSet.status?.availableReplicas ?? 0;
  return Math.min(cluster.availableOf(replicaSet), known, size ?? replicaSet.spec.replicas ?? 1);
}

/** The revision that a Service selects; '' when it selects none or does not exist. */
export function selectedBy(cluster: Cluster, service: string): string {
  return cluster.store.get<Service>(SERVICES.plural, service)?.spec.selector?.[LABELS.podTemplateHash] ?? '';
}

/** The largest weight that any canary Ingress of ours asks the proxy for. */
export function weightInForce(cluster: Cluster, canaryService: string): number {
  const weights = cluster.store
    .list<Ingress>(INGRESSES.plural)
    .map(canaryRuleOf)
    .filter((rule) => rule?.service === canaryService)
    .map((rule) => rule?.weight ?? 0);
  return Math.max(0, ...weights);
}
