/**
 * RFC 7386 as an API server applies it. Parts that a patch leaves as they were stay the very same
 * values, so that "nothing changed" is one comparison.
 */
import { isJsonObject, type Json, type JsonObject } from './json.ts';
import { deepEqual } from './merge-patch.ts';

export function patched(target: JsonObject, patch: JsonObject): JsonObject {
  const result: Record<string, Json | undefined> = { ...target };
  let changed = false;
  for (const [key, value] of Object.entries(patch)) {
    const before = target[key];
    const after = value === null || value === undefined ? undefined : patchedValue(before, value);
    if (after === before) continue;
    changed = true;
    if (after === undefined) delete result[key];
    else result[key] = after;
  }
  return changed ? result : target;
}

function patchedValue(before: Json | undefined, value: Json): Json {
  if (isJsonObject(value)) return isJsonObject(before) ? patched(before, value) : { ...patched({}, value) };
  return before !== undefined && deepEqual(before, value) ? before : value;
}
