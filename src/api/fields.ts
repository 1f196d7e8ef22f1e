/**
 * The kinds of fields that the API is made of, each a zod schema that carries what the CRD generator
 * needs to know about it. Schemas check shapes only: ranges and rules between fields are the business
 * of validation, because an object that breaks a rule must still be readable.
 */
import { z } from 'zod';
import type { Immutable } from './immutable.ts';

/** A rule in CEL that the API server checks when an object is written. `message` is what the user reads. */
export interface CelRule {
  readonly rule: string;
  readonly message: string;
  /** A CEL expression for a message with values in it; `message` stands in when it fails. */
  readonly messageExpression?: string;
  readonly fieldPath?: string;
  readonly reason?: 'FieldValueRequired' | 'FieldValueInvalid' | 'FieldValueForbidden' | 'FieldValueDuplicate';
}

export const int32 = z.int().meta({ format: 'int32' });
export const int64 = z.int().meta({ format: 'int64' });
export const text = z.string();
export const flag = z.boolean();

/** RFC 3339, whole seconds, UTC. Kept as the text that was written. */
export const time = z.string().meta({ format: 'date-time' });

export const intOrString = z.union([z.int(), z.string()]).meta({ 'x-kubernetes-int-or-string': true });
export type IntOrString = z.infer<typeof intOrString>;

export const stringMap = z.record(z.string(), z.string());

/** JSON that belongs to somebody else, a plugin for example: carried, never looked into. */
export const freeJson = z.unknown().meta({ 'x-kubernetes-preserve-unknown-fields': true });

/** An optional field; `null` never reaches us, since the API server prunes it. */
export function optional<T extends z.ZodType>(schema: T, description?: string): z.ZodExactOptional<T> {
  return z.exactOptional(description === undefined ? schema : schema.describe(description));
}

/** Adds rules that the API server checks at every write of the schema's value. */
export function withRules<T extends z.ZodType>(schema: T, ...rules: readonly CelRule[]): T {
  return schema.meta({ 'x-kubernetes-validations': rules });
}

export const labelSelectorRequirement = z.object({
  key: text,
  operator: text,
  values: optional(z.array(text).meta({ 'x-kubernetes-list-type': 'atomic' })),
});

export const labelSelector = z
  .object({
    matchLabels: optional(stringMap),
    matchExpressions: optional(z.array(labelSelectorRequirement).meta({ 'x-kubernetes-list-type': 'atomic' })),
  })
  .meta({ 'x-kubernetes-map-type': 'atomic' });

/** Labels and annotations that pods carry only while they play a role. */
export const podTemplateMetadata = z.object({
  labels: optional(stringMap),
  annotations: optional(stringMap),
});
export type PodTemplateMetadata = Immutable<z.infer<typeof podTemplateMetadata>>;
