/**
 * What the status says about a template (spec C.2, 3): it progresses, it runs, or how it has ended. How it has ended never
 * changes again.
 */
import type { ExperimentSpec, TemplateStatus } from '../../api/schema/experiment.ts';
import { events } from '../../api/events.ts';
import { DEFAULTS } from '../../api/words/defaults.ts';
import { TEMPLATE_STATES, type TemplateState } from '../../api/words/reasons.ts';
import type { EventNote } from '../../kube/plan.ts';
import { REPLICA_SETS, SERVICES } from '../../kube/resources.ts';
import { formatTime, parseTime } from '../../kube/time.ts';
import { availableReplicasOf, readyReplicasOf, statusReplicasOf } from '../observed/replica-sets.ts';
import { hashOf } from './replica-sets.ts';
import { isAvailable, type ObservedTemplate } from './templates.ts';
import type { ExperimentWorld } from './world.ts';

interface Progress {
  readonly state: TemplateState;
  readonly message: string;
}

/** `isOver`: the duration has passed, the experiment was asked to end, or it has ended. */
export function templateStatusOf(world: ExperimentWorld, observed: ObservedTemplate, isOver: boolean): TemplateStatus {
  const { template, recorded, replicaSet, replicaSetName, service, serviceName, isServiceForeign } = observed;
  const counts = {
    replicas: statusReplicasOf(replicaSet),
    updatedReplicas: statusReplicasOf(replicaSet),
    readyReplicas: readyReplicasOf(replicaSet),
    availableReplicas: availableReplicasOf(replicaSet),
  };
  const isStill = recorded !== null && COUNTS.every((count) => (recorded[count] ?? 0) === counts[count]);
  const { state, message } = progressOf(world, observed, isOver, isStill);
  const isCollision = replicaSet === null && world.takenNames.has(replicaSetName);
  const collisionCount = (recorded?.collisionCount ?? 0) + (isCollision ? 1 : 0);
  const hasChanged = recorded?.status !== state || (!isStill && !isEnd(state));
  return {
    name: template.name,
    ...counts,
    ...(collisionCount === 0 ? {} : { collisionCount }),
    status: state,
    ...(message === '' ? {} : { message }),
    lastTransitionTime: hasChanged ? formatTime(world.now) : (recorded?.lastTransitionTime ?? formatTime(world.now)),
    ...(service === null || serviceName === null || isServiceForeign ? {} : { serviceName }),
    podTemplateHash: hashOf(world.experiment, observed),
  };
}

const COUNTS = ['replicas', 'updatedReplicas', 'readyReplicas', 'availableReplicas'] as const;

/** A state that never changes again. */
function isEnd(state: string | undefined): boolean {
  return state === 'Successful' || state === 'Failed' || state === 'Error';
}

/** When a template that makes no more progress fails, in milliseconds since the epoch; `null` while nothing is missing. */
export function deadlineOf({ progressDeadlineSeconds }: ExperimentSpec, status: TemplateStatus): number | null {
  const since = parseTime(status.lastTransitionTime);
  if (status.status !== 'Progressing' || since === null) return null;
  return since + (progressDeadlineSeconds ?? DEFAULTS.progressDeadlineSeconds) * 1000;
}

export function templateEvents(before: TemplateStatus | null, after: TemplateStatus): readonly EventNote[] {
  const state = TEMPLATE_STATES.find((one) => one === after.status);
  return state === undefined || before?.status === state
    ? []
    : [events.templateChanged(after.name, state, after.message ?? '')];
}

/** `isStill`: the counts are those of the last status. */
function progressOf(world: ExperimentWorld, observed: ObservedTemplate, isOver: boolean, isStill: boolean): Progress {
  const { template, recorded, isServiceForeign, serviceName } = observed;
  const state = TEMPLATE_STATES.find((one) => one === recorded?.status);
  if (recorded !== null && state !== undefined && isEnd(state)) return { state, message: recorded.message ?? '' };
  if (isOver) return { state: 'Successful', message: '' };
  if (isServiceForeign) {
    return { state: 'Error', message: `Service '${serviceName}' exists and does not belong to the experiment` };
  }
  if (isAvailable(observed)) return { state: 'Running', message: '' };
  const refused = refusalFor(world, observed);
  const deadline = recorded === null || !isStill ? null : deadlineOf(world.experiment.spec, recorded);
  if (deadline === null || world.now < deadline) return { state: 'Progressing', message: refused };
  const { progressDeadlineSeconds = DEFAULTS.progressDeadlineSeconds } = world.experiment.spec;
  const late = `Template '${template.name}' exceeded its progressDeadlineSeconds (${progressDeadlineSeconds})`;
  const why = refused || (recorded?.message ?? '');
  return { state: 'Failed', message: why === '' ? late : `${late}: ${why}` };
}

/** Why the API server does not make what the template needs; '' when it does. */
function refusalFor({ refused }: ExperimentWorld, { replicaSetName, serviceName }: ObservedTemplate): string {
  const refusal = refused.find(
    ({ write: { resource, name } }) =>
      (resource === REPLICA_SETS && name === replicaSetName) || (resource === SERVICES && name === serviceName),
  );
  return refusal?.message ?? '';
}
