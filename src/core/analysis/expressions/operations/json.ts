/** Values as JSON and back, as Go's `encoding/json` does it. */
import { fromBytes, toBytes } from '../go/byte-text.ts';
import { checkDepth, type Budget } from '../go/budget.ts';
import { failure } from '../go/failure.ts';
import { ANYS, OBJECT, STRING } from '../go/go-type.ts';
import { ExpressionProblem } from '../go/problem.ts';
import { printFloat } from '../go/floats.ts';
import { list, mapFrom, typeName, type MapValue, type TimeValue, type Value } from '../go/value.ts';
import type { Json } from '../../../../kube/json.ts';
import { formatTime, RFC3339_NANO } from '../time/format-time.ts';
import { clockOf } from '../time/zones.ts';
import { sortedEntries } from './print.ts';

/** A decoded JSON value: all its numbers are floats. Throws when it is nested too deeply. */
export function fromJson(json: Json | undefined, budget: Budget, depth = 0): Value {
  checkDepth(depth);
  budget.spend(1);
  if (json === undefined || json === null) return null;
  if (typeof json === 'string') return toBytes(json);
  if (typeof json !== 'object') return json;
  if (isArray(json))
    return list(
      ANYS,
      json.map((item) => fromJson(item, budget, depth + 1)),
    );
  return mapFrom(
    OBJECT,
    Object.entries(json).map(([key, value]) => [toBytes(key), fromJson(value, budget, depth + 1)]),
  );
}

function isArray(json: object): json is readonly Json[] {
  return Array.isArray(json);
}

/** What the text says. Throws if it is no JSON, or has a number that is too large. */
export function parseJson(text: string, budget: Budget): Value {
  budget.spendText(text.length);
  let parsed: Json;
  try {
    parsed = JSON.parse(fromBytes(text)) as Json;
  } catch {
    throw new ExpressionProblem('invalid JSON');
  }
  const value = fromJson(parsed, budget);
  checkNumbers(value);
  return value;
}

function checkNumbers(value: Value): void {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new ExpressionProblem('json: cannot unmarshal number into Go value of type float64');
  }
  if (typeof value !== 'object' || value === null) return;
  if (value.kind === 'list') for (const item of value.items) checkNumbers(item);
  if (value.kind === 'map') for (const [, item] of value.entries.values()) checkNumbers(item);
}

/** With an indentation of two spaces. */
export function toJson(value: Value, budget: Budget, indent = '\n', depth = 0): string {
  checkDepth(depth);
  budget.spend(1);
  if (value === null) return 'null';
  if (typeof value === 'string') return jsonText(value, budget);
  if (typeof value === 'number') return jsonNumber(value);
  if (typeof value !== 'object') return String(value);
  const deeper = `${indent}  `;
  const inner = (one: Value): string => toJson(one, budget, deeper, depth + 1);
  const block = (open: string, parts: readonly string[], close: string): string => {
    if (parts.length === 0) return open + close;
    const text = `${open}${deeper}${parts.join(`,${deeper}`)}${indent}${close}`;
    budget.spendText(text.length);
    return text;
  };
  switch (value.kind) {
    case 'whole':
      return String(value.number);
    case 'named':
      return jsonText(value.text, budget);
    case 'list':
      if (value.absent === true) return 'null';
      return block('[', value.items.map(inner), ']');
    case 'map':
      return block(
        '{',
        members(value, budget).map(([key, one]) => `${key}: ${inner(one)}`),
        '}',
      );
    case 'struct': {
      const fields = [...value.fields].map(([name, one]) => `"${name}": ${inner(one)}`);
      return block('{', fields, '}');
    }
    case 'pointer':
      return inner(value.target);
    case 'time':
      return jsonTime(value);
    case 'location':
      return '{}';
    case 'func':
      throw failure(`json: unsupported type: ${typeName(value)}`);
  }
}

function jsonTime(time: TimeValue): string {
  const { year } = clockOf(time);
  if (year >= 0 && year <= 9_999) return `"${formatTime(time, RFC3339_NANO)}"`;
  const what = 'json: error calling MarshalJSON for type time.Time: Time.MarshalJSON';
  throw new ExpressionProblem(`${what}: year outside of range [0,9999]`);
}

function jsonNumber(number: number): string {
  if (Number.isFinite(number)) return Object.is(number, -0) ? '-0' : String(number);
  throw new ExpressionProblem(`json: unsupported value: ${printFloat(number)}`);
}

function members(map: MapValue, budget: Budget): readonly (readonly [string, Value])[] {
  if (map.type.key !== STRING) throw new ExpressionProblem(`json: unsupported type: ${map.type.name}`);
  return sortedEntries(map, budget).map(([key, value]) => [
    jsonText(typeof key === 'string' ? key : '', budget),
    value,
  ]);
}

/** Characters that HTML gives a meaning are escaped. */
function jsonText(bytes: string, budget: Budget): string {
  budget.spendText(bytes.length);
  const escaped = JSON.stringify(fromBytes(bytes)).replaceAll(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return toBytes(escaped);
}
