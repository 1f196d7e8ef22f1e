/**
 * Values of a template: those of expressions, whose texts are bytes, and `undefined` for what is not there, such as a
 * missing key. Go keeps that apart from a nil that is there.
 */
import { STRING, UINT8, type GoType } from '../../../core/analysis/expressions/go/go-type.ts';
import { typeName, typeOf, whole, type Value } from '../../../core/analysis/expressions/go/value.ts';

export type TemplateValue = Value | undefined;

/** The kinds that comparisons and `printf` tell apart. */
type Kind = 'nil' | 'bool' | 'int' | 'uint' | 'float' | 'string' | 'list' | 'map' | 'struct' | 'func';

const BYTES: GoType = { kind: 'slice', name: '[]uint8', path: '', elem: UINT8 };
export const BYTES_BY_NAME: GoType = { kind: 'map', name: 'map[string][]uint8', path: '', key: STRING, elem: BYTES };
export const TEXT_BY_NAME: GoType = { kind: 'map', name: 'map[string]string', path: '', key: STRING, elem: STRING };

export function kindOf(value: TemplateValue): Kind {
  if (value === undefined || value === null) return 'nil';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'bigint') return 'int';
  if (typeof value === 'number') return 'float';
  if (typeof value === 'string') return 'string';
  switch (value.kind) {
    case 'whole':
      return value.type === UINT8 ? 'uint' : 'int';
    case 'named':
      return 'string';
    case 'list':
    case 'map':
    case 'func':
      return value.kind;
    case 'struct':
    case 'pointer':
    case 'time':
    case 'location':
      return 'struct';
  }
}

/** A whole number of any type; `null` for everything else. */
export function wholeOf(value: TemplateValue): bigint | null {
  if (typeof value === 'bigint') return value;
  return typeof value === 'object' && value?.kind === 'whole' ? value.number : null;
}

export function typeNameOf(value: TemplateValue): string {
  return value === undefined ? '<nil>' : typeName(value);
}

/** Whether `if` takes the first branch: everything but false, zero, nil, and what is empty. */
export function isTruthy(value: TemplateValue): boolean {
  if (value === undefined || value === null) return false;
  if (typeof value !== 'object') return Boolean(value) || Number.isNaN(value);
  switch (value.kind) {
    case 'whole':
      return value.number !== 0n;
    case 'named':
      return value.text !== '';
    case 'list':
      return value.items.length > 0;
    case 'map':
      return value.entries.size > 0;
    case 'pointer':
      return value.target !== null;
    case 'struct':
    case 'time':
    case 'location':
    case 'func':
      return true;
  }
}

/** As `reflect.DeepEqual`: the same type, and the same parts. */
export function isDeepEqual(a: Value, b: Value): boolean {
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return a === b;
  if (a === b) return true;
  if (typeOf(a) !== typeOf(b)) return false;
  if (a.kind === 'list' && b.kind === 'list') {
    if (a.items.length !== b.items.length || (a.absent === true) !== (b.absent === true)) return false;
    return a.items.every((item, index) => isDeepEqual(item, b.items[index] ?? null));
  }
  if (a.kind === 'map' && b.kind === 'map') {
    if (a.entries.size !== b.entries.size) return false;
    return [...a.entries].every(([key, [, one]]) => {
      const other = b.entries.get(key);
      return other !== undefined && isDeepEqual(one, other[1]);
    });
  }
  if (a.kind === 'whole' && b.kind === 'whole') return a.number === b.number;
  return a.kind === 'time' && b.kind === 'time' && a.nanos === b.nanos && a.zone.name === b.zone.name;
}

/** A text of bytes as a `[]byte`. */
export function bytesOf(text: string): Value {
  const items = Array.from({ length: text.length }, (_, at) => whole(UINT8, BigInt(text.charCodeAt(at))));
  return { kind: 'list', type: BYTES, items };
}

/** A `[]byte` as a text of bytes; `null` for any other value. */
export function textOfBytes(value: TemplateValue): string | null {
  if (typeof value !== 'object' || value?.kind !== 'list' || value.type !== BYTES) return null;
  return value.items.map((item) => String.fromCharCode(Number(wholeOf(item)))).join('');
}
