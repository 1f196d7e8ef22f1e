/**
 * Differences between two JSON objects as RFC 7386 merge patches. Lists are atomic. A merge patch
 * cannot say "set to null", and the Kubernetes API means "absent" by null, so here both are one.
 */
import { isJsonObject, type Json, type JsonObject } from './json.ts';

/** The smallest patch that turns `before` into `after`; null when there is nothing to change. */
export function mergePatchBetween(before: JsonObject, after: JsonObject): JsonObject | null {
  const patch: Record<string, Json> = {};
  for (const key of Object.keys(before)) {
    if (isPresent(before[key]) && !isPresent(own(after, key))) patch[key] = null;
  }
  for (const [key, value] of Object.entries(after)) {
    if (!isPresent(value)) continue;
    const old = own(before, key);
    if (isJsonObject(old) && isJsonObject(value)) {
      const nested = mergePatchBetween(old, value);
      if (nested !== null) patch[key] = nested;
    } else if (!deepEqual(old, value)) {
      patch[key] = value;
    }
  }
  return Object.keys(patch).length === 0 ? null : patch;
}

/** Structural equality of JSON values. The order of keys does not matter, and a key set to `undefined` is absent. */
export function deepEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((item, index) => deepEqual(item, b[index]))
    );
  }
  return everyKeyEqual(a as Record<string, unknown>, b as Record<string, unknown>);
}

function everyKeyEqual(a: Record<string, unknown>, b: Record<string, unknown>): boolean {
  let present = 0;
  for (const key in a) {
    if (a[key] === undefined) continue;
    if (!deepEqual(a[key], b[key])) return false;
    present++;
  }
  for (const key in b) {
    if (b[key] !== undefined) present--;
  }
  return present === 0;
}

/** Own properties only: a label may be called `constructor`. */
function own(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function isPresent(value: Json | undefined): value is Exclude<Json, null> {
  return value !== undefined && value !== null;
}
