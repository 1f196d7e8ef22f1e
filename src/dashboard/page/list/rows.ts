/** All rows that the server has sent, kept in the order of their names while they change. */
import type { RolloutRow, RowsEvent } from '../../wire.ts';

type Named = Pick<RolloutRow, 'namespace' | 'name'>;

export function keyOf({ namespace, name }: Named): string {
  return `${namespace}/${name}`;
}

const compare = new Intl.Collator('en', { numeric: true }).compare;

function byName(a: Named, b: Named): number {
  return compare(a.name, b.name) || compare(a.namespace, b.namespace);
}

/** Sorting is what takes time, so it is done only when a Rollout comes. */
export function rowsAfter(rows: readonly RolloutRow[], { reset, rows: sent, gone }: RowsEvent): readonly RolloutRow[] {
  if (reset) return sent.toSorted(byName);
  const changed = new Map(sent.map((row) => [keyOf(row), row]));
  const removed = new Set(gone.map(keyOf));
  const kept = rows.flatMap((row) => {
    const key = keyOf(row);
    const next = changed.get(key) ?? row;
    changed.delete(key);
    return removed.has(key) ? [] : [next];
  });
  const added = [...changed].flatMap(([key, row]) => (removed.has(key) ? [] : [row]));
  return added.length === 0 ? kept : [...kept, ...added].toSorted(byName);
}
