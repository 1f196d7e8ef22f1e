/**
 * A value of an expression, with its Go type: `null` is nil, a bigint an int, a number a float64, a string a string
 * (its characters are bytes, see byte-text.ts). Every other type is named by the value.
 */
import { ANY, BOOL, FLOAT64, INT, LOCATION_POINTER, STRING, TIME, type GoType } from './go-type.ts';
import type { Zone } from './zone.ts';

export type Value = null | boolean | bigint | number | string | TypedValue;

type TypedValue =
  WholeNumber | NamedText | ListValue | MapValue | StructValue | PointerValue | TimeValue | LocationValue | FuncValue;

/** A whole number that is not an int: an int64, a byte, a duration, a month. */
export interface WholeNumber {
  readonly kind: 'whole';
  readonly type: GoType;
  readonly number: bigint;
}

interface NamedText {
  readonly kind: 'named';
  readonly type: GoType;
  readonly text: string;
}

/** A slice or an array. */
export interface ListValue {
  readonly kind: 'list';
  readonly type: GoType;
  readonly items: readonly Value[];
  /** It is a nil slice, which has no elements and equals nil. */
  readonly absent?: boolean;
}

/** By `mapKey`, each with the key as a value. */
export interface MapValue {
  readonly kind: 'map';
  readonly type: GoType;
  readonly entries: ReadonlyMap<string, readonly [key: Value, value: Value]>;
}

interface StructValue {
  readonly kind: 'struct';
  readonly type: GoType;
  readonly fields: ReadonlyMap<string, Value>;
}

interface PointerValue {
  readonly kind: 'pointer';
  readonly type: GoType;
  readonly target: Value;
}

export interface TimeValue {
  readonly kind: 'time';
  /** Nanoseconds since the epoch. */
  readonly nanos: bigint;
  readonly zone: Zone;
}

export interface LocationValue {
  readonly kind: 'location';
  readonly zone: Zone;
}

export interface FuncValue {
  readonly kind: 'func';
  readonly type: GoType;
  /** Arguments have been checked against the type. */
  readonly call: (args: readonly Value[]) => readonly Value[];
}

/** The concrete type; `null` for nil. */
export function typeOf(value: Value): GoType | null {
  if (value === null) return null;
  if (typeof value === 'boolean') return BOOL;
  if (typeof value === 'bigint') return INT;
  if (typeof value === 'number') return FLOAT64;
  if (typeof value === 'string') return STRING;
  if (value.kind === 'time') return TIME;
  if (value.kind === 'location') return LOCATION_POINTER;
  return value.type;
}

/** As Go prints the type of a value in its messages. */
export function typeName(value: Value): string {
  return typeOf(value)?.name ?? '<nil>';
}

export function list(type: GoType, items: readonly Value[]): ListValue {
  return { kind: 'list', type, items };
}

export function nilList(type: GoType): ListValue {
  return { kind: 'list', type, items: [], absent: true };
}

/** Nil itself, or a pointer or slice that is nil. */
export function isNil(value: Value): boolean {
  if (value === null) return true;
  if (typeof value !== 'object') return false;
  return (value.kind === 'pointer' && value.target === null) || (value.kind === 'list' && value.absent === true);
}

export function whole(type: GoType, number: bigint): WholeNumber {
  return { kind: 'whole', type, number };
}

export function isList(value: Value): value is ListValue {
  return typeof value === 'object' && value?.kind === 'list';
}

export function isMap(value: Value): value is MapValue {
  return typeof value === 'object' && value?.kind === 'map';
}

/** What a pointer leads to; any other value itself. */
export function dereferenced(value: Value): Value {
  return typeof value === 'object' && value?.kind === 'pointer' ? value.target : value;
}

/** Nil, or a list without elements: what an operation may fail at only because there is no data. */
export function isMissing(value: Value): boolean {
  return value === null || (isList(value) && value.items.length === 0);
}

/** A map from pairs; the last of two equal keys counts. */
export function mapFrom(type: GoType, pairs: Iterable<readonly [Value, Value]>): MapValue {
  const entries = new Map<string, readonly [Value, Value]>();
  for (const pair of pairs) entries.set(mapKey(pair[0]) ?? `NaN|${entries.size}`, pair);
  return { kind: 'map', type, entries };
}

/** The same for equal keys of a Go map; `null` for NaN, which equals no key. */
export function mapKey(value: Value): string | null {
  if (typeof value === 'string') return `string|${value}`;
  if (typeof value === 'number') return Number.isNaN(value) ? null : `float64|${value === 0 ? 0 : value}`;
  if (typeof value !== 'object' || value === null) return `${typeName(value)}|${value}`;
  switch (value.kind) {
    case 'whole':
      return `${value.type.name}|${value.number}`;
    case 'named':
      return `${value.type.name}|${value.text}`;
    case 'time':
      return `time|${value.nanos}|${value.zone.name}`;
    case 'list':
      return `${value.type.name}|${value.items.map(mapKey).join('|')}`;
    case 'struct':
    case 'pointer':
    case 'location':
    case 'map':
    case 'func':
      return `${typeName(value)}|`;
  }
}

/** The value that a variable of this type has in the beginning. */
export function zeroOf(type: GoType): Value {
  switch (type.kind) {
    case 'bool':
      return false;
    case 'float64':
      return 0;
    case 'int':
    case 'int64':
    case 'uint8':
      return type === INT ? 0n : whole(type, 0n);
    case 'string':
      return type === STRING ? '' : { kind: 'named', type, text: '' };
    case 'slice':
      return nilList(type);
    case 'array':
      return list(type, [null, null]);
    case 'map':
      return mapFrom(type, []);
    case 'interface':
    case 'func':
      return null;
    case 'struct':
      return type === TIME ? ZERO_TIME : zeroStruct(type);
    case 'ptr':
      return { kind: 'pointer', type, target: null };
  }
}

/** Midnight of the first day of the year 1, UTC. */
const ZERO_TIME: TimeValue = { kind: 'time', nanos: -62_135_596_800_000_000_000n, zone: { name: 'UTC', offset: 0 } };

function zeroStruct(type: GoType): StructValue {
  return { kind: 'struct', type, fields: new Map([...(type.fields ?? [])].map(([name, of]) => [name, zeroOf(of)])) };
}

/** Whether a value of this type can stand where the other is asked for. */
export function isAssignable(type: GoType, to: GoType): boolean {
  return type === to || to === ANY;
}
