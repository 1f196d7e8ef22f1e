/**
 * From a zod schema to the structural schema that a CRD wants: no references, no unions but
 * int-or-string, and unknown fields pruned except where a schema keeps them.
 */
import { z } from 'zod';
import type { Json, JsonObject } from '../../kube/json.ts';
import { SNAPSHOT_KEY, type Snapshot, type SnapshotPath } from '../schema/pod-template.ts';

export type Snapshots = Readonly<Record<Snapshot, JsonObject>>;

/** What a structural schema cannot express; zod writes none of it for the schemas that we use. */
const FORBIDDEN_KEYWORDS = ['$ref', 'allOf', 'anyOf', 'oneOf', 'not'];

/** The schema of a CRD's field. Throws for a zod schema that has no structural form. */
export function structuralSchema(schema: z.ZodType, snapshots: Snapshots): JsonObject {
  const json = z.toJSONSchema(schema, { io: 'input', target: 'openapi-3.0' });
  return structural(json as JsonObject, snapshots, '');
}

function structural(node: JsonObject, snapshots: Snapshots, path: string): JsonObject {
  const snapshot = node[SNAPSHOT_KEY];
  if (snapshot !== undefined) return { ...described(node), ...inSnapshot(snapshots, snapshot as SnapshotPath) };
  const { anyOf, minimum, maximum, properties, additionalProperties, items, ...rest } = node;
  if (anyOf !== undefined && rest['x-kubernetes-int-or-string'] !== true) throw unstructured(path, 'anyOf');
  const forbidden = FORBIDDEN_KEYWORDS.find((keyword) => keyword in rest);
  if (forbidden !== undefined) throw unstructured(path, forbidden);
  return {
    ...rest,
    ...withinSafeIntegers('minimum', minimum),
    ...withinSafeIntegers('maximum', maximum),
    // The server does not keep an empty map, so every apply would send it again.
    ...(isEmpty(properties) ? {} : { properties: structuralProperties(properties as JsonObject, snapshots, path) }),
    ...(isEmpty(additionalProperties)
      ? {}
      : { additionalProperties: structural(additionalProperties as JsonObject, snapshots, `${path}.*`) }),
    ...(items === undefined ? {} : { items: structural(items as JsonObject, snapshots, `${path}[]`) }),
  };
}

function inSnapshot(snapshots: Snapshots, path: SnapshotPath): JsonObject {
  const [snapshot, ...fields] = path.split('.') as [Snapshot, ...string[]];
  return fields.reduce(
    (schema, field) => (schema['properties'] as JsonObject)[field] as JsonObject,
    snapshots[snapshot],
  );
}

function structuralProperties(properties: JsonObject, snapshots: Snapshots, path: string): JsonObject {
  return Object.fromEntries(
    Object.entries(properties).map(([name, property]) => [
      name,
      structural(property as JsonObject, snapshots, `${path}.${name}`),
    ]),
  );
}

function isEmpty(map: Json | undefined): boolean {
  return map === undefined || Object.keys(map as JsonObject).length === 0;
}

/** zod bounds every integer by what a JavaScript number can hold; a CRD says that with a format. */
function withinSafeIntegers(keyword: 'minimum' | 'maximum', bound: Json | undefined): JsonObject {
  return bound === undefined || Math.abs(Number(bound)) === Number.MAX_SAFE_INTEGER ? {} : { [keyword]: bound };
}

function described({ description }: JsonObject): JsonObject {
  return description === undefined ? {} : { description };
}

function unstructured(path: string, keyword: string): Error {
  return new Error(`the schema of ${path} has ${keyword}, which has no place in a structural schema`);
}
