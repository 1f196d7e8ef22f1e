/**
 * Server-side apply of an Ingress under one field manager, as far as annotations go: those that were
 * applied before and are left out now disappear, and those that another writer changes are no longer ours.
 */
import { FIELD_MANAGER } from '../../api/words/field-manager.ts';
import type { Json, JsonObject } from '../../kube/json.ts';
import { deepEqual } from '../../kube/merge-patch.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { patched } from '../../kube/patched.ts';

export function applied(before: KubeObject, body: JsonObject, time: string): KubeObject {
  const unchanged = appliedAt(before, body, timeOf(before));
  return deepEqual(unchanged, before) ? before : appliedAt(before, body, time);
}

function appliedAt(before: KubeObject, body: JsonObject, time: string): KubeObject {
  const metadata = body['metadata'] as JsonObject;
  const annotations = (metadata['annotations'] ?? {}) as JsonObject;
  const dropped = ownedAnnotations(before).filter((key) => annotations[key] === undefined);
  const { resourceVersion: _precondition, ...applicable } = metadata;
  const merged = patched(before as unknown as JsonObject, {
    ...body,
    metadata: {
      ...applicable,
      annotations: { ...annotations, ...Object.fromEntries(dropped.map((key) => [key, null])) },
      managedFields: managedFields(Object.keys(annotations), time),
    },
  });
  return withoutDroppedSpec(merged, body) as unknown as KubeObject;
}

/** The object after another writer has changed some annotations, which are theirs from then on. */
export function withoutLostAnnotations(before: KubeObject, after: KubeObject): KubeObject {
  const owned = ownedAnnotations(before);
  if (owned.length === 0) return after;
  const kept = owned.filter((key) => after.metadata.annotations?.[key] === before.metadata.annotations?.[key]);
  if (kept.length === owned.length) return after;
  return patched(after as unknown as JsonObject, {
    metadata: { managedFields: managedFields(kept, timeOf(before)) },
  }) as unknown as KubeObject;
}

function ownedAnnotations(object: KubeObject): string[] {
  const entries = (object.metadata as { managedFields?: readonly { fieldsV1?: JsonObject }[] }).managedFields ?? [];
  return entries.flatMap(({ fieldsV1 }) => {
    const metadata = fieldsV1?.['f:metadata'] as JsonObject | undefined;
    return Object.keys((metadata?.['f:annotations'] ?? {}) as JsonObject).map((key) => key.slice(2));
  });
}

function timeOf(object: KubeObject): string {
  const entries = (object.metadata as { managedFields?: readonly { time?: string }[] }).managedFields ?? [];
  return entries[0]?.time ?? '';
}

function managedFields(annotationKeys: readonly string[], time: string): Json {
  const keys = Object.fromEntries(annotationKeys.toSorted().map((key) => [`f:${key}`, {}]));
  return [
    {
      manager: FIELD_MANAGER,
      operation: 'Apply',
      time,
      fieldsV1: { 'f:metadata': { 'f:annotations': keys }, 'f:spec': {} },
    },
  ];
}

/** Only we write the spec of an Ingress that we apply, so what the body leaves out of it is removed. */
function withoutDroppedSpec(object: JsonObject, body: JsonObject): JsonObject {
  const spec = body['spec'];
  return spec === undefined || deepEqual(object['spec'], spec) ? object : { ...object, spec };
}
