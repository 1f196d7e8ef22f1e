/**
 * Whether JSON has the shape of a Kubernetes object with certain fields. Unknown fields fit.
 */
import { z } from 'zod';
import { deepEqual } from '../../kube/merge-patch.ts';
import { optional, stringMap, text } from './fields.ts';

const metadata = z.object({
  name: text,
  /** Absent on cluster-scoped objects. */
  namespace: optional(text),
  uid: text,
  resourceVersion: text,
  generation: optional(z.int()),
  creationTimestamp: optional(text),
  deletionTimestamp: optional(text),
  labels: optional(stringMap),
  annotations: optional(stringMap),
});

/** An object with the usual metadata, and these fields beside it. */
export function objectSchema<Fields extends z.ZodRawShape>(fields: Fields) {
  return z.object({ metadata, ...fields });
}

interface ObjectShape {
  readonly whole: z.ZodType;
  readonly withoutSpec: z.ZodType;
  /** With its article. */
  readonly kind: string;
}

/**
 * The value, typed, when it fits; otherwise a sentence that names the first field that does not. A spec that equals
 * `knownSpec`, which has been read before, is replaced by it and not read again.
 */
export function readObject<T extends { readonly spec: unknown }>(
  json: unknown,
  { whole, withoutSpec, kind }: ObjectShape,
  knownSpec: T['spec'] | undefined,
): { readonly object: T } | { readonly problem: string } {
  const isKnown = knownSpec !== undefined && deepEqual((json as Partial<T> | null)?.spec, knownSpec);
  const problem = shapeProblem(isKnown ? withoutSpec : whole, json, kind);
  if (problem !== null) return { problem };
  const object = json as T;
  // The cache has put the known one in its place already.
  return { object: isKnown && object.spec !== knownSpec ? { ...object, spec: knownSpec } : object };
}

/** A sentence that names the first field that does not fit, or `null`. `kind` comes with its article. */
export function shapeProblem(schema: z.ZodType, json: unknown, kind: string): string | null {
  const issue = schema.safeParse(json).error?.issues[0];
  if (issue === undefined) return null;
  const path = issue.path.map(String).join('.');
  return path === '' ? `not ${kind} object` : `${path}: ${issue.message}`;
}
