/**
 * How many pods the Deployment keeps whose place the first revision of a Rollout takes (spec 10.6). Its pods go only as
 * ours serve, and the last of them when every proxy has heard that requests go to ours alone. Later revisions, and a
 * Deployment that has been scaled up again, are no business of it.
 */
import { events } from '../../api/events.ts';
import type { WorkloadScaleDown } from '../../api/status.ts';
import { scaleDownMode, scalesDown, type WorkloadRef } from '../../api/workload-ref.ts';
import { findCondition } from '../../kube/conditions.ts';
import type { PatchWrite } from '../../kube/plan.ts';
import { DEPLOYMENTS } from '../../kube/resources.ts';
import { parseTime } from '../../kube/time.ts';
import { scalePatch, type Workload } from '../../kube/workload.ts';
import { longestPropagationMs } from '../traffic/propagation.ts';
import { serviceShows } from './endpoints.ts';
import type { Memory } from './memory.ts';
import { firstAfter } from './next-look.ts';
import { stayingReplicasOf } from './replica-sets.ts';
import { currentRevision } from './revisions.ts';
import type { Situation } from './situation.ts';
import { workloadInUse } from './workload-generation.ts';

export interface WorkloadScaling {
  /** For the memory; `null` while it has not begun. */
  readonly scaleDown: WorkloadScaleDown | null;
  /** `null` when the Deployment has the pods that it should have. */
  readonly write: PatchWrite | null;
  /** Milliseconds since the epoch. */
  readonly wakeAt: number | null;
}

/** `services` are those that the strategy points at revisions; '' stands for none. */
export function decideWorkloadScaling(
  situation: Situation,
  memory: Memory,
  services: ReadonlySet<string>,
): WorkloadScaling {
  const reference = situation.rollout.spec.workloadRef;
  const workload = workloadInUse(situation);
  const none = { write: null, wakeAt: null };
  if (reference === undefined || workload === null || !scalesDown(reference)) return { ...none, scaleDown: null };
  const { name = '' } = reference;
  // What became of another Deployment says nothing about this one.
  const begun = memory.workloadScaleDown?.name === name ? memory.workloadScaleDown : null;
  if (begun?.done === true || currentRevision(situation) > 1) return { ...none, scaleDown: begun };
  const handover = handoverOf(situation, memory, services);
  if (handover.isOver && workload.replicas === 0) {
    return { ...none, scaleDown: { name, from: begun?.from ?? 0, done: true } };
  }
  // Whoever scales it up meanwhile wants more pods than there were, and those too go only as ours serve.
  const from = Math.max(begun?.from ?? 0, workload.replicas);
  const kept = handover.isOver ? 0 : keptUntilTheEnd(reference, from, situation.replicas, handover.serving);
  const wakeAt = handover.overAt;
  // What the Deployment had is written down before any of it goes.
  if (begun?.from !== from) {
    return { ...none, scaleDown: begun === null && kept === workload.replicas ? null : { name, from }, wakeAt };
  }
  if (kept === workload.replicas) return { ...none, scaleDown: begun, wakeAt };
  return { scaleDown: begun, write: scaleWrite(situation, name, workload, kept), wakeAt };
}

/** A Rollout of fewer pods than the Deployment has still takes the place of one for each that serves. */
function keptUntilTheEnd(reference: WorkloadRef, from: number, replicas: number, serving: number): number {
  if (scaleDownMode(reference) !== 'progressively') return from;
  return Math.min(from, Math.max(1, Math.max(from, replicas) - serving));
}

interface Handover {
  /** Pods of ours that get requests, or could: where Services are named, those that are ready behind each. */
  readonly serving: number;
  /** Everything that the Rollout asks for is there, and its Services have long led to it alone. */
  readonly isOver: boolean;
  /** When it will be over if nothing changes, milliseconds since the epoch; `null` when that depends on something else. */
  readonly overAt: number | null;
}

/** The Rollout's own report is the clock: it says Healthy from the moment on in which all of ours were there. */
function handoverOf(situation: Situation, memory: Memory, services: ReadonlySet<string>): Handover {
  const { canary, canaryHash, replicas, status, now } = situation;
  const named = [...services].filter((service) => service !== '');
  const views = named.map((service) => serviceShows(situation, service, canaryHash));
  const serving = Math.min(stayingReplicasOf(canary), ...views.map(({ ready }) => ready));
  const alone = views.every(({ selects, foreign }) => selects && foreign === 0);
  const healthy = findCondition(status.conditions, 'Healthy');
  const since = healthy?.status === 'True' ? parseTime(healthy.lastTransitionTime) : null;
  const isComplete = memory.stableRS === canaryHash && serving >= Math.max(1, replicas);
  const overAt =
    status.phase === 'Healthy' && isComplete && alone && since !== null
      ? since + longestPropagationMs(situation)
      : null;
  return { serving, isOver: overAt !== null && overAt <= now, overAt: firstAfter(now, [overAt]) };
}

/** Taking pods away on outdated knowledge harms; more of them than needed do not. */
function scaleWrite(situation: Situation, name: string, workload: Workload, replicas: number): PatchWrite {
  const shrinks = replicas < workload.replicas;
  return {
    op: 'patch',
    resource: DEPLOYMENTS,
    namespace: situation.namespace,
    name,
    subresource: 'scale',
    patch: scalePatch(replicas),
    ...(shrinks ? { resourceVersion: workload.resourceVersion } : {}),
    why: shrinks ? 'pods of the Rollout serve in place of those' : 'pods of the Rollout are missing',
    events: [events.workloadScaled(name, workload.replicas, replicas)],
  };
}
