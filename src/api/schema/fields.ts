/**
 * The kinds of fields in the API, each a zod schema with what the CRD generator needs. Schemas check only
 * shapes. Validation checks ranges and rules between fields, because an object that breaks a rule must
 * still be readable.
 */
import { z } from 'zod';
import type { Immutable } from './immutable.ts';

/** A rule in CEL that the API server checks when an object is written. */
export interface CelRule {
  readonly rule: string;
  /** The message for the user when the rule does not hold. */
  readonly message: string;
}

/** The API server checks this format, except on a field that may also be text. */
export const int32 = z.int().meta({ format: 'int32' });
export const MAX_INT32 = 2 ** 31 - 1;

/** A negative number is refused on apply, but can still be read. */
export const count = int32.meta({ minimum: 0 });

const int64 = z.int().meta({ format: 'int64' });
export const count64 = int64.meta({ minimum: 0 });

/** 0 means no port. */
export const port = count.meta({ maximum: 65_535 });

export const text = z.string();
export const flag = z.boolean();

/** RFC 3339, whole seconds, UTC. Kept as text. */
export const time = z.string().meta({ format: 'date-time' });

const intOrString = z.union([z.int(), z.string()]).meta({ 'x-kubernetes-int-or-string': true });
const countOrString = intOrString.meta({ minimum: 0, maximum: MAX_INT32 });

/** A number of pods, or a share of them: `25%`, and `25` as text means the same (spec 1.2). */
export const SHARE_PATTERN = '^[+]?[0-9]{1,9}%?$';
export const podsOrShare = countOrString.meta({ pattern: SHARE_PATTERN });

/** The same, up to 100 %. */
export const PART_PATTERN = '^[+]?0{0,6}(100|[0-9]{1,2})%?$';
export const podsOrPart = countOrString.meta({ pattern: PART_PATTERN });

/** Part of a pattern that accepts text with arguments, such as `{{args.limit}}`. */
const PLACEHOLDER = '[{][{]';

/** May be text, because of arguments. */
export const templatedCount = countOrString.meta({ pattern: `^[+]?[0-9]{1,10}$|${PLACEHOLDER}` });

/** The same, and -1 for no limit. */
export const templatedLimit = intOrString.meta({
  minimum: -1,
  maximum: MAX_INT32,
  pattern: `^([+]?[0-9]{1,10}|-1)$|${PLACEHOLDER}`,
});

/** The durations of Go that kube/duration.ts reads, without negative ones. */
const GO_DURATION = '(([0-9]+[.]?[0-9]*|[.][0-9]+)(ns|us|µs|μs|ms|s|m|h))+';

export const duration = text.meta({ pattern: `^[+]?(0|${GO_DURATION})$` });
export const templatedDuration = text.meta({ pattern: `^[+]?(0|${GO_DURATION})$|${PLACEHOLDER}` });

/** Also whole seconds, as a number or text. The length bounds the cost of its rule. */
export const secondsOrDuration = countOrString.meta({ pattern: `^[+]?([0-9]{1,10}|${GO_DURATION})$`, maxLength: 64 });

/** A name with the longest length in Kubernetes, for rules that compare it often. */
export const boundedName = z.string().meta({ maxLength: 253 });

export const stringMap = z.record(z.string(), z.string());

/** JSON of another program, such as a plugin: carried, never read. */
export const freeJson = z.unknown().meta({ 'x-kubernetes-preserve-unknown-fields': true });

/** The same for a map with such values. */
export const freeMap = z.record(z.string(), z.unknown()).meta({ 'x-kubernetes-preserve-unknown-fields': true });

/** An optional field. The API server removes `null`. */
export function optional<T extends z.ZodType>(schema: T, description?: string): z.ZodExactOptional<T> {
  return z.exactOptional(description === undefined ? schema : schema.describe(description));
}

/**
 * Adds rules that the API server evaluates at every write, also of a status. Attach each rule as deep as possible: there
 * it costs nothing where the object has no such part, and the mistakes of a part that did not change are forgiven. Each
 * field that a rule reads costs as much as its object has fields in the schema (findings/cel-rule-pays-for-its-siblings.sh).
 */
export function withRules<T extends z.ZodType>(schema: T, ...rules: readonly CelRule[]): T {
  return schema.meta({ 'x-kubernetes-validations': rules });
}

/** The longest label value in Kubernetes. */
const labelValue = z.string().meta({ maxLength: 63 });

function labelSelectorOf<Value extends z.ZodType<string>>(value: Value, bounds: { readonly maxItems?: number }) {
  const requirement = z.object({
    key: text.describe('Key of the label.'),
    operator: text.describe('In, NotIn, Exists or DoesNotExist.'),
    values: optional(
      z.array(value).meta({ 'x-kubernetes-list-type': 'atomic', ...bounds }),
      'Values to compare with; none with Exists and DoesNotExist.',
    ),
  });
  return z
    .object({
      matchLabels: optional(z.record(z.string(), value), 'Labels that must have exactly these values.'),
      matchExpressions: optional(
        z.array(requirement).meta({ 'x-kubernetes-list-type': 'atomic', ...bounds }),
        'Conditions on labels; all must hold.',
      ),
    })
    .meta({ 'x-kubernetes-map-type': 'atomic' });
}

export const labelSelector = labelSelectorOf(text, {});

/** With bounds, from which the API server estimates the cost of the rules. No sane selector reaches them. */
export const boundedSelector = labelSelectorOf(labelValue, { maxItems: 100 });

/** A list with a bound, from which the API server estimates the cost of the rules. No sane list reaches it. */
export function boundedList<T extends z.ZodType>(item: T, maxItems: number): z.ZodArray<T> {
  return z.array(item).meta({ maxItems });
}

/** Labels and annotations that pods have only during a role. */
export const podTemplateMetadata = z.object({
  labels: optional(stringMap, 'Labels to add to the pods.'),
  annotations: optional(stringMap, 'Annotations to add to the pods.'),
});
export type PodTemplateMetadata = Immutable<z.infer<typeof podTemplateMetadata>>;

/** The same for a role of the Rollout, with a bound. */
export const roleMetadata = z.object({
  labels: optional(
    z.record(z.string(), labelValue).meta({ maxProperties: 100 }),
    'Labels to add to the pods. They must not change what spec.selector matches.',
  ),
  annotations: optional(stringMap, 'Annotations to add to the pods.'),
});
