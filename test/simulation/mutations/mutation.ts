/**
 * A deliberate fault of the core, and the readings of a world that several of them share. The faults themselves are in the
 * files beside this one.
 */
import {
  LABELS,
  NGINX_ANNOTATION_PREFIX as PREFIX,
  NGINX_CANARY_ANNOTATIONS as KEY,
} from '../../../src/api/words/labels.ts';
import type { RolloutWorld } from '../../../src/core/observed/world.ts';
import { decideRollout } from '../../../src/core/rollout/decide.ts';
import { ingressesIn } from '../../../src/core/traffic/nginx/observed.ts';
import type { Ingress, ReplicaSet } from '../../../src/kube/objects.ts';
import { isControlledBy } from '../../../src/kube/owners.ts';
import type { Plan, Write } from '../../../src/kube/plan.ts';
import { INGRESSES, REPLICA_SETS, SERVICES } from '../../../src/kube/resources.ts';
import { hashOf } from '../cluster/pod.ts';
import type { Decide } from '../controller/process.ts';

export interface Mutation {
  readonly name: string;
  /** The invariant that has to find it in some history. */
  readonly caughtBy: string;
  readonly decide: Decide;
  /** In place of the usual chance of canaries with Experiments among their steps. */
  readonly experimentChance?: number;
}

/** The plan of the core with other writes than it holds. */
export function writing(
  name: string,
  caughtBy: string,
  change: (writes: readonly Write[], world: RolloutWorld) => readonly Write[],
): Mutation {
  const decide = (world: RolloutWorld): Plan => {
    const plan = decideRollout(world);
    return { ...plan, writes: change(plan.writes, world) };
  };
  return { name, caughtBy, decide };
}

export const WEIGHT = `${PREFIX}/${KEY.weight}`;
const why = 'a deliberate fault';

export function canaryStrategyOf({ rollout }: RolloutWorld) {
  return rollout.spec.strategy?.canary ?? {};
}

/** The canary Ingresses of the Rollout itself. */
export function canaryIngresses(world: RolloutWorld): readonly Ingress[] {
  return [...ingressesIn(world).values()].filter((one) => isControlledBy(one, world.rollout.metadata.uid));
}

export function weightOf(ingress: Ingress | undefined): number {
  return Number(ingress?.metadata.annotations?.[WEIGHT] ?? 0);
}

export function weighted(ingress: Ingress, weight: number): Ingress {
  const annotations = { ...ingress.metadata.annotations, [WEIGHT]: String(weight) };
  return { ...ingress, metadata: { ...ingress.metadata, annotations } };
}

export function replicaSetOf(world: RolloutWorld, hash: string | undefined): ReplicaSet | undefined {
  return world.replicaSets.find((one) => hashOf(one) === hash);
}

export function sizeOf(replicaSet: ReplicaSet | undefined): number {
  return replicaSet === undefined ? 0 : (replicaSet.spec.replicas ?? 1);
}

export function resize(replicaSet: ReplicaSet, replicas: number): Write {
  const { namespace = '', name } = replicaSet.metadata;
  return { op: 'patch', resource: REPLICA_SETS, namespace, name, patch: { spec: { replicas } }, why };
}

export function annotate(ingress: Ingress, annotations: Readonly<Record<string, string | null>>): Write {
  const { namespace = '', name } = ingress.metadata;
  return { op: 'patch', resource: INGRESSES, namespace, name, patch: { metadata: { annotations } }, why };
}

/** The revision that a Service selects; `undefined` when it was never taken over. */
export function selectedBy(world: RolloutWorld, service: string | undefined): string | undefined {
  return world.services.get(service ?? '')?.spec.selector?.[LABELS.podTemplateHash];
}

/** Nothing when the Service is not there, or was never taken over. */
export function select(world: RolloutWorld, service: string | undefined, hash: string): readonly Write[] {
  const present = world.services.get(service ?? '');
  if (present === undefined || selectedBy(world, service) === undefined) return [];
  const { namespace = '', name } = present.metadata;
  const patch = { spec: { selector: { [LABELS.podTemplateHash]: hash } } };
  return [{ op: 'patch', resource: SERVICES, namespace, name, patch, why }];
}
