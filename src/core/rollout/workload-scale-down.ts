/**
 * How many pods the Deployment keeps whose place the first revision of a Rollout takes (spec 10.6). Its pods go only as
 * ours serve, and the last of them when every proxy has heard that requests go to ours alone. Later revisions, and a
 * Deployment that has been scaled up again, are no business of it.
 */
import { events } from '../../api/events.ts';
import type { WorkloadScaleDown } from '../../api/status.ts';
import { scaleDownMode, scalesDown } from '../../api/workload-ref.ts';
import { deepEqual } from '../../kube/merge-patch.ts';
import type { PatchWrite } from '../../kube/plan.ts';
import { DEPLOYMENTS } from '../../kube/resources.ts';
import { formatTime, parseTime } from '../../kube/time.ts';
import { scalePatch, type Workload } from '../../kube/workload.ts';
import { longestPropagationMs } from '../traffic/propagation.ts';
import { serviceShows } from './endpoints.ts';
import { lastingReplicasOf } from './leaving-pods.ts';
import type { Memory } from './memory.ts';
import { firstAfter } from './next-look.ts';
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
  if (reference === undefined || workload === null) return { ...none, scaleDown: null };
  const { name = '' } = reference;
  // What became of another Deployment says nothing about this one.
  const begun = memory.workloadScaleDown?.name === name ? memory.workloadScaleDown : null;
  if (begun?.done === true) return { ...none, scaleDown: begun };
  if (!scalesDown(reference)) return { ...none, scaleDown: null };
  if (currentRevision(situation) > 1) return { ...none, scaleDown: begun };
  const handover = handoverOf(situation, memory, services);
  const overAt = handover.isComplete ? endOf(situation, begun) : null;
  const isOver = overAt !== null && overAt <= situation.now;
  const wakeAt = firstAfter(situation.now, [overAt]);
  // Whoever scales it up meanwhile wants more pods than there were, and those too go only as ours serve.
  const from = Math.max(begun?.from ?? 0, workload.replicas);
  if (isOver && workload.replicas === 0) return { ...none, scaleDown: { name, from, done: true } };
  const givesWay = scaleDownMode(reference) === 'progressively';
  const neededStill = givesWay ? besideOurs(from, situation.replicas, handover.serving) : workload.replicas;
  const kept = isOver ? 0 : neededStill;
  const scaleDown: WorkloadScaleDown = { name, from, ...sinceWhen(situation, begun, handover) };
  // What the Deployment had, and since when it is not needed, is written down before any of it goes.
  if (!deepEqual(scaleDown, begun)) {
    const begins = begun !== null || kept < workload.replicas || handover.isComplete;
    return { ...none, scaleDown: begins ? scaleDown : null, wakeAt };
  }
  const write = kept === workload.replicas ? null : scaleWrite(situation, name, workload, kept);
  return { scaleDown, write, wakeAt };
}

interface Handover {
  /** Pods of ours that get requests, or could: where Services are named, those that are ready behind each. */
  readonly serving: number;
  /** Everything that the Rollout asks for is there, and its Services lead to it alone. */
  readonly isComplete: boolean;
}

function handoverOf(situation: Situation, memory: Memory, services: ReadonlySet<string>): Handover {
  const { canary, canaryHash, replicas, status } = situation;
  const named = [...services].filter((service) => service !== '');
  const views = named.map((service) => serviceShows(situation, service, canaryHash));
  const serving = Math.min(lastingReplicasOf(situation, canary), ...views.map(({ ready }) => ready));
  const alone = views.every(({ selects, foreign }) => selects && foreign === 0);
  const isPromoted = status.phase === 'Healthy' && memory.stableRS === canaryHash;
  return { serving, isComplete: isPromoted && alone && serving >= Math.max(1, replicas) };
}

/** The endpoints of a Service do not say when they changed, so the first look that finds them complete notes it. */
function sinceWhen(
  { now }: Situation,
  begun: WorkloadScaleDown | null,
  { isComplete }: Handover,
): Pick<WorkloadScaleDown, 'servesAloneSince'> {
  return isComplete ? { servesAloneSince: begun?.servesAloneSince ?? formatTime(now) } : {};
}

/** When every proxy has heard that requests go to ours alone; `null` while nobody has noted since when they do. */
function endOf(situation: Situation, begun: WorkloadScaleDown | null): number | null {
  const since = parseTime(begun?.servesAloneSince);
  return since === null ? null : since + longestPropagationMs(situation);
}

/** One pod less for each of ours that serves, also where the Rollout asks for fewer than the Deployment has; the last one stays. */
function besideOurs(from: number, replicas: number, serving: number): number {
  return Math.min(from, Math.max(1, Math.max(from, replicas) - serving));
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
