/** Values as text, as Go prints them with `%v`. The text is one of bytes. */
import { checkDepth, type Budget } from '../go/budget.ts';
import { printFloat } from '../go/floats.ts';
import { DURATION, MONTH, WEEKDAY } from '../go/go-type.ts';
import { dereferenced, type MapValue, type Value, type WholeNumber } from '../go/value.ts';
import { MONTHS, WEEKDAYS } from '../time/calendar.ts';
import { printDuration } from '../time/duration.ts';
import { printTime } from '../time/format-time.ts';
import { nameOf } from '../time/methods.ts';

/** Steps for each entry of a map that is sorted. */
const SORTING = 8;

export function printed(value: Value, budget: Budget, depth = 0): string {
  checkDepth(depth);
  budget.spend(1);
  const inner = (one: Value): string => printed(one, budget, depth + 1);
  if (value === null) return '<nil>';
  if (typeof value === 'string') {
    budget.spendText(value.length);
    return value;
  }
  if (typeof value === 'number') return printFloat(value);
  if (typeof value !== 'object') return String(value);
  switch (value.kind) {
    case 'whole':
      return printWhole(value);
    case 'named':
      return value.text;
    case 'list':
      return together('[', value.items.map(inner), ']', budget);
    case 'map': {
      const members = sortedEntries(value, budget).map(([key, one]) => `${inner(key)}:${inner(one)}`);
      return together('map[', members, ']', budget);
    }
    case 'struct':
      return together('{', [...value.fields.values()].map(inner), '}', budget);
    // Go prints an address, which says nothing.
    case 'pointer':
      return inner(dereferenced(value));
    case 'func':
      return value.type.name;
    case 'time':
      return printTime(value);
    case 'location':
      return value.zone.name;
  }
}

function together(open: string, parts: readonly string[], close: string, budget: Budget): string {
  const text = `${open}${parts.join(' ')}${close}`;
  budget.spendText(text.length);
  return text;
}

function printWhole({ type, number }: WholeNumber): string {
  if (type === DURATION) return printDuration(number);
  if (type === MONTH) return nameOf(MONTHS, 1n, 'Month', number);
  if (type === WEEKDAY) return nameOf(WEEKDAYS, 0n, 'Weekday', number);
  return String(number);
}

/** By key, since Go's maps have no order. */
export function sortedEntries(map: MapValue, budget: Budget): readonly (readonly [Value, Value])[] {
  budget.spend(map.entries.size * SORTING);
  const rank = (key: Value): number => ['bigint', 'number', 'string', 'boolean', 'object'].indexOf(typeof key);
  return [...map.entries.values()].toSorted(([a], [b]) => {
    if (typeof a === 'bigint' && typeof b === 'bigint') return a < b ? -1 : a > b ? 1 : 0;
    if (typeof a === 'number' && typeof b === 'number') return a - b;
    if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
    return rank(a) - rank(b);
  });
}
