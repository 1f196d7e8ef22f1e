/** Sorts as Go does. */
import type { Budget } from '../go/budget.ts';
import type { Value } from '../go/value.ts';
import { compares } from '../operations/order.ts';

/** Up to this length Go inserts one after another, which shows where the order is not a total one (NaN). */
const INSERTED = 12;

interface Keyed {
  readonly key: Value;
  readonly item: Value;
}

/** The items by their keys. Throws for two keys that have no order. */
export function sorted(
  items: readonly Value[],
  keyOf: (item: Value, index: number) => Value,
  descending: boolean,
  budget: Budget,
): readonly Value[] {
  const keyed = items.map((item, index) => ({ item, key: keyOf(item, index) }));
  const isBefore = (a: Keyed, b: Keyed): boolean => {
    budget.spend(1);
    return descending ? compares('<', b.key, a.key) : compares('<', a.key, b.key);
  };
  const inOrder =
    keyed.length <= INSERTED
      ? inserted(keyed, isBefore)
      : keyed.toSorted((a, b) => (isBefore(a, b) ? -1 : isBefore(b, a) ? 1 : 0));
  return inOrder.map(({ item }) => item);
}

function inserted(items: readonly Keyed[], isBefore: (a: Keyed, b: Keyed) => boolean): readonly Keyed[] {
  const result: Keyed[] = [];
  for (const item of items) {
    let at = result.length;
    for (; at > 0; at--) {
      const previous = result[at - 1];
      if (previous === undefined || !isBefore(item, previous)) break;
    }
    result.splice(at, 0, item);
  }
  return result;
}
