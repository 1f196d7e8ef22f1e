/**
 * Which pods are evicted because they are older than `spec.restartAt` (spec 10.5). Their ReplicaSets replace them, each
 * with its own revision; no step, weight or selector depends on it. The API server applies the cluster's
 * PodDisruptionBudgets to each eviction.
 */
import { events } from '../../api/events.ts';
import type { RefusalReason } from '../../api/words/reasons.ts';
import type { PodMetadata, ReplicaSet } from '../../kube/objects.ts';
import type { EventNote, EvictWrite } from '../../kube/plan.ts';
import { PODS } from '../../kube/resources.ts';
import { isTerminating } from '../../kube/terminating.ts';
import { parseTime } from '../../kube/time.ts';
import { waitsFor, type BlockedOn } from '../acts/blocked.ts';
import type { Memory } from '../observed/memory.ts';
import { firstAfter } from '../acts/next-look.ts';
import { podsOf } from '../observed/pods.ts';
import { isRestarting } from '../observed/restart-pending.ts';
import {
  availableReplicasOf,
  hasObservedSpec,
  specReplicasOf,
  statusReplicasOf,
  stayingReplicasOf,
} from '../observed/replica-sets.ts';
import type { Situation } from '../observed/situation.ts';

/** No event says when a disruption budget allows an eviction again. */
const ASK_AGAIN_MS = 30_000;

/**
 * A ReplicaSet may still count a pod that is being deleted, and a new pod hides that. Until both have certainly reached
 * its status, neither counts as available.
 */
const NEWS_TRAVELS_MS = 10_000;

const ALL = 'all revisions';

export interface Restart {
  /** In the order stable, canary, retired revisions; within one the oldest pods first. */
  readonly evictions: readonly EvictWrite[];
  /** For the memory: the `restartAt` that has been carried out, `null` before the first. */
  readonly restartedAt: string | null;
  readonly events: readonly EventNote[];
  readonly blockedOn: BlockedOn | null;
  /** Milliseconds since the epoch. */
  readonly wakeAt: number | null;
}

export interface RestartFacts {
  readonly memory: Memory;
  /** `maxUnavailable` in pods; one may always be missing, or nothing could be restarted. */
  readonly unavailable: number;
  /** The look changes something else as well, which may use up the same missing pods. */
  readonly busy: boolean;
}

export function decideRestart(situation: Situation, facts: RestartFacts): Restart {
  const { restartedAt } = facts.memory;
  const idle: Restart = { evictions: [], restartedAt, events: [], blockedOn: null, wakeAt: null };
  const { restartAt } = situation.rollout.spec;
  const before = parseTime(restartAt);
  if (restartAt === undefined || before === null || !isRestarting(situation, facts.memory)) return idle;
  if (situation.now <= before) {
    const blockedOn = waitsFor('PodsNotRestarted', `the restart starts at ${restartAt}`);
    return { ...idle, blockedOn, wakeAt: before + 1 };
  }
  const revisions = inOrder(situation).map((replicaSet) => revisionPods(situation, replicaSet, before));
  const old = sum(revisions.map((one) => one.old.length));
  if (old === 0 && revisions.every(allPodsSeen)) {
    return { ...idle, restartedAt: restartAt, events: [events.restarted(restartAt)] };
  }
  const blockedOn = waitsFor(
    'PodsNotRestarted',
    `${old} of ${sum(revisions.map((one) => one.pods.length))} pods were created before ${restartAt}, ` +
      'waiting for them to be replaced as maxUnavailable and PodDisruptionBudgets allow',
  );
  const newsAt = firstAfter(
    situation.now,
    revisions.flatMap((one) => one.pods.map((pod) => (leftAt(pod) ?? createdAt(pod)) + NEWS_TRAVELS_MS)),
  );
  if (facts.busy) return { ...idle, blockedOn, wakeAt: newsAt };
  const evictions = evictionsOf(situation, revisions, facts.unavailable, restartAt);
  const askAgainAt = evictions.length === 0 ? null : situation.now + ASK_AGAIN_MS;
  return { ...idle, evictions, blockedOn, wakeAt: firstAfter(situation.now, [newsAt, askAgainAt]) };
}

interface RevisionPods {
  readonly replicaSet: ReplicaSet;
  readonly pods: readonly PodMetadata[];
  /** Those to be evicted, oldest first; none where the size is 0: what is left then are failed pods. */
  readonly old: readonly PodMetadata[];
  /** Pods that are certainly available. */
  readonly available: number;
}

/** Stable, canary, then the others, oldest first. */
function inOrder({ stable, canary, retired }: Situation): readonly ReplicaSet[] {
  const live = stable === canary ? [stable] : [stable, canary];
  return [...live.filter((one) => one !== null), ...retired];
}

function revisionPods(situation: Situation, replicaSet: ReplicaSet, before: number): RevisionPods {
  const pods = podsOf(situation, replicaSet);
  const isNews = (at: number) => at + NEWS_TRAVELS_MS > situation.now;
  const told = pods.filter((pod) => !isTerminating(pod) && !isNews(createdAt(pod)));
  const leaving = pods.filter((pod) => isNews(leftAt(pod) ?? 0));
  return {
    replicaSet,
    pods,
    old: specReplicasOf(replicaSet) === 0 ? [] : pods.filter((pod) => createdAt(pod) < before).toSorted(byAge),
    available: Math.min(stayingReplicasOf(replicaSet) - leaving.length, told.length),
  };
}

/** Until then a pod may be missing from our list. */
function allPodsSeen({ replicaSet, pods }: RevisionPods): boolean {
  return hasObservedSpec(replicaSet) && pods.length >= statusReplicasOf(replicaSet);
}

/** At most `maxUnavailable` pods below the total size of all revisions (spec 11, 48). */
function evictionsOf(
  situation: Situation,
  revisions: readonly RevisionPods[],
  unavailable: number,
  restartAt: string,
): EvictWrite[] {
  const asked = sum(revisions.map((one) => specReplicasOf(one.replicaSet)));
  const least = Math.max(situation.replicas, asked) - Math.max(unavailable, 1);
  const budget = sum(revisions.map((one) => one.available)) - least;
  return revisions.flatMap((revision) => {
    const atMost = Math.min(budget, mostOf(revision));
    if (atMost <= 0) return [];
    const limits = [
      { group: ALL, atMost: budget },
      { group: revision.replicaSet.metadata.name, atMost },
    ];
    return revision.old
      .filter((pod) => !isTerminating(pod))
      .map((pod) => ({
        op: 'evict',
        resource: PODS,
        namespace: situation.namespace,
        name: pod.metadata.name,
        uid: pod.metadata.uid,
        limits,
        why: 'the pod is older than the restart',
        refusedAs: 'RestartingPodFailed' satisfies RefusalReason,
        events: [events.podRestarted(pod.metadata.name, restartAt)],
      }));
  });
}

/**
 * A revision of several pods keeps one that is available, because a Service may select only that revision. If none is
 * available, the size is the limit: then the restart may be the fix.
 */
function mostOf({ replicaSet, available }: RevisionPods): number {
  const size = specReplicasOf(replicaSet);
  const none = hasObservedSpec(replicaSet) && availableReplicasOf(replicaSet) === 0;
  const atHand = none ? size : available;
  return size > 1 ? atHand - 1 : atHand;
}

/** When it was deleted, `null` when it was not. */
function leftAt({ metadata }: PodMetadata): number | null {
  const goneAt = parseTime(metadata.deletionTimestamp);
  return goneAt === null ? null : goneAt - (metadata.deletionGracePeriodSeconds ?? 0) * 1000;
}

/** A pod without a time counts as old. */
function createdAt(pod: PodMetadata): number {
  return parseTime(pod.metadata.creationTimestamp) ?? 0;
}

/** The name breaks ties, so that the order is a function of the pods alone. */
function byAge(a: PodMetadata, b: PodMetadata): number {
  return createdAt(a) - createdAt(b) || (a.metadata.name < b.metadata.name ? -1 : 1);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
