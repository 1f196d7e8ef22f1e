/**
 * Who owns which field of an object that we apply. A field that two field managers have written with the same value
 * belongs to both, and stays when one of them leaves it out. So an object taken over from a controller without
 * server-side apply would never lose a field. This file computes which claims to remove.
 */
import type { Json, JsonObject } from '../kube/json.ts';
import type { KubeObject } from '../kube/objects.ts';

/** The part of an entry of `metadata.managedFields` that is used here. */
interface OwnershipEntry extends JsonObject {
  readonly manager: string;
  readonly operation: string;
}

/**
 * The `managedFields` with which `manager` is the only owner of what it applied; `null` when it already is.
 * Fields that it did not apply keep their owners, and so do subresources.
 */
export function soleOwnership(object: KubeObject, manager: string): JsonObject[] | null {
  const { managedFields = [] } = object.metadata as { managedFields?: readonly OwnershipEntry[] };
  const applied = managedFields.find((entry) => entry.manager === manager && entry.operation === 'Apply');
  if (applied === undefined) return null;
  const entries = managedFields.map((entry) =>
    entry === applied || entry['subresource'] !== undefined
      ? entry
      : { ...entry, fieldsV1: without(fieldsOf(entry), fieldsOf(applied)) },
  );
  const shared = entries.some((entry, index) => countOf(fieldsOf(entry)) < countOf(fieldsOf(managedFields[index])));
  return shared ? entries.filter((entry) => countOf(fieldsOf(entry)) > 0) : null;
}

/** The set of fields without those of another: a leaf is an empty object, and a branch without leaves is none. */
function without(fields: JsonObject, others: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([key, field = {}]): [string, Json][] => {
      const other = others[key];
      if (other === undefined) return [[key, field]];
      const rest = without(asFields(field), asFields(other));
      return Object.keys(rest).length === 0 ? [] : [[key, rest]];
    }),
  );
}

function countOf(fields: JsonObject): number {
  return Object.values(fields).reduce<number>((sum, field) => sum + Math.max(1, countOf(asFields(field))), 0);
}

function fieldsOf(entry: JsonObject | undefined): JsonObject {
  return asFields(entry?.['fieldsV1']);
}

function asFields(value: Json | undefined): JsonObject {
  return (value ?? {}) as JsonObject;
}
