/**
 * How many pods the Deployment keeps that the first revision of a Rollout replaces (spec 10.6). Its pods are removed only
 * as ours serve, the last ones after every proxy has heard that all requests go to ours. Later revisions, and a
 * Deployment that is scaled up again afterwards, do not matter.
 */
import { events } from '../../api/events.ts';
import type { RefusalReason } from '../../api/words/reasons.ts';
import type { WorkloadScaleDown } from '../../api/schema/status.ts';
import { scaleDownMode, scalesDown } from '../../api/schema/workload-ref.ts';
import { deepEqual } from '../../kube/merge-patch.ts';
import type { PatchWrite } from '../../kube/plan.ts';
import { DEPLOYMENTS } from '../../kube/resources.ts';
import { formatTime, parseTime } from '../../kube/time.ts';
import { scalePatch, type Workload } from '../../kube/workload.ts';
import { longestPropagationMs } from '../traffic/routers.ts';
import { serviceShows } from '../observed/endpoints.ts';
import type { Hazard } from '../acts/hazard.ts';
import { lastingReplicasOf } from '../acts/leaving-pods.ts';
import { serviceNotReady } from '../acts/service-not-ready.ts';
import type { Memory } from '../observed/memory.ts';
import { firstAfter } from '../acts/next-look.ts';
import { currentRevision } from '../acts/revisions.ts';
import type { Situation } from '../observed/situation.ts';
import { workloadInUse } from '../acts/workload-generation.ts';

export interface WorkloadScaling {
  /** For the memory; `null` while it has not begun. */
  readonly scaleDown: WorkloadScaleDown | null;
  /** `null` when the Deployment has the pods that it should have. */
  readonly write: PatchWrite | null;
  /** Milliseconds since the epoch. */
  readonly wakeAt: number | null;
  readonly hazards: readonly Hazard[];
}

/** `services` are those that the strategy points at revisions; '' stands for none. */
export function decideWorkloadScaling(
  situation: Situation,
  memory: Memory,
  services: ReadonlySet<string>,
): WorkloadScaling {
  const reference = situation.rollout.spec.workloadRef;
  const workload = workloadInUse(situation);
  const none = { write: null, wakeAt: null, hazards: [] };
  if (reference === undefined || workload === null) return { ...none, scaleDown: null };
  const { name = '' } = reference;
  // A record of another Deployment says nothing about this one.
  const begun = memory.workloadScaleDown?.name === name ? memory.workloadScaleDown : null;
  if (begun?.done === true) return { ...none, scaleDown: begun };
  if (!scalesDown(reference)) return { ...none, scaleDown: null };
  if (currentRevision(situation) > 1) return { ...none, scaleDown: begun };
  const handover = handoverOf(situation, memory, services);
  const overAt = handover.isComplete ? endOf(situation, begun) : null;
  const isOver = overAt !== null && overAt <= situation.now;
  const wakeAt = firstAfter(situation.now, [overAt]);
  // A person who scales it up meanwhile wants more pods; they too are removed only as ours serve.
  const from = Math.max(begun?.from ?? 0, workload.replicas);
  if (isOver && workload.replicas === 0) return { ...none, scaleDown: { name, from, done: true } };
  const hazards = fewerPods(situation, name, from);
  const givesWay = scaleDownMode(reference) === 'progressively';
  const neededStill = givesWay ? besideOurs(from, situation.replicas, handover.serving) : workload.replicas;
  const kept = isOver ? 0 : neededStill;
  const scaleDown: WorkloadScaleDown = { name, from, ...sinceWhen(situation, begun, handover) };
  // Its size, and since when it is not needed, are recorded before any pod is removed.
  if (!deepEqual(scaleDown, begun)) {
    const begins = begun !== null || kept < workload.replicas || handover.isComplete;
    return { write: null, scaleDown: begins ? scaleDown : null, wakeAt, hazards };
  }
  const write = kept === workload.replicas ? null : scaleWrite(situation, name, workload, kept);
  return { scaleDown, write, wakeAt, hazards };
}

/** A Rollout without pods removes none, so it warns of nothing. */
function fewerPods({ replicas }: Situation, name: string, from: number): Hazard[] {
  if (replicas === 0 || replicas >= from) return [];
  return [
    {
      reason: 'FewerPods',
      message: `the Rollout replaces the ${from} pods of Deployment ${name} with ${replicas}; set spec.replicas to ${from} unless this is intended`,
    },
  ];
}

interface Handover {
  /** Pods of ours that get requests, or could: where Services are named, those that are ready behind each. */
  readonly serving: number;
  /** All pods that the Rollout asks for are there, and its Services lead to it alone. */
  readonly isComplete: boolean;
}

function handoverOf(situation: Situation, memory: Memory, services: ReadonlySet<string>): Handover {
  const { canary, canaryHash, replicas, status } = situation;
  const named = [...services].filter((service) => service !== '');
  const readyBehind = named.map((service) => serviceShows(situation, service, canaryHash).ready);
  const serving = Math.min(lastingReplicasOf(situation, canary), ...readyBehind);
  const needed = Math.max(1, replicas);
  const isPromoted = status.phase === 'Healthy' && memory.stableRS === canaryHash;
  const alone = named.every((service) => serviceNotReady(situation, service, canaryHash, needed) === null);
  return { serving, isComplete: isPromoted && alone && serving >= needed };
}

/** The endpoints of a Service do not say when they changed, so the first look that finds them complete records the time. */
function sinceWhen(
  { now }: Situation,
  begun: WorkloadScaleDown | null,
  { isComplete }: Handover,
): Pick<WorkloadScaleDown, 'servesAloneSince'> {
  return isComplete ? { servesAloneSince: begun?.servesAloneSince ?? formatTime(now) } : {};
}

/** When every proxy has heard that requests go to ours alone; `null` while that has no recorded start. */
function endOf(situation: Situation, begun: WorkloadScaleDown | null): number | null {
  const since = parseTime(begun?.servesAloneSince);
  return since === null ? null : since + longestPropagationMs(situation);
}

/** One pod less for each of ours that serves, even if the Rollout asks for fewer than the Deployment has; the last one stays. */
function besideOurs(from: number, replicas: number, serving: number): number {
  return Math.min(from, Math.max(1, Math.max(from, replicas) - serving));
}

/** The version is needed even to grow: a person may have scaled it further since we read it. */
function scaleWrite(situation: Situation, name: string, workload: Workload, replicas: number): PatchWrite {
  const shrinks = replicas < workload.replicas;
  return {
    op: 'patch',
    resource: DEPLOYMENTS,
    namespace: situation.namespace,
    name,
    subresource: 'scale',
    patch: scalePatch(replicas),
    resourceVersion: workload.resourceVersion,
    why: shrinks ? 'pods of the Rollout serve instead of these' : 'pods of the Rollout are missing',
    refusedAs: 'ScalingDeploymentFailed' satisfies RefusalReason,
    events: [events.workloadScaled(name, workload.replicas, replicas)],
  };
}
