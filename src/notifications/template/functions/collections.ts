/** Functions of sprig on lists and maps, and on what may be empty. */
import { ANYS, OBJECT, STRINGS } from '../../../core/analysis/expressions/go/go-type.ts';
import {
  list,
  mapFrom,
  mapKey,
  nilList,
  type ListValue,
  type Value,
} from '../../../core/analysis/expressions/go/value.ts';
import { sortedEntries } from '../../../core/analysis/expressions/operations/print.ts';
import { TemplateProblem } from '../values/problem.ts';
import { isDeepEqual, isTruthy, typeNameOf, wholeOf, type TemplateValue } from '../values/value.ts';
import { COMPACT, jsonIn, jsonOf, PRETTY, RAW } from './json.ts';
import {
  func,
  listAt,
  mapAt,
  textAt,
  valueAt,
  type Surroundings,
  type TemplateFunction,
  type TemplateFunctions,
} from './signature.ts';
import { textOf, textsOf } from './texts.ts';

function anyList(items: readonly Value[], { budget }: Surroundings): ListValue {
  budget.grow(items.length);
  return list(ANYS, items);
}

/** A function of one list. */
function ofList(name: string, change: (given: ListValue, around: Surroundings) => Value): TemplateFunction {
  return func(['any'], (args, around) => change(listAt(args, 0, name), around));
}

function dict(args: readonly TemplateValue[], around: Surroundings): Value {
  around.budget.grow(args.length);
  const pairs: (readonly [Value, Value])[] = [];
  // A last key without a value has an empty text.
  for (let at = 0; at < args.length; at += 2)
    pairs.push([textOf(valueAt(args, at), around), at + 1 < args.length ? valueAt(args, at + 1) : '']);
  return mapFrom(OBJECT, pairs);
}

function sliced([given, ...bounds]: readonly TemplateValue[]): Value {
  const { type, items } = listAt([given], 0, 'slice');
  if (items.length === 0) return null;
  const [from, to] = [placeOf(bounds[0], 0), placeOf(bounds[1], items.length)];
  if (from < 0 || from > to || to > items.length) throw new TemplateProblem('slice: the range is outside of the list');
  return list(type, items.slice(from, to));
}

function placeOf(bound: TemplateValue, otherwise: number): number {
  if (bound === undefined) return otherwise;
  if (typeof bound === 'number') return Math.trunc(bound);
  const place = wholeOf(bound);
  if (place === null) throw new TemplateProblem(`slice: a bound must be a number, not ${typeNameOf(bound)}`);
  return Number(place);
}

function unique({ items }: ListValue, around: Surroundings): Value {
  const kept: Value[] = [];
  for (const item of items) {
    around.budget.spend(kept.length);
    if (!kept.some((one) => isDeepEqual(one, item))) kept.push(item);
  }
  return anyList(kept, around);
}

function has(needle: Value, hay: Value, { budget }: Surroundings): boolean {
  if (hay === null) return false;
  const { items } = listAt([hay], 0, 'has');
  budget.spend(items.length);
  return items.some((item) => isDeepEqual(item, needle));
}

function sortedTexts(value: Value, around: Surroundings): Value {
  const texts = value === null ? ['<nil>'] : textsOf(value, around);
  around.budget.spend(texts.length * 8);
  return list(
    STRINGS,
    texts.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)),
  );
}

/** What JSON cannot hold is an empty text. */
function json(style: typeof COMPACT): TemplateFunction {
  return func(['any'], ([value], { budget }) => {
    try {
      return jsonOf(value ?? null, style, budget);
    } catch (error) {
      if (error instanceof TemplateProblem && style !== RAW && error.message.startsWith('JSON')) return '';
      throw error;
    }
  });
}

const isFilled = (value: TemplateValue): boolean => isTruthy(value);
const keyOf = (name: string): string => mapKey(name) ?? '';

export const COLLECTIONS: TemplateFunctions = {
  default: func(['any'], ([otherwise, given]) => (isFilled(given) ? given : otherwise), 'any'),
  empty: func(['any'], ([value]) => !isFilled(value)),
  coalesce: func([], (args) => args.find(isFilled) ?? null, 'any'),
  all: func([], (args) => args.every(isFilled), 'any'),
  any: func([], (args) => args.some(isFilled), 'any'),
  ternary: func(['any', 'any', 'bool'], ([whenTrue, whenFalse, condition]) =>
    condition === true ? whenTrue : whenFalse,
  ),
  toJson: json(COMPACT),
  toPrettyJson: json(PRETTY),
  toRawJson: json(RAW),
  fromJson: func(['string'], (args, { budget }) => jsonIn(textAt(args, 0), budget)),
  list: func(
    [],
    (args, around) =>
      anyList(
        args.map((one) => one ?? null),
        around,
      ),
    'any',
  ),
  dict: func([], dict, 'any'),
  get: func(['map', 'string'], (args) => {
    const found = mapAt(args, 0).entries.get(keyOf(textAt(args, 1)));
    return found === undefined ? '' : found[1];
  }),
  hasKey: func(['map', 'string'], (args) => mapAt(args, 0).entries.has(keyOf(textAt(args, 1)))),
  pick: func(
    ['map'],
    (args) => {
      const names = args.slice(1);
      return mapFrom(
        OBJECT,
        [...mapAt(args, 0).entries.values()].filter(([key]) => names.includes(key)),
      );
    },
    'string',
  ),
  omit: func(
    ['map'],
    (args) => {
      const names = args.slice(1);
      return mapFrom(
        OBJECT,
        [...mapAt(args, 0).entries.values()].filter(([key]) => !names.includes(key)),
      );
    },
    'string',
  ),
  /** Sorted, where sprig's order is by chance. */
  keys: func(
    [],
    (args, { budget }) => {
      const maps = args.map((_, index) => mapAt(args, index));
      return list(
        STRINGS,
        maps.flatMap((map) => sortedEntries(map, budget).map(([key]) => key)),
      );
    },
    'map',
  ),
  first: ofList('first', ({ items }) => items[0] ?? null),
  last: ofList('last', ({ items }) => items.at(-1) ?? null),
  rest: ofList('rest', ({ items }, around) => (items.length === 0 ? nilList(ANYS) : anyList(items.slice(1), around))),
  initial: ofList('initial', ({ items }, around) =>
    items.length === 0 ? nilList(ANYS) : anyList(items.slice(0, -1), around),
  ),
  reverse: ofList('reverse', ({ items }, around) => anyList(items.toReversed(), around)),
  compact: ofList('compact', ({ items }, around) => anyList(items.filter(isFilled), around)),
  uniq: ofList('uniq', unique),
  append: func(['any', 'any'], (args, around) =>
    anyList([...listAt(args, 0, 'append').items, valueAt(args, 1)], around),
  ),
  prepend: func(['any', 'any'], (args, around) =>
    anyList([valueAt(args, 1), ...listAt(args, 0, 'prepend').items], around),
  ),
  without: func(
    ['any'],
    (args, around) => {
      const omitted = args.slice(1);
      const { items } = listAt(args, 0, 'without');
      around.budget.spend(items.length * omitted.length);
      return anyList(
        items.filter((item) => !omitted.some((one) => isDeepEqual(one ?? null, item))),
        around,
      );
    },
    'any',
  ),
  has: func(['any', 'any'], (args, around) => has(valueAt(args, 0), valueAt(args, 1), around)),
  slice: func(['any'], (args) => sliced(args), 'any'),
  sortAlpha: func(['any'], (args, around) => sortedTexts(valueAt(args, 0), around)),
  kindIs: func(['string', 'any'], (args) => textAt(args, 0) === reflected(valueAt(args, 1))),
  kindOf: func(['any'], (args) => reflected(valueAt(args, 0))),
};

/** The name of a kind in Go's package reflect. */
function reflected(value: Value): string {
  if (value === null) return 'invalid';
  const type = typeNameOf(value);
  if (type.startsWith('[]')) return 'slice';
  if (type.startsWith('map[')) return 'map';
  if (type.startsWith('func')) return 'func';
  if (type === 'time.Time') return 'struct';
  return type === 'time.Duration' ? 'int64' : type.startsWith('time.') ? 'int' : type;
}
