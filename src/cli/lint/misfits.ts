/**
 * What the API server would refuse or leave out of an object by the structural schema of its definition. The rules in
 * CEL are not evaluated: `src/api/validation` has each of them as well, and a test holds it to that.
 */
import type { Json, JsonObject } from '../../kube/json.ts';
import { deepEqual } from '../../kube/merge-patch.ts';
import { isObject } from './documents.ts';
import type { FieldPath } from './places.ts';
import { valueProblem } from './value-problem.ts';

export interface Misfit {
  readonly path: FieldPath;
  /** A sentence without a full stop that does not name the field. */
  readonly problem: string;
  /** The field is one that the definition does not know. */
  readonly isUnknown?: true;
}

/** Every misfit, in the order of the text. */
export function misfitsOf(schema: JsonObject, json: Json, path: FieldPath = []): readonly Misfit[] {
  const problem = valueProblem(schema, json);
  if (problem !== null) return [{ path, problem }];
  if (Array.isArray(json)) return misfitsInList(schema, json as readonly Json[], path);
  return isObject(json) ? misfitsInMap(schema, json, path) : [];
}

function misfitsInMap(schema: JsonObject, json: JsonObject, path: FieldPath): readonly Misfit[] {
  const properties = (schema['properties'] ?? {}) as JsonObject;
  const others = schema['additionalProperties'] as JsonObject | undefined;
  const isOpen = others !== undefined || schema['x-kubernetes-preserve-unknown-fields'] === true;
  const missing = ((schema['required'] ?? []) as readonly string[])
    .filter((key) => (json[key] ?? null) === null && defaultOf(properties, key) === undefined)
    .map((key) => ({ path: [...path, key], problem: 'Required value' }));
  const present = Object.entries(json).flatMap(([key, value]): readonly Misfit[] => {
    // The API server removes it before it checks anything.
    if (value === null || value === undefined) return [];
    const at = [...path, key];
    const known = Object.hasOwn(properties, key) ? (properties[key] as JsonObject) : others;
    if (known !== undefined) return misfitsOf(known, value, at);
    return isOpen ? [] : [{ path: at, problem: unknownText(key, Object.keys(properties)), isUnknown: true }];
  });
  return [...missing, ...present];
}

function misfitsInList(schema: JsonObject, items: readonly Json[], path: FieldPath): readonly Misfit[] {
  const ofItems = (schema['items'] ?? {}) as JsonObject;
  return [
    ...items.flatMap((item, index) => misfitsOf(ofItems, item, [...path, index])),
    ...repeatedItems(schema, ofItems, items).map((index) => ({ path: [...path, index], problem: 'Duplicate value' })),
  ];
}

/** Indexes of items that an earlier item equals in what tells them apart. */
function repeatedItems(schema: JsonObject, ofItems: JsonObject, items: readonly Json[]): readonly number[] {
  const type = schema['x-kubernetes-list-type'];
  if (type !== 'map' && type !== 'set') return [];
  const properties = (ofItems['properties'] ?? {}) as JsonObject;
  const keyOf = (item: Json, key: string) => (isObject(item) ? item[key] : null) ?? defaultOf(properties, key) ?? null;
  const identities = items.map((item) => (type === 'set' ? item : mapKeysOf(schema).map((key) => keyOf(item, key))));
  return identities.flatMap((identity, index) =>
    identities.slice(0, index).some((earlier) => deepEqual(earlier, identity)) ? [index] : [],
  );
}

function mapKeysOf(schema: JsonObject): readonly string[] {
  return (schema['x-kubernetes-list-map-keys'] ?? []) as readonly string[];
}

function defaultOf(properties: JsonObject, key: string): Json | undefined {
  return (properties[key] as JsonObject | undefined)?.['default'];
}

function unknownText(key: string, known: readonly string[]): string {
  const meant = known
    .map((one) => ({ one, distance: distance(one.toLowerCase(), key.toLowerCase()) }))
    .filter((candidate) => candidate.distance <= Math.max(1, Math.floor(key.length / 3)))
    .toSorted((a, b) => a.distance - b.distance)[0];
  return meant === undefined ? '' : `did you mean ${meant.one}?`;
}

/** How many letters have to be added, removed or replaced. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [index, letter] of Array.from(a).entries()) {
    const next = [index + 1];
    for (const [column, other] of Array.from(b).entries()) {
      const replaced = (row[column] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
