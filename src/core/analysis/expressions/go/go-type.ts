/**
 * The types of Go that a value of an expression can have. Each exists once, so that two types are the same when they
 * are identical.
 */

export type Kind =
  | 'bool'
  | 'int'
  | 'int64'
  | 'uint8'
  | 'float64'
  | 'string'
  | 'interface'
  | 'slice'
  | 'array'
  | 'map'
  | 'struct'
  | 'func'
  | 'ptr';

export interface GoType {
  readonly kind: Kind;
  /** As Go prints it. */
  readonly name: string;
  /** The package of a type with a name of its own; empty for all others. */
  readonly path: string;
  /** Of slices, arrays, pointers and maps. */
  readonly elem?: GoType;
  /** Of maps. */
  readonly key?: GoType;
  /** Of structs: the exported ones, in order. */
  readonly fields?: ReadonlyMap<string, GoType>;
  /** Of functions. A method leaves out its receiver. */
  readonly params?: readonly GoType[];
  readonly results?: readonly GoType[];
}

function plain(kind: Kind, name: string): GoType {
  return { kind, name, path: '' };
}

export const ANY = plain('interface', 'interface {}');
export const BOOL = plain('bool', 'bool');
export const INT = plain('int', 'int');
export const INT64 = plain('int64', 'int64');
export const UINT8 = plain('uint8', 'uint8');
export const FLOAT64 = plain('float64', 'float64');
export const STRING = plain('string', 'string');

function sliceOf(elem: GoType): GoType {
  return { kind: 'slice', name: `[]${elem.name}`, path: '', elem };
}

function mapOf(key: GoType, elem: GoType): GoType {
  return { kind: 'map', name: `map[${key.name}]${elem.name}`, path: '', key, elem };
}

function pointerTo(elem: GoType): GoType {
  return { kind: 'ptr', name: `*${elem.name}`, path: '', elem };
}

export const ANYS = sliceOf(ANY);
export const INTS = sliceOf(INT);
export const FLOATS = sliceOf(FLOAT64);
export const STRINGS = sliceOf(STRING);
export const PAIR: GoType = { kind: 'array', name: '[2]interface {}', path: '', elem: ANY };
export const PAIRS = sliceOf(PAIR);
export const OBJECT = mapOf(STRING, ANY);
export const ANY_MAP = mapOf(ANY, ANY);
export const GROUPS = mapOf(ANY, ANYS);
const NOTHING: GoType = { kind: 'struct', name: 'struct {}', path: '', fields: new Map() };
/** What the optimizer makes of a list of constants on the right of `in`. */
export const INT_SET = mapOf(INT, NOTHING);
export const STRING_SET = mapOf(STRING, NOTHING);
export const TEXT_POINTER = pointerTo(STRING);

function ofTime(kind: Kind, name: string): GoType {
  return { kind, name: `time.${name}`, path: 'time', ...(kind === 'struct' ? { fields: new Map() } : {}) };
}

export const TIME = ofTime('struct', 'Time');
export const DURATION = ofTime('int64', 'Duration');
export const MONTH = ofTime('int', 'Month');
export const WEEKDAY = ofTime('int', 'Weekday');
export const TIMES = sliceOf(TIME);
const LOCATION = ofTime('struct', 'Location');
export const LOCATION_POINTER = pointerTo(LOCATION);

const CLOUDWATCH = 'github.com/aws/aws-sdk-go-v2/service/cloudwatch/types';

export const STATUS_CODE: GoType = { kind: 'string', name: 'types.StatusCode', path: CLOUDWATCH };
export const STATUS_CODES = sliceOf(STATUS_CODE);
const MESSAGE_DATA: GoType = {
  kind: 'struct',
  name: 'types.MessageData',
  path: CLOUDWATCH,
  fields: new Map([
    ['Code', TEXT_POINTER],
    ['Value', TEXT_POINTER],
  ]),
};
const MESSAGES = sliceOf(MESSAGE_DATA);
export const METRIC_DATA_RESULT: GoType = {
  kind: 'struct',
  name: 'types.MetricDataResult',
  path: CLOUDWATCH,
  fields: new Map([
    ['Id', TEXT_POINTER],
    ['Label', TEXT_POINTER],
    ['Messages', MESSAGES],
    ['StatusCode', STATUS_CODE],
    ['Timestamps', TIMES],
    ['Values', FLOATS],
  ]),
};
export const METRIC_DATA_RESULTS = sliceOf(METRIC_DATA_RESULT);

/** A function's type; each call makes one of its own. */
export function funcOf(params: readonly GoType[], results: readonly GoType[]): GoType {
  const outcome = results.map(({ name }) => name).join(', ');
  const shown = results.length === 1 ? ` ${outcome}` : results.length > 1 ? ` (${outcome})` : '';
  return {
    kind: 'func',
    name: `func(${params.map(({ name }) => name).join(', ')})${shown}`,
    path: '',
    params,
    results,
  };
}

/** The plain whole numbers: one with a name of its own, such as a month, does not count. */
export function isInteger(type: GoType | null): boolean {
  return type === INT || type === INT64 || type === UINT8;
}

/** The type that a pointer leads to; any other type itself. */
export function pointee(type: GoType): GoType {
  return type.kind === 'ptr' && type.elem !== undefined ? type.elem : type;
}
