/**
 * Whether JSON has the shape of a Kubernetes object with certain fields. Unknown fields fit.
 */
import { z } from 'zod';
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

/** A sentence that names the first field that does not fit, or `null`. `kind` comes with its article. */
export function shapeProblem(schema: z.ZodType, json: unknown, kind: string): string | null {
  const issue = schema.safeParse(json).error?.issues[0];
  if (issue === undefined) return null;
  const path = issue.path.map(String).join('.');
  return path === '' ? `not ${kind} object` : `${path}: ${issue.message}`;
}
