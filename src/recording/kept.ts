/** What of an object is recorded: what decisions and explanations look at. */
import type { Json, JsonObject } from '../kube/json.ts';
import type { ContainerStatus, KubeObject, Pod } from '../kube/objects.ts';
import { INGRESSES, PODS, SERVICES, type Resource } from '../kube/resources.ts';

/** By the top fields of the object. Lists and watches differ in whether an object says its kind, so that none does here. */
export function keptOf({ plural }: Resource, object: KubeObject): JsonObject {
  const { apiVersion: _version, kind: _kind, ...fields } = object as KubeObject & { readonly status?: unknown };
  const kept = { ...fields, metadata: keptMetadata(object) };
  switch (plural) {
    case PODS.plural:
      return { metadata: kept.metadata, ...keptOfPod(object) } as object as JsonObject;
    case SERVICES.plural:
    case INGRESSES.plural: {
      const { status: _status, ...rest } = kept;
      return rest as object as JsonObject;
    }
    default:
      return kept as object as JsonObject;
  }
}

interface FieldsEntry {
  readonly manager?: string;
  readonly time?: string;
  readonly subresource?: string;
  readonly fieldsV1?: JsonObject;
}

/** Of the records of writers only the fields that a controller of Rollouts writes as well: selectors, sizes, annotations. */
function keptMetadata({ metadata }: KubeObject): JsonObject {
  const { managedFields, ...rest } = metadata as KubeObject['metadata'] & {
    readonly managedFields?: readonly FieldsEntry[];
  };
  const fields = rest as object as JsonObject;
  return managedFields === undefined ? fields : { ...fields, managedFields: managedFields.map(keptEntry) };
}

function keptEntry({ manager, time, subresource, fieldsV1 }: FieldsEntry): JsonObject {
  const spec = partOf(fieldsV1, 'f:spec', ['f:selector', 'f:replicas']);
  const metadata = partOf(fieldsV1, 'f:metadata', ['f:annotations']);
  return {
    ...(manager === undefined ? {} : { manager }),
    ...(time === undefined ? {} : { time }),
    ...(subresource === undefined ? {} : { subresource }),
    fieldsV1: { ...spec, ...metadata },
  };
}

function partOf(fields: JsonObject | undefined, key: string, names: readonly string[]): JsonObject {
  const part = fields?.[key];
  if (typeof part !== 'object' || part === null) return {};
  const kept = Object.entries(part).filter(([name]) => names.includes(name));
  return kept.length === 0 ? {} : { [key]: Object.fromEntries(kept) as Json };
}

/** As people are shown it: no environment, and no output of a container. */
function keptOfPod({ spec, status }: Pod): Pick<Pod, 'spec' | 'status'> {
  const { containers = [], initContainers } = spec ?? {};
  const named = (list: typeof containers) =>
    list.map(({ name, image, restartPolicy }) => ({
      name,
      ...(image === undefined ? {} : { image }),
      ...(restartPolicy === undefined ? {} : { restartPolicy }),
    }));
  const { phase, reason, conditions, containerStatuses, initContainerStatuses } = status ?? {};
  return {
    spec: {
      containers: named(containers),
      ...(initContainers === undefined ? {} : { initContainers: named(initContainers) }),
    },
    status: {
      ...(phase === undefined ? {} : { phase }),
      ...(reason === undefined ? {} : { reason }),
      ...(conditions === undefined ? {} : { conditions }),
      ...(containerStatuses === undefined ? {} : { containerStatuses: containerStatuses.map(keptStatus) }),
      ...(initContainerStatuses === undefined ? {} : { initContainerStatuses: initContainerStatuses.map(keptStatus) }),
    },
  };
}

function keptStatus({ name, ready, started, restartCount, state }: ContainerStatus): ContainerStatus {
  const { waiting, running, terminated } = state ?? {};
  return {
    name,
    ready,
    restartCount,
    ...(started === undefined ? {} : { started }),
    state: {
      ...(waiting === undefined ? {} : { waiting }),
      ...(running === undefined ? {} : { running: {} }),
      ...(terminated === undefined
        ? {}
        : {
            terminated: {
              exitCode: terminated.exitCode,
              ...(terminated.reason === undefined ? {} : { reason: terminated.reason }),
              ...(terminated.signal === undefined ? {} : { signal: terminated.signal }),
            },
          }),
    },
  };
}
