/** The list as it is now: what the server has sent, what the person has chosen, and what of it is shown. */
import { batch, computed, signal } from '@preact/signals';
import type { RolloutRow, RowsEvent, TroubleEvent } from '../../wire.ts';
import { follow } from '../browser/follow.ts';
import { place, query, replaceQuery } from '../browser/navigation.ts';
import { isText, isTexts, remembered } from '../browser/remembered.ts';
import { isSignedOut } from '../browser/session.ts';
import { filtered, filtersIn, queryOf, type Filters } from './filters.ts';
import { keyOf, rowsAfter } from './rows.ts';

/** `null` until the server has sent them. */
export const rows = signal<readonly RolloutRow[] | null>(null);
export const trouble = signal<string | null>(null);
/** Why the server sends nothing; '' while it does. */
export const refusal = signal('');

const favourites = remembered<readonly string[]>('favourites', [], isTexts);
const lastQuery = remembered<string>('filters', '', isText);

export const filters = computed<Filters>(() => filtersIn(query.value));

const favouriteKeys = computed(() => new Set(favourites.value));

export const result = computed(() => filtered(rows.value ?? [], filters.value, isFavourite));

export function isFavourite(row: RolloutRow): boolean {
  return favouriteKeys.value.has(keyOf(row));
}

export function toggleFavourite(row: RolloutRow): void {
  const key = keyOf(row);
  const others = favourites.value.filter((one) => one !== key);
  favourites.value = others.length === favourites.value.length ? [...others, key] : others;
}

export function choose(chosen: Partial<Filters>): void {
  const next = queryOf({ ...filters.value, ...chosen });
  batch(() => {
    lastQuery.value = next;
    replaceQuery(next);
  });
}

/** Without any in the address, those of the last time. */
export function restoreFilters(): void {
  if (place.value.screen === 'list' && query.value.size === 0) replaceQuery(lastQuery.value);
}

/** Returns how to stop it. */
export function followRows(namespace: string | null): () => void {
  batch(() => {
    rows.value = null;
    trouble.value = null;
    refusal.value = '';
  });
  const path = namespace === null ? 'rollouts' : `rollouts?namespace=${encodeURIComponent(namespace)}`;
  return follow(path, {
    on: {
      rows: (event: RowsEvent) => {
        rows.value = rowsAfter(rows.value ?? [], event);
      },
      trouble: ({ message }: TroubleEvent) => {
        trouble.value = message;
      },
    },
    refused: (refused) => {
      if (!isSignedOut(refused)) refusal.value = refused.message;
    },
  });
}
