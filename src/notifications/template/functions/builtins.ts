/** The functions of Go's text/template itself. `and` and `or` are evaluated by the evaluator, because they stop early. */
import type { GoType } from '../../../core/analysis/expressions/go/go-type.ts';
import { UINT8 } from '../../../core/analysis/expressions/go/go-type.ts';
import { mapKey, whole, zeroOf, type Value } from '../../../core/analysis/expressions/go/value.ts';
import { TemplateProblem } from '../values/problem.ts';
import { isTruthy, kindOf, typeNameOf, wholeOf, type TemplateValue } from '../values/value.ts';
import { COMPARISONS } from './comparisons.ts';
import { formatted, printAll, printLine } from './print.ts';
import { forHtml, forQuery, forScript } from './quoting.ts';
import { fits, func, textAt, type Param, type Surroundings, type TemplateFunctions } from './signature.ts';

function length(value: TemplateValue): Value {
  if (typeof value === 'string') return BigInt(value.length);
  if (typeof value === 'object' && value?.kind === 'list') return BigInt(value.items.length);
  if (typeof value === 'object' && value?.kind === 'map') return BigInt(value.entries.size);
  throw new TemplateProblem(`${typeNameOf(value)} has no length`);
}

function indexed(item: TemplateValue, key: TemplateValue): Value {
  if (typeof item === 'string') return whole(UINT8, BigInt(item.charCodeAt(placeIn(key, item.length))));
  if (typeof item === 'object' && item?.kind === 'list') return item.items[placeIn(key, item.items.length)] ?? null;
  if (typeof item === 'object' && item?.kind === 'map') {
    const [keyType, elem] = [item.type.key, item.type.elem];
    if (typeof key !== 'string' || keyType?.kind !== 'string')
      throw new TemplateProblem(`a map cannot be indexed with ${typeNameOf(key)}`);
    return item.entries.get(mapKey(key) ?? '')?.[1] ?? zeroOfElement(elem);
  }
  throw new TemplateProblem(`${typeNameOf(item)} cannot be indexed`);
}

function zeroOfElement(elem: GoType | undefined): Value {
  return elem === undefined ? null : zeroOf(elem);
}

function placeIn(key: TemplateValue, size: number): number {
  const place = wholeOf(key);
  if (place === null) throw new TemplateProblem(`an index must be a whole number, not ${typeNameOf(key)}`);
  if (place < 0n || place >= BigInt(size)) throw new TemplateProblem(`the index ${place} is out of range`);
  return Number(place);
}

/** Calls a function that is a value, such as `.time.Parse`. */
function called([callee, ...args]: readonly TemplateValue[]): Value {
  if (typeof callee !== 'object' || callee?.kind !== 'func') {
    throw new TemplateProblem(`${typeNameOf(callee)} is no function that could be called`);
  }
  const { params = [] } = callee.type;
  if (args.length !== params.length) throw new TemplateProblem(`call: the function takes ${params.length} arguments`);
  const values = args.map((arg, index) => {
    const value = arg ?? null;
    if (fits(value, PARAMS[params[index]?.name ?? ''] ?? 'any')) return value;
    throw new TemplateProblem(`call: expected ${params[index]?.name}, not ${typeNameOf(value)}`);
  });
  return callee.call(values)[0] ?? null;
}

const PARAMS: Readonly<Record<string, Param>> = { string: 'string', 'time.Time': 'time' };

/** For the functions that escape: what several values print together. */
function joined(args: readonly TemplateValue[], { budget }: Surroundings): string {
  const [only] = args;
  if (args.length === 1 && typeof only === 'string') return only;
  return printAll(args.map(printable), budget);
}

/** What is not there prints as `<no value>` there. */
function printable(value: TemplateValue): TemplateValue {
  if (kindOf(value) === 'func') throw new TemplateProblem('a function cannot be printed');
  return kindOf(value) === 'nil' ? '<no value>' : value;
}

export const BUILTINS: TemplateFunctions = {
  ...COMPARISONS,
  not: func(['value'], ([value]) => !isTruthy(value)),
  len: func(['value'], ([value]) => length(value)),
  index: func(
    ['value'],
    ([item, ...keys]) => {
      if (kindOf(item) === 'nil') throw new TemplateProblem('index: there is nothing to index');
      return keys.reduce<TemplateValue>((found, key) => indexed(found, key), item);
    },
    'value',
  ),
  call: func(['value'], (args) => called(args), 'value'),
  print: func([], (args, { budget }) => printAll(args, budget), 'any'),
  println: func([], (args, { budget }) => printLine(args, budget), 'any'),
  printf: func(['string'], (args, { budget }) => formatted(textAt(args, 0), args.slice(1), budget), 'any'),
  html: func([], (args, around) => forHtml(joined(args, around)), 'any'),
  js: func([], (args, around) => forScript(joined(args, around)), 'any'),
  urlquery: func([], (args, around) => forQuery(joined(args, around)), 'any'),
};
