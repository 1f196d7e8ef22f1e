/**
 * The kinds of fields that the API is made of, each a zod schema that carries what the CRD generator
 * needs to know about it. Schemas check shapes only: ranges and rules between fields are the business
 * of validation, because an object that breaks a rule must still be readable.
 */
import { z } from 'zod';
import type { Immutable } from './immutable.ts';

/** A rule in CEL that the API server checks when an object is written. */
export interface CelRule {
  readonly rule: string;
  /** What the user reads when the rule does not hold. */
  readonly message: string;
}

export const int32 = z.int().meta({ format: 'int32' });

/** Negative numbers are refused when an object is applied, but can still be read. */
export const count = int32.meta({ minimum: 0 });

export const int64 = z.int().meta({ format: 'int64' });
export const text = z.string();
export const flag = z.boolean();

/** RFC 3339, whole seconds, UTC. Kept as the text that was written. */
export const time = z.string().meta({ format: 'date-time' });

export const intOrString = z.union([z.int(), z.string()]).meta({ 'x-kubernetes-int-or-string': true });

/** A name in rules that compare it many times over; Kubernetes has no longer names. */
export const boundedName = z.string().meta({ maxLength: 253 });

export const stringMap = z.record(z.string(), z.string());

/** JSON that belongs to somebody else, a plugin for example: carried, never looked into. */
export const freeJson = z.unknown().meta({ 'x-kubernetes-preserve-unknown-fields': true });

/** The same for a map whose values are somebody else's. */
export const freeMap = z.record(z.string(), z.unknown()).meta({ 'x-kubernetes-preserve-unknown-fields': true });

/** An optional field; `null` never reaches us, since the API server prunes it. */
export function optional<T extends z.ZodType>(schema: T, description?: string): z.ZodExactOptional<T> {
  return z.exactOptional(description === undefined ? schema : schema.describe(description));
}

/**
 * Adds rules that the API server checks at every write of the schema's value. They stand as deep as
 * possible: the server forgives a broken rule where nothing below it has changed.
 */
export function withRules<T extends z.ZodType>(schema: T, ...rules: readonly CelRule[]): T {
  return schema.meta({ 'x-kubernetes-validations': rules });
}

const labelSelectorRequirement = z.object({
  key: text.describe('Key of the label.'),
  operator: text.describe('In, NotIn, Exists or DoesNotExist.'),
  values: optional(
    z.array(text).meta({ 'x-kubernetes-list-type': 'atomic' }),
    'Values that the label may have, or may not; none with Exists and DoesNotExist.',
  ),
});

export const labelSelector = z
  .object({
    matchLabels: optional(stringMap, 'Labels that must have exactly these values.'),
    matchExpressions: optional(
      z.array(labelSelectorRequirement).meta({ 'x-kubernetes-list-type': 'atomic' }),
      'Conditions on labels, all of which must hold.',
    ),
  })
  .meta({ 'x-kubernetes-map-type': 'atomic' });

/** A list with a bound, which the cost of the rules on its items is estimated from. No sane list reaches it. */
export function boundedList<T extends z.ZodType>(item: T, maxItems: number): z.ZodArray<T> {
  return z.array(item).meta({ maxItems });
}

/** Labels and annotations that pods carry only while they play a role. */
export const podTemplateMetadata = z.object({
  labels: optional(stringMap, 'Labels that the pods carry meanwhile.'),
  annotations: optional(stringMap, 'Annotations that the pods carry meanwhile.'),
});
export type PodTemplateMetadata = Immutable<z.infer<typeof podTemplateMetadata>>;
