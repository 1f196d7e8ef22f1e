/** When two values are equal: numbers of any kind by value, lists by their elements, all else by type and content. */
import { checkDepth, type Budget } from '../go/budget.ts';
import { ANYS, FLOATS, INTS, STRINGS } from '../go/go-type.ts';
import { isList, isNil, typeOf, type ListValue, type Value } from '../go/value.ts';
import { asTime } from './arithmetic.ts';
import { plainNumber } from './numbers.ts';

/** Lists that are equal to a `[]interface {}` of equal elements. */
const COMPARED_BY_ELEMENT = new Set([ANYS, INTS, FLOATS, STRINGS]);

/** The operator `==`. */
export function areEqual(a: Value, b: Value, budget: Budget, depth = 0): boolean {
  checkDepth(depth);
  budget.spend(1);
  const [x, y] = [plainNumber(a), plainNumber(b)];
  if (x !== null && y !== null) return typeof x === typeof y ? x === y : Number(x) === Number(y);
  const [time, other] = [asTime(a), asTime(b)];
  if (time !== null && other !== null) return time.nanos === other.nanos;
  if (isList(a) && isList(b)) {
    const mixed = COMPARED_BY_ELEMENT.has(a.type) && COMPARED_BY_ELEMENT.has(b.type);
    if (mixed && (a.type === b.type || a.type === ANYS || b.type === ANYS)) return sameItems(a, b, budget, depth);
  }
  return (isNil(a) && isNil(b)) || areIdentical(a, b, budget, depth);
}

function sameItems(a: ListValue, b: ListValue, budget: Budget, depth: number): boolean {
  if (a.items.length !== b.items.length) return false;
  return a.items.every((item, index) => areEqual(item, b.items[index] ?? null, budget, depth + 1));
}

/** As `reflect.DeepEqual` compares: the types are the same, all the way down. */
function areIdentical(a: Value, b: Value, budget: Budget, depth: number): boolean {
  checkDepth(depth);
  budget.spend(1);
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') {
    if (typeof a === 'string' && typeof b === 'string') budget.spendText(Math.min(a.length, b.length));
    return a === b;
  }
  if (typeOf(a) !== typeOf(b)) return false;
  // The same map or list is equal to itself even if it holds NaN.
  if (a === b) return a.kind !== 'func';
  const same = (x: Value | undefined, y: Value | undefined): boolean =>
    x !== undefined && y !== undefined && areIdentical(x, y, budget, depth + 1);
  switch (a.kind) {
    case 'whole':
      return b.kind === 'whole' && a.number === b.number;
    case 'named':
      return b.kind === 'named' && a.text === b.text;
    case 'time':
      return b.kind === 'time' && a.nanos === b.nanos && a.zone.name === b.zone.name;
    case 'location':
      return b.kind === 'location' && a.zone.name === b.zone.name && a.zone.offset === b.zone.offset;
    case 'pointer':
      return b.kind === 'pointer' && same(a.target, b.target);
    case 'list':
      return (
        b.kind === 'list' &&
        a.items.length === b.items.length &&
        a.items.every((item, index) => same(item, b.items[index]))
      );
    case 'map':
      return (
        b.kind === 'map' &&
        a.entries.size === b.entries.size &&
        [...a.entries].every(([key, [, value]]) => same(value, b.entries.get(key)?.[1]))
      );
    case 'struct':
      return b.kind === 'struct' && [...a.fields].every(([name, value]) => same(value, b.fields.get(name)));
    case 'func':
      return false;
  }
}
