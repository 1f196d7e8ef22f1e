/**
 * Who is who: the roles that the ReplicaSets of a Rollout play at this moment, and the few facts
 * about the Rollout that every later stage asks for. It claims nothing and changes nothing.
 */
import type { Rollout } from '../../api/rollout.ts';
import type { RolloutStatus } from '../../api/status.ts';
import { isControlledBy } from '../../kube/owners.ts';
import type { ReplicaSet } from '../../kube/objects.ts';
import { sameTemplate } from '../../kube/template-equality.ts';
import { templateHash } from '../../kube/template-hash.ts';
import { withoutAntiAffinity } from './anti-affinity.ts';
import { recordedMetadata, withoutInjectedMetadata } from './injected-metadata.ts';
import { byAge, replicaSetOf, templateHashOf } from './replica-sets.ts';
import type { RolloutWorld } from './world.ts';

export interface Situation {
  readonly world: RolloutWorld;
  /** With the template and the selector of its workload, where the spec refers to one. */
  readonly rollout: Rollout;
  readonly namespace: string;
  readonly name: string;
  readonly status: RolloutStatus;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** `spec.replicas`, 1 when absent. */
  readonly replicas: number;
  /** The ReplicaSet of the present template; `null` until it exists. The same object as `stable` when nothing is being rolled out. */
  readonly canary: ReplicaSet | null;
  /** Its hash label, or the computed hash while it does not exist. */
  readonly canaryHash: string;
  /** The ReplicaSet of `status.stableRS`; `null` before the first promotion, or when somebody deleted it. */
  readonly stable: ReplicaSet | null;
  /** Neither stable nor canary, oldest first. */
  readonly retired: readonly ReplicaSet[];
  /** All of them, oldest first. */
  readonly all: readonly ReplicaSet[];
}

/** Reads the roles off the world. Only ReplicaSets that this Rollout controls take part. */
export function situationOf(world: RolloutWorld): Situation {
  const { rollout } = world;
  const status = rollout.status ?? {};
  const all = world.replicaSets.filter((one) => isControlledBy(one, rollout.metadata.uid)).sort(byAge);
  const template = rollout.spec.template ?? {};
  const computedHash = templateHash(template, status.collisionCount);
  const canary =
    all.find((one) => templateHashOf(one) === computedHash) ?? all.find((one) => carriesTemplate(one, rollout)) ?? null;
  const stable = replicaSetOf(all, status.stableRS ?? '');
  return {
    world,
    rollout,
    namespace: rollout.metadata.namespace ?? '',
    name: rollout.metadata.name,
    status,
    now: world.now,
    replicas: rollout.spec.replicas ?? 1,
    canary,
    canaryHash: canary === null ? computedHash : templateHashOf(canary),
    stable,
    retired: all.filter((one) => one !== canary && one !== stable),
    all,
  };
}

/**
 * Whether a ReplicaSet runs the Rollout's template, whatever its hash label says: controllers and
 * versions hash differently, and an undo writes server-side defaults into the template (spec 4.4, rule 3).
 */
export function carriesTemplate(replicaSet: ReplicaSet, rollout: Rollout): boolean {
  const bare = withoutAntiAffinity(withoutInjectedMetadata(replicaSet.spec.template, recordedMetadata(replicaSet)));
  return sameTemplate(bare, withoutAntiAffinity(rollout.spec.template ?? {}));
}
