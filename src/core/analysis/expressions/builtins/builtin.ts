/** What a builtin function is, to the checker and to the evaluator. */
import type { Budget } from '../go/budget.ts';
import { pointee, type GoType, type Kind } from '../go/go-type.ts';
import { ExpressionProblem } from '../go/problem.ts';
import { notConverted } from '../operations/fetch.ts';
import { dereferenced, isList, isMap, typeName, type ListValue, type MapValue, type Value } from '../go/value.ts';
import { failure } from '../go/failure.ts';
import { STRING } from '../go/go-type.ts';

/** What an evaluation knows besides its values. */
export interface Surroundings {
  readonly budget: Budget;
  /** Nanoseconds since the epoch. */
  readonly now: bigint;
}

/** The types of the arguments; `null` for nil, and the empty interface for what is not known. */
export type ArgumentTypes = readonly (GoType | null)[];

export interface Signature {
  readonly params: readonly GoType[];
  readonly result: GoType;
}

export interface Builtin {
  /** The forms that it has; the first that fits counts. Either these, or `check`. */
  readonly signatures?: readonly Signature[];
  /** The type of the outcome. Throws for arguments that it does not take. */
  readonly check?: (args: ArgumentTypes) => GoType;
  readonly run: (args: readonly Value[], surroundings: Surroundings) => Value;
}

export type Builtins = Readonly<Record<string, Builtin>>;

export function form(params: readonly GoType[], result: GoType): Signature {
  return { params, result };
}

export function checkCount(args: ArgumentTypes, count: number): void {
  if (args.length === count) return;
  throw new ExpressionProblem(`invalid number of arguments (expected ${count}, got ${args.length})`);
}

/** The kind of an argument, through pointers; `null` for nil. */
export function kindOf(type: GoType | null | undefined): Kind | null {
  return type === null || type === undefined ? null : pointee(type).kind;
}

export function isNumberKind(kind: Kind | null): boolean {
  return kind === 'int' || kind === 'int64' || kind === 'uint8' || kind === 'float64';
}

export function isListKind(kind: Kind | null): boolean {
  return kind === 'slice' || kind === 'array';
}

/** A type as messages show it. */
export function shownType(type: GoType | null | undefined): string {
  return type?.name ?? '%!s(<nil>)';
}

/** An argument that has to be a string. */
export function textAt(args: readonly Value[], index: number): string {
  const value = dereferenced(args[index] ?? null);
  if (typeof value !== 'string') throw notConverted(value, STRING);
  return value;
}

const KINDS_OF_NOTHING = 'invalid';

/** The kind of a value, as Go's reflection names it. */
export function valueKind(value: Value): string {
  if (value === null) return KINDS_OF_NOTHING;
  if (typeof value === 'object' && value.kind === 'func') return 'func';
  if (typeof value === 'object' && (value.kind === 'time' || value.kind === 'struct')) return 'struct';
  if (typeof value === 'object' && 'type' in value) return value.type.kind;
  return typeName(value);
}

/** An argument that has to be a list; `verb` says what is done with it. */
export function listAt(args: readonly Value[], index: number, verb: string): ListValue {
  const value = dereferenced(args[index] ?? null);
  if (!isList(value)) throw failure(`cannot ${verb} ${valueKind(value)}`, value);
  return value;
}

/** An argument that has to be a map; `verb` says what is done with a value of a kind. */
export function mapAt(args: readonly Value[], index: number, verb: (kind: string) => string): MapValue {
  const value = dereferenced(args[index] ?? null);
  if (!isMap(value)) throw failure(`cannot ${verb(valueKind(value))}`, value);
  return value;
}
