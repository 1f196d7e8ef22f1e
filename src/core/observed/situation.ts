/**
 * The roles of a Rollout's ReplicaSets at this moment, and the few facts about the Rollout that every later stage needs.
 */
import type { Rollout } from '../../api/schema/rollout.ts';
import type { RolloutStatus } from '../../api/schema/status.ts';
import { DEFAULTS } from '../../api/words/defaults.ts';
import { isControlledBy } from '../../kube/owners.ts';
import type { PodTemplate, ReplicaSet } from '../../kube/objects.ts';
import { comparisonWith } from '../../kube/template-equality.ts';
import { templateHash } from '../../kube/template-hash.ts';
import { withoutAntiAffinity } from './anti-affinity.ts';
import { hasRecord } from './injected-metadata.ts';
import { ownMetadata, withOwnMetadata } from './own-metadata.ts';
import { byAge, replicaSetOf, templateHashOf } from './replica-sets.ts';
import { servingRevision } from './serving-revision.ts';
import type { RolloutWorld } from './world.ts';

export interface Situation {
  readonly world: RolloutWorld;
  /** With the template and the selector of its workload, where the spec refers to one. */
  readonly rollout: Rollout;
  readonly namespace: string;
  readonly name: string;
  /** As stored; where `stableRS` names no ReplicaSet, with the revision that serves instead. */
  readonly status: RolloutStatus;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** `spec.replicas`, 1 when absent. */
  readonly replicas: number;
  /** The ReplicaSet of the present template; `null` until it exists. The same object as `stable` when nothing is being rolled out. */
  readonly canary: ReplicaSet | null;
  /** Its hash label, or the computed hash while it does not exist. */
  readonly canaryHash: string;
  /** The ReplicaSet of `status.stableRS`; `null` while no revision but the canary serves. */
  readonly stable: ReplicaSet | null;
  /** Neither stable nor canary, oldest first. */
  readonly retired: readonly ReplicaSet[];
  /** All of them, oldest first. */
  readonly all: readonly ReplicaSet[];
}

/** Finds the roles. Only ReplicaSets that this Rollout controls have one. */
export function situationOf(world: RolloutWorld): Situation {
  const { rollout } = world;
  const all = ownReplicaSets(world);
  const template = rollout.spec.template ?? {};
  const computedHash = templateHash(template, rollout.status?.collisionCount);
  const canary =
    all.find((one) => templateHashOf(one) === computedHash) ??
    carrierAmong(all, template) ??
    defaultedAmong(all, world, template) ??
    null;
  return situationWith(world, all, canary, canary === null ? computedHash : templateHashOf(canary));
}

/** The situation in which a given ReplicaSet is the one of the present template, whatever the spec says. */
export function situationAround(world: RolloutWorld, canary: ReplicaSet): Situation {
  return situationWith(world, ownReplicaSets(world), canary, templateHashOf(canary));
}

function situationWith(
  world: RolloutWorld,
  all: readonly ReplicaSet[],
  canary: ReplicaSet | null,
  canaryHash: string,
): Situation {
  const { rollout } = world;
  const recorded = rollout.status ?? {};
  const named = replicaSetOf(all, recorded.stableRS ?? '');
  const stable = named ?? servingRevision(world, all, canaryHash);
  return {
    world,
    rollout,
    namespace: rollout.metadata.namespace ?? '',
    name: rollout.metadata.name,
    status: stable === named || stable === null ? recorded : { ...recorded, stableRS: templateHashOf(stable) },
    now: world.now,
    replicas: rollout.spec.replicas ?? DEFAULTS.replicas,
    canary,
    canaryHash,
    stable,
    retired: all.filter((one) => one !== canary && one !== stable),
    all,
  };
}

/** Oldest first. */
function ownReplicaSets({ rollout, replicaSets }: RolloutWorld): readonly ReplicaSet[] {
  return replicaSets.filter((one) => isControlledBy(one, rollout.metadata.uid)).sort(byAge);
}

/** Whether a ReplicaSet runs the Rollout's template, whatever its hash label says. */
export function carriesTemplate(replicaSet: ReplicaSet, { spec: { template = {} } }: Rollout): boolean {
  return carrierAmong([replicaSet], template) !== undefined;
}

/**
 * The first that runs the Rollout's template, whatever its hash label says: controllers and versions hash differently,
 * and an undo writes server-side defaults into the template (spec 4.4, rule 3).
 */
function carrierAmong(all: readonly ReplicaSet[], template: PodTemplate): ReplicaSet | undefined {
  const { isSame } = comparisonWith(withoutAntiAffinity(template));
  return (
    // The template's own values, instead of those that a role lends.
    all.find((one) => isSame(bareTemplate(one, template))) ??
    // The template as it is: an undo copies a template together with what a role lends to it. Without a record it is bare.
    all.find((one) => hasRecord(one) && isSame(withoutAntiAffinity(one.spec.template)))
  );
}

/** The first whose template is that of the Rollout with the API server's defaults, where it was asked for them. */
function defaultedAmong(
  all: readonly ReplicaSet[],
  { defaultedTemplate }: RolloutWorld,
  template: PodTemplate,
): ReplicaSet | undefined {
  if (defaultedTemplate === null) return undefined;
  const { isSame } = comparisonWith(defaultedTemplate);
  return all.find((one) => isSame(bareTemplate(one, template)));
}

/** Its template without what its role has lent to it. `template` is that of the Rollout, whose values are used where none were recorded. */
export function bareTemplate(replicaSet: ReplicaSet, template: PodTemplate): PodTemplate {
  return withoutAntiAffinity(withOwnMetadata(replicaSet.spec.template, ownMetadata(replicaSet, template, false)));
}
