/**
 * The objects of a namespace for as long as people look at them: everything that a view shows, and nothing else of them.
 * Thousands of pods and ReplicaSets are kept for minutes and hours.
 */
import type { ReportedEvent } from '../core/view/other-writers.ts';
import { FIELD_MANAGER } from '../api/words/field-manager.ts';
import type { KubeObject, Pod } from '../kube/objects.ts';
import { EVENTS, INGRESSES, PODS, REPLICA_SETS, ROLLOUTS, SERVICES, type Resource } from '../kube/resources.ts';
import { trimBookkeeping, trimToFields } from '../runtime/trim.ts';
import { ROLLOUT, WATCHED, type Watched } from './observed.ts';

interface FieldsEntry {
  readonly manager?: string;
  readonly subresource?: string;
  readonly fieldsV1?: { readonly 'f:spec'?: { readonly 'f:replicas'?: unknown } };
}

type Trim = (object: KubeObject) => KubeObject;

/** The last writers of a size are shown; of all the rest of `managedFields` nothing is. */
const keepsSizeWriters: Trim = (object) => {
  const { managedFields = [] } = object.metadata as { managedFields?: readonly FieldsEntry[] };
  const kept = managedFields.filter((one) => one.fieldsV1?.['f:spec']?.['f:replicas'] !== undefined);
  return trimToFields(object, kept);
};

/** There are few of these, and whoever writes to them matters. */
const keepsWriters: Trim = (object) => {
  const { managedFields = [] } = object.metadata as { managedFields?: readonly FieldsEntry[] };
  const isOurs = managedFields.some(({ manager }) => manager === FIELD_MANAGER);
  return trimToFields(object, isOurs ? managedFields : []);
};

const trimPod: Trim = (object) => {
  const { metadata, spec, status } = object as Pod;
  const { name, namespace, uid, resourceVersion, creationTimestamp, deletionTimestamp, ownerReferences } = metadata;
  return {
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp, deletionTimestamp, ownerReferences },
    spec: {
      containers: (spec?.containers ?? []).map((one) => ({ name: one.name })),
      initContainers: (spec?.initContainers ?? []).map((one) => ({ name: one.name, restartPolicy: one.restartPolicy })),
    },
    status: {
      phase: status?.phase,
      reason: status?.reason,
      conditions: status?.conditions?.map((one) => ({
        ...one,
        lastProbeTime: undefined,
        lastTransitionTime: undefined,
      })),
      initContainerStatuses: status?.initContainerStatuses?.map(trimContainer),
      containerStatuses: status?.containerStatuses?.map(trimContainer),
    },
  } as unknown as KubeObject;
};

type ContainerStatus = NonNullable<NonNullable<Pod['status']>['containerStatuses']>[number];

function trimContainer({ name, ready, started, restartCount, state }: ContainerStatus): ContainerStatus {
  return {
    name,
    ready,
    restartCount,
    ...(started === undefined ? {} : { started }),
    ...(state === undefined ? {} : { state }),
  };
}

const trimEvent: Trim = (object) => {
  const { metadata, involvedObject, reason, message, type, count, series, ...times } = object as ReportedEvent;
  const { name, namespace, uid, resourceVersion } = metadata;
  const { lastTimestamp, eventTime, firstTimestamp } = times;
  return {
    metadata: { name, namespace, uid, resourceVersion },
    involvedObject: { uid: involvedObject?.uid, name: involvedObject?.name },
    reason,
    message,
    type,
    count,
    series,
    lastTimestamp,
    eventTime,
    firstTimestamp,
  } as unknown as KubeObject;
};

const TRIMS: ReadonlyMap<Resource, Trim> = new Map<Resource, Trim>([
  [ROLLOUTS, keepsSizeWriters],
  [REPLICA_SETS, keepsSizeWriters],
  [PODS, trimPod],
  [SERVICES, keepsWriters],
  [INGRESSES, keepsWriters],
]);

const ROLLOUT_EVENTS: Watched = {
  resource: EVENTS,
  fieldSelector: 'involvedObject.kind=Rollout',
  isReadable: () => true,
  trim: trimEvent,
};

export const SHOWN: readonly Watched[] = [
  ...[ROLLOUT, ...WATCHED].map((one) => ({ ...one, trim: TRIMS.get(one.resource) ?? trimBookkeeping })),
  ROLLOUT_EVENTS,
];
