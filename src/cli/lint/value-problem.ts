/** Whether a value fits the keywords of a structural schema that are about the value itself and not about its fields. */
import type { Json, JsonObject } from '../../kube/json.ts';
import { deepEqual } from '../../kube/merge-patch.ts';
import { parseTime } from '../../kube/time.ts';
import { PROBLEMS } from '../../api/words/problems.ts';
import { isObject } from './documents.ts';

const LEAST_INT32 = -(2 ** 31);
const MOST_INT32 = 2 ** 31 - 1;

/** A sentence that begins as one of Kubernetes does, or `null`. */
export function valueProblem(schema: JsonObject, json: Json): string | null {
  const wanted = wantedType(schema, json);
  if (wanted !== null) return invalid(json, `must be ${wanted}`);
  const detail = numberDetail(schema, json) ?? textDetail(schema, json) ?? sizeDetail(schema, json);
  if (detail !== null) return invalid(json, detail);
  const { enum: choices, not } = schema as { readonly enum?: readonly Json[]; readonly not?: JsonObject };
  if (choices !== undefined && !choices.some((one) => deepEqual(one, json)))
    return `Unsupported value: ${shown(json)}: supported values: ${choices.map(shown).join(', ')}`;
  const excluded = (not?.['enum'] ?? []) as readonly Json[];
  return excluded.some((one) => deepEqual(one, json)) ? invalid(json, 'is not a number and no text') : null;
}

/** The type that is wanted instead, with its article; `null` when it fits. */
function wantedType(schema: JsonObject, json: Json): string | null {
  if (schema['x-kubernetes-int-or-string'] === true)
    return typeof json === 'string' || isInteger(json) ? null : 'a whole number or text';
  switch (schema['type']) {
    case 'object':
      return isObject(json) ? null : 'a map';
    case 'array':
      return Array.isArray(json) ? null : 'a list';
    case 'string':
      return typeof json === 'string' ? null : 'text, in quotes if it looks like something else';
    case 'boolean':
      return typeof json === 'boolean' ? null : 'true or false';
    case 'integer':
      return isInteger(json) ? null : 'a whole number';
    case 'number':
      return typeof json === 'number' ? null : 'a number';
    default:
      return null;
  }
}

function isInteger(json: Json): boolean {
  return Number.isInteger(json);
}

function numberDetail(schema: JsonObject, json: Json): string | null {
  if (typeof json !== 'number') return null;
  const isInt32 = schema['format'] === 'int32';
  const least = (schema['minimum'] as number | undefined) ?? (isInt32 ? LEAST_INT32 : undefined);
  const most = (schema['maximum'] as number | undefined) ?? (isInt32 ? MOST_INT32 : undefined);
  if (least !== undefined && json < least) return least === 0 ? PROBLEMS.negative : `must be ${least} or more`;
  return most !== undefined && json > most ? `must be ${most} or less` : null;
}

function textDetail(schema: JsonObject, json: Json): string | null {
  if (typeof json !== 'string') return null;
  const { pattern, maxLength, format } = schema as {
    readonly pattern?: string;
    readonly maxLength?: number;
    readonly format?: string;
  };
  if (maxLength !== undefined && Array.from(json).length > maxLength)
    return `must have at most ${maxLength} characters`;
  if (pattern !== undefined && !new RegExp(pattern, 'u').test(json)) return `must match ${pattern}`;
  return format === 'date-time' && parseTime(json) === null ? PROBLEMS.timeUnreadable : null;
}

function sizeDetail(schema: JsonObject, json: Json): string | null {
  const { maxItems, maxProperties } = schema as { readonly maxItems?: number; readonly maxProperties?: number };
  if (Array.isArray(json)) return maxItems !== undefined && json.length > maxItems ? tooMany(maxItems) : null;
  const size = isObject(json) ? Object.keys(json).length : 0;
  return maxProperties !== undefined && size > maxProperties ? tooMany(maxProperties) : null;
}

function tooMany(most: number): string {
  return most === 0 ? 'must be a number or text' : `must have at most ${most} items`;
}

function invalid(json: Json, detail: string): string {
  return `Invalid value: ${shown(json)}: ${detail}`;
}

const LONGEST_SHOWN = 80;

function shown(json: Json): string {
  const text = JSON.stringify(json);
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}
