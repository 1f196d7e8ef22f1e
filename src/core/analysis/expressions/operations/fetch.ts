/** Members, elements and parts of values, and whether a value is in another. */
import { fromBytes } from '../go/byte-text.ts';
import type { Budget } from '../go/budget.ts';
import { failure } from '../go/failure.ts';
import { STRING, UINT8, type GoType } from '../go/go-type.ts';
import {
  dereferenced,
  isAssignable,
  isList,
  isMap,
  list,
  mapKey,
  typeName,
  typeOf,
  whole,
  zeroOf,
  type MapValue,
  type Value,
} from '../go/value.ts';
import { ExpressionProblem } from '../go/problem.ts';
import { areEqual } from './equal.ts';
import { boundMethod } from './named-methods.ts';
import { toInt } from './numbers.ts';
import { printed } from './print.ts';

/** `from[what]` and `from.what`; throws where there is no such thing. The key of a map may be missing. */
export function fetch(from: Value, what: Value, budget: Budget): Value {
  if (from === null) throw failure(`cannot fetch ${fromBytes(printed(what, budget))} from <nil>`, from);
  const method = typeof what === 'string' ? boundMethod(from, what) : null;
  if (method !== null) return method;
  const base = dereferenced(from);
  const length = lengthOf(base);
  if (length !== null) {
    const asked = toInt(what);
    const index = asked < 0n ? BigInt(length) + asked : asked;
    const found = elementAt(base, Number(index));
    if (found !== undefined) return found;
    throw failure(`index out of range: ${index} (array length is ${length})`, base);
  }
  if (isMap(base)) {
    const found = lookUp(base, what);
    return found ?? zeroOf(base.type.elem ?? STRING);
  }
  if (typeof base === 'object' && base?.kind === 'struct') {
    if (typeof what !== 'string') throw notConverted(what, STRING);
    const found = base.fields.get(what);
    if (found !== undefined) return found;
  }
  throw failure(`cannot fetch ${fromBytes(printed(what, budget))} from ${typeName(from)}`, base);
}

/** Of a text in bytes, or of a list; `null` for all else. */
export function lengthOf(value: Value): number | null {
  if (typeof value === 'string') return value.length;
  if (isList(value)) return value.items.length;
  return typeof value === 'object' && value?.kind === 'named' ? value.text.length : null;
}

/** The element of a list, or the byte of a text. */
export function elementAt(value: Value, index: number): Value | undefined {
  if (isList(value)) return value.items[index];
  const text =
    typeof value === 'string' ? value : typeof value === 'object' && value?.kind === 'named' ? value.text : '';
  const code = text.charCodeAt(index);
  return index >= 0 && index < text.length ? whole(UINT8, BigInt(code)) : undefined;
}

/** The value of a key; `undefined` if the map does not have it. Throws for a key that the map's type excludes. */
export function lookUp(map: MapValue, key: Value): Value | undefined {
  const type = map.type.key ?? STRING;
  const wanted = key === null ? zeroOf(type) : key;
  const found = typeOf(wanted);
  if (found !== null && !isAssignable(found, type)) {
    throw failure(`reflect.Value.MapIndex: value of type ${found.name} is not assignable to type ${type.name}`, key);
  }
  checkHashable(wanted);
  const name = mapKey(wanted);
  return name === null ? undefined : map.entries.get(name)?.[1];
}

/** Throws for a value that cannot be the key of a map. */
export function checkHashable(key: Value): void {
  const type = typeOf(key);
  if (type !== null && !isHashable(type)) {
    throw new ExpressionProblem(`runtime error: hash of unhashable type ${type.name}`);
  }
  if (isList(key)) for (const item of key.items) checkHashable(item);
}

function isHashable({ kind, elem, fields }: GoType): boolean {
  if (kind === 'slice' || kind === 'map' || kind === 'func') return false;
  if (kind === 'array') return elem === undefined || isHashable(elem);
  return [...(fields?.values() ?? [])].every(isHashable);
}

/** What Go says when a value is not of the type that an operation takes for granted. */
export function notConverted(value: Value, type: GoType): ExpressionProblem {
  const found = value === null ? 'nil' : typeName(value);
  return failure(`interface conversion: interface {} is ${found}, not ${type.name}`, value);
}

/** Whether the value is a list's element, a map's key or a struct's field. */
export function isIn(needle: Value, collection: Value, budget: Budget): boolean {
  const from = dereferenced(collection);
  if (from === null) return false;
  if (isList(from)) return from.items.some((item) => areEqual(item, needle, budget));
  if (isMap(from)) return lookUp(from, needle) !== undefined;
  if (typeof from === 'object' && (from.kind === 'struct' || from.kind === 'time')) {
    const name = typeof needle === 'object' && needle?.kind === 'named' ? needle.text : needle;
    if (typeof name !== 'string') {
      throw failure(`cannot use ${typeName(needle)} as field name of ${typeName(from)}`, needle);
    }
    return from.kind === 'struct' && from.fields.has(name);
  }
  throw failure(`operator "in" not defined on ${typeName(from)}`, from);
}

/** `base[from:to]`; bounds beyond the ends count as the ends. */
export function slice(base: Value, from: Value, to: Value, budget: Budget): Value {
  const value = dereferenced(base);
  const length = lengthOf(value);
  if (length === null) throw failure(`cannot slice ${fromBytes(printed(from, budget))}`, value);
  const bound = (asked: Value): number => {
    const index = Number(toInt(asked));
    return Math.max(index < 0 ? length + index : index, 0);
  };
  const end = Math.min(bound(to), length);
  const start = Math.min(bound(from), end);
  if (isList(value)) {
    budget.spend(end - start);
    return value.absent === true ? value : list(value.type, value.items.slice(start, end));
  }
  if (typeof value === 'string') return value.slice(start, end);
  if (typeof value === 'object' && value?.kind === 'named') return { ...value, text: value.text.slice(start, end) };
  throw failure(`cannot slice ${fromBytes(printed(from, budget))}`, value);
}

/** The number of elements, or of bytes; where a slice ends that does not say so. */
export function rawLength(value: Value): bigint {
  const length = isMap(value) ? value.entries.size : lengthOf(value);
  if (length === null) throw failure(`invalid argument for len (type ${typeName(value)})`, value);
  return BigInt(length);
}
