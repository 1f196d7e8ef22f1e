/** What differs between two versions of an object, field by field, as a person would name the fields. */
import { isJsonObject, type Json, type JsonObject } from './json.ts';
import { deepEqual } from './merge-patch.ts';

export interface FieldChange {
  /** With dots between its keys; a key with dots of its own is in brackets, as is the name of an item of a list. */
  readonly field: string;
  /** `null` when it is not there. */
  readonly from: Json;
  readonly to: Json;
}

/** What the API server keeps for itself. */
const HIDDEN: ReadonlySet<string> = new Set([
  'managedFields',
  'resourceVersion',
  'generation',
  'uid',
  'creationTimestamp',
]);

/** Without what the API server keeps for itself. Items of lists are matched by their `name` or their `type`, where each has one. */
export function fieldChanges(before: object, after: object): readonly FieldChange[] {
  return between(before as JsonObject, after as JsonObject, '');
}

function between(before: JsonObject, after: JsonObject, path: string): readonly FieldChange[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) => !HIDDEN.has(key));
  return keys.flatMap((key) => {
    const [from = null, to = null] = [before[key], after[key]];
    return deepEqual(from, to) ? [] : changesOf(from, to, fieldText(path, key));
  });
}

function changesOf(from: Json, to: Json, field: string): readonly FieldChange[] {
  if (isJsonObject(from) || isJsonObject(to))
    return between(isJsonObject(from) ? from : {}, isJsonObject(to) ? to : {}, field);
  const [itemsBefore, itemsAfter] = [itemsByName(from), itemsByName(to)];
  if (itemsBefore === null || itemsAfter === null) return [{ field, from, to }];
  const names = [...new Set([...itemsBefore.keys(), ...itemsAfter.keys()])];
  return names.flatMap((name) =>
    between(itemsBefore.get(name) ?? {}, itemsAfter.get(name) ?? {}, `${field}[${name}]`).filter(
      // The name itself stands in the path.
      (one) => ![`${field}[${name}].name`, `${field}[${name}].type`].includes(one.field),
    ),
  );
}

/** `null` where the items have no names, or two the same. */
function itemsByName(list: Json): ReadonlyMap<string, JsonObject> | null {
  if (list === null) return new Map();
  if (!Array.isArray(list)) return null;
  const items = new Map<string, JsonObject>();
  for (const item of list as readonly Json[]) {
    const name = isJsonObject(item) ? (item['name'] ?? item['type']) : undefined;
    if (typeof name !== 'string' || items.has(name)) return null;
    items.set(name, item as JsonObject);
  }
  return items;
}

function fieldText(path: string, key: string): string {
  if (/[./]/.test(key)) return `${path}[${key}]`;
  return path === '' ? key : `${path}.${key}`;
}
