/**
 * What must be true when a write evicts a pod.
 */
import type { ReplicaSet } from '../../../src/kube/objects.ts';
import { controllerOf, isControlledBy } from '../../../src/kube/owners.ts';
import { PODS, REPLICA_SETS } from '../../../src/kube/resources.ts';
import { parseTime } from '../../../src/kube/time.ts';
import type { Pod } from '../cluster/pod.ts';
import type { Finding } from './violation.ts';
import { changeOf, sizeOf, unavailableOf, type WriteFacts } from './write-facts.ts';

/** The Rollout asks for this long after an edit of its size or its limits what it asked for before. */
const AFTERMATH_MS = 120_000;

/** Never more pods are missing through evictions than maxUnavailable says, or one. */
function evictionsRespectMaxUnavailable(facts: WriteFacts): Finding {
  const { cluster, made, ledger } = facts;
  const { rollout } = made.world;
  const evicted = changeOf<Pod>(facts, PODS.plural);
  if (made.write.op !== 'evict' || evicted === null || !evicted.before.status.ready) return null;
  const isUpheaved = ledger.wasUpheaved('replicas', AFTERMATH_MS) || ledger.wasUpheaved('limits', AFTERMATH_MS);
  if (made.author !== 'serin' || cluster.isShaken() || isUpheaved || cluster.clockIsAhead(made.world.now)) return null;
  const own = cluster.store
    .list<ReplicaSet>(REPLICA_SETS.plural)
    .filter((one) => isControlledBy(one, rollout.metadata.uid));
  // A late report of the ReplicaSet controller misleads all who read it.
  if (own.some((one) => (one.status?.availableReplicas ?? 0) > cluster.availableOf(one) + 1)) return null;
  const asked = own.reduce((sum, one) => sum + (one.spec.replicas ?? 1), 0);
  const least = Math.max(sizeOf(rollout), asked) - Math.max(1, unavailableOf(rollout));
  const left = own.reduce((sum, one) => sum + cluster.availableOf(one), 0);
  return left >= least ? null : `${left} pods are available after it, and ${least} have to stay`;
}

function onlyOldPodsAreEvicted({ made }: WriteFacts): Finding {
  if (made.write.op !== 'evict' || made.before === undefined) return null;
  const restartAt = parseTime(made.world.rollout.spec.restartAt);
  const createdAt = parseTime(made.before.metadata.creationTimestamp);
  const isAskedFor = restartAt !== null && createdAt !== null && createdAt < restartAt;
  return isAskedFor
    ? null
    : `${made.write.name} is from ${String(made.before.metadata.creationTimestamp)}, and restartAt is ${String(made.world.rollout.spec.restartAt)}`;
}

function onlyOwnPodsAreEvicted({ cluster, made }: WriteFacts): Finding {
  if (made.write.op !== 'evict' || made.before === undefined) return null;
  const owner = cluster.store.get<ReplicaSet>(REPLICA_SETS.plural, controllerOf(made.before)?.name ?? '');
  return owner !== undefined && isControlledBy(owner, made.world.rollout.metadata.uid)
    ? null
    : `${made.write.name} belongs to somebody else`;
}

export const evictionInvariants = {
  evictionsRespectMaxUnavailable,
  onlyOldPodsAreEvicted,
  onlyOwnPodsAreEvicted,
} satisfies Record<string, (facts: WriteFacts) => Finding>;
