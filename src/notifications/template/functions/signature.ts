/** Functions of templates, with what they can be given. */
import type { Budget } from '../../../core/analysis/expressions/go/budget.ts';
import type { ListValue, MapValue, TimeValue, Value } from '../../../core/analysis/expressions/go/value.ts';
import { mapFrom } from '../../../core/analysis/expressions/go/value.ts';
import { OBJECT } from '../../../core/analysis/expressions/go/go-type.ts';
import { TemplateProblem } from '../values/problem.ts';
import { typeNameOf, wholeOf, type TemplateValue } from '../values/value.ts';

/** `any` gets nil for what is not there; `value` tells the two apart, as functions of Go that take a `reflect.Value` do. */
export type Param = 'any' | 'value' | 'string' | 'int' | 'float' | 'bool' | 'map' | 'time';

export interface Surroundings {
  readonly budget: Budget;
  /** Nanoseconds since the epoch. */
  readonly now: bigint;
}

export interface TemplateFunction {
  readonly params: readonly Param[];
  /** Of all further arguments. */
  readonly rest?: Param;
  /** The arguments have these types. Throws a problem without a line. */
  readonly call: (args: readonly TemplateValue[], surroundings: Surroundings) => TemplateValue;
}

export type TemplateFunctions = Readonly<Record<string, TemplateFunction>>;

export function func(params: readonly Param[], call: TemplateFunction['call'], rest?: Param): TemplateFunction {
  return rest === undefined ? { params, call } : { params, call, rest };
}

/** As Go names the types of parameters. */
export const PARAM_NAMES: Readonly<Record<Param, string>> = {
  any: 'interface {}',
  value: 'reflect.Value',
  string: 'string',
  int: 'int',
  float: 'float64',
  bool: 'bool',
  map: 'map[string]interface {}',
  time: 'time.Time',
};

/** Whether a value that is there fits without a conversion. */
export function fits(value: Value, param: Param): boolean {
  switch (param) {
    case 'any':
    case 'value':
      return true;
    case 'string':
      return typeof value === 'string';
    case 'int':
      return typeof value === 'bigint';
    case 'float':
      return typeof value === 'number';
    case 'bool':
      return typeof value === 'boolean';
    case 'map':
      return typeof value === 'object' && value?.kind === 'map' && value.type === OBJECT;
    case 'time':
      return typeof value === 'object' && value?.kind === 'time';
  }
}

export function textAt(args: readonly TemplateValue[], index: number): string {
  const value = args[index];
  return typeof value === 'string' ? value : '';
}

export function intAt(args: readonly TemplateValue[], index: number): number {
  return Number(wholeOf(args[index]) ?? 0n);
}

export function valueAt(args: readonly TemplateValue[], index: number): Value {
  return args[index] ?? null;
}

const EMPTY = mapFrom(OBJECT, []);

/** Nil is an empty map. */
export function mapAt(args: readonly TemplateValue[], index: number): MapValue {
  const value = args[index];
  return typeof value === 'object' && value?.kind === 'map' ? value : EMPTY;
}

export function timeAt(args: readonly TemplateValue[], index: number): TimeValue {
  const value = args[index];
  if (typeof value === 'object' && value?.kind === 'time') return value;
  throw new TemplateProblem(`expected a time, not ${typeNameOf(value)}`);
}

/** The list that a function is given; `name` is that of the function. */
export function listAt(args: readonly TemplateValue[], index: number, name: string): ListValue {
  const value = args[index];
  if (typeof value === 'object' && value?.kind === 'list') return value;
  throw new TemplateProblem(`${name} needs a list, not ${typeNameOf(value)}`);
}
