/**
 * JSON as a Go program writes it from typed structs: keys in the order of the type's declaration,
 * empty optional fields left out, maps in alphabetical order. Hashes that other controllers computed
 * can only be reproduced from this text.
 *
 * Encoding is total: a value that does not fit its type is written as it is, with its keys sorted, and
 * fields that the table does not know follow the known ones in alphabetical order.
 */
import { isJsonObject, type Json, type JsonObject } from './json.ts';

/**
 * Fields of one type, in the order in which they are written. A field's notation is Go's:
 *
 * - `string`, `int`, `bool`, `intOrString`, `time`: a plain value, left out when it is the zero value;
 * - `quantity`: an amount of a resource, always written;
 * - `json`: anything, left out when absent, its keys sorted;
 * - `TypeName`: a nested struct, always written, at least as `{}`;
 * - `[]T`, `{}T`: a list and a map with text keys, left out when empty;
 * - `*T`: a pointer, left out only when absent;
 * - a trailing `!`: written in any case, with null or the zero value when absent.
 */
type FieldTable = Readonly<Record<string, string>>;

/** Types by name. */
export type TypeTable = Readonly<Record<string, FieldTable>>;

/** How the amount of a resource is written. */
type QuantityText = (quantity: string | number) => string;

/** How values of one type are written, compiled from its notation. */
interface Codec {
  /** Go's text of the value; an absent one is written as the type's zero value. */
  readonly encode: (value: Json | undefined) => string;
  /** True when an optional field with this value is left out. */
  readonly isEmpty: (value: Json | undefined) => boolean;
}

interface Field {
  readonly name: string;
  readonly prefix: string;
  readonly required: boolean;
  readonly codec: Codec;
}

/**
 * The encoder for one notation, for example `PodTemplateSpec` or `[]CanaryStep`. It is compiled when it is first used:
 * a command that only shows a rollout needs none.
 */
export function encoderOf(
  types: TypeTable,
  notation: string,
  quantityText: QuantityText,
): (value: Json | undefined) => string {
  let codec: Codec | undefined;
  return (value) => (codec ??= codecOf(notation)).encode(value);

  function codecOf(notation: string): Codec {
    if (notation.startsWith('*')) return pointerTo(codecOf(notation.slice(1)));
    if (notation.startsWith('[]')) return listOf(codecOf(notation.slice(2)));
    if (notation.startsWith('{}')) return mapOf(codecOf(notation.slice(2)));
    if (notation === 'quantity') return quantityWith(quantityText);
    const scalar = SCALARS[notation];
    if (scalar !== undefined) return scalar;
    const fields = types[notation];
    if (fields === undefined) throw new Error(`The type table has no type ${notation}.`);
    return structOf(fieldsOf(fields));
  }

  function fieldsOf(table: FieldTable): readonly Field[] {
    return Object.entries(table).map(([name, notation]) => {
      const required = notation.endsWith('!');
      const codec = codecOf(required ? notation.slice(0, -1) : notation);
      return { name, prefix: `${goString(name)}:`, required, codec };
    });
  }
}

/**
 * The value with `change` applied to every struct in it, innermost first. `change` gets the name of the
 * struct's type and a fresh copy that it may modify. Values that do not fit the types stay as they are.
 */
export function mapStructs(
  types: TypeTable,
  notation: string,
  value: Json | undefined,
  change: (typeName: string, struct: Record<string, Json | undefined>) => void,
): Json | undefined {
  const bare = notation.replace(/^\*|!$/g, '');
  if (bare.startsWith('[]')) {
    return Array.isArray(value) ? value.map((item) => mapStructs(types, bare.slice(2), item, change) ?? null) : value;
  }
  const fields = types[bare];
  if (fields === undefined || !isJsonObject(value)) return value;
  const struct: Record<string, Json | undefined> = { ...value };
  for (const name of Object.keys(value)) {
    // Own properties only: an unknown field may be called `constructor`.
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (field !== undefined) struct[name] = mapStructs(types, field, value[name], change);
  }
  change(bare, struct);
  return struct;
}

const NOTHING: Codec = { encode: anyJson, isEmpty: isAbsent };

const SCALARS: Readonly<Record<string, Codec>> = {
  string: scalar('', '""'),
  int: scalar(0, '0'),
  bool: scalar(false, 'false'),
  intOrString: scalar(0, '0'),
  time: NOTHING,
  json: NOTHING,
};

function scalar(zero: string | number | boolean, zeroText: string): Codec {
  return {
    encode: (value) => (isAbsent(value) ? zeroText : anyJson(value)),
    isEmpty: (value) => isAbsent(value) || value === zero,
  };
}

function quantityWith(text: QuantityText): Codec {
  return {
    encode: (value) => {
      const amount = value ?? '0';
      return typeof amount === 'string' || typeof amount === 'number' ? goString(text(amount)) : anyJson(amount);
    },
    isEmpty: () => false,
  };
}

function pointerTo(target: Codec): Codec {
  return { encode: (value) => (isAbsent(value) ? 'null' : target.encode(value)), isEmpty: isAbsent };
}

function listOf(item: Codec): Codec {
  return {
    encode: (value) => (Array.isArray(value) ? `[${value.map(item.encode).join(',')}]` : anyJson(value)),
    isEmpty: (value) => isAbsent(value) || (Array.isArray(value) && value.length === 0),
  };
}

function mapOf(item: Codec): Codec {
  return {
    encode: (value) => {
      if (!isJsonObject(value)) return anyJson(value);
      const entries = Object.keys(value).sort();
      return `{${entries.map((key) => `${goString(key)}:${item.encode(value[key])}`).join(',')}}`;
    },
    isEmpty: (value) => isAbsent(value) || (isJsonObject(value) && Object.keys(value).length === 0),
  };
}

function structOf(fields: readonly Field[]): Codec {
  const known = new Set(fields.map((field) => field.name));
  return {
    encode: (value) => {
      if (!isAbsent(value) && !isJsonObject(value)) return anyJson(value);
      const struct = value ?? {};
      const parts: string[] = [];
      for (const { name, prefix, required, codec } of fields) {
        if (required || !codec.isEmpty(struct[name])) {
          const text = codec.encode(struct[name]);
          parts.push(prefix + text);
        }
      }
      for (const name of unknownFields(struct, known)) parts.push(`${goString(name)}:${anyJson(struct[name])}`);
      return `{${parts.join(',')}}`;
    },
    isEmpty: () => false,
  };
}

function unknownFields(struct: JsonObject, known: ReadonlySet<string>): readonly string[] {
  return Object.keys(struct)
    .filter((name) => !known.has(name) && !isAbsent(struct[name]))
    .sort();
}

/** Untyped JSON: compact, keys in alphabetical order. */
export function anyJson(value: Json | undefined): string {
  if (value === undefined) return 'null';
  if (typeof value === 'string') return goString(value);
  if (Array.isArray(value)) return `[${value.map(anyJson).join(',')}]`;
  if (!isJsonObject(value)) return Object.is(value, -0) ? '-0' : JSON.stringify(value);
  const entries = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort();
  return `{${entries.map((key) => `${goString(key)}:${anyJson(value[key])}`).join(',')}}`;
}

const HTML_SENSITIVE = /[<>&\u2028\u2029]/g;

/** A JSON string as Go's encoder writes it: what could end a script element is escaped, and half surrogate pairs are replaced. */
function goString(text: string): string {
  return JSON.stringify(text.toWellFormed()).replace(
    HTML_SENSITIVE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function isAbsent(value: Json | undefined): value is null | undefined {
  return value === undefined || value === null;
}
