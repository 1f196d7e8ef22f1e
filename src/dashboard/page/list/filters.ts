/** Which Rollouts a person wants to see, and how; in the address, so that it can be sent to another person. */
import type { Phase } from '../../../api/words/reasons.ts';
import type { RolloutRow } from '../../wire.ts';
import { searchFor } from './search.ts';

/** In the order in which they are offered. */
export const SHOWN_PHASES: readonly Phase[] = ['Progressing', 'Paused', 'Degraded', 'Healthy'];

export interface Filters {
  /** None: all of them. */
  readonly phases: readonly Phase[];
  readonly attention: boolean;
  readonly favourites: boolean;
  readonly search: string;
  readonly view: 'cards' | 'table';
}

export function filtersIn(query: URLSearchParams): Filters {
  const phases = (query.get('phase') ?? '').split(',');
  return {
    phases: SHOWN_PHASES.filter((phase) => phases.includes(phase)),
    attention: query.has('attention'),
    favourites: query.has('favourites'),
    search: query.get('search') ?? '',
    view: query.get('view') === 'table' ? 'table' : 'cards',
  };
}

/** '' for what is shown without any filter. */
export function queryOf({ phases, attention, favourites, search, view }: Filters): string {
  const query = new URLSearchParams();
  if (phases.length > 0) query.set('phase', phases.join(','));
  if (attention) query.set('attention', 'yes');
  if (favourites) query.set('favourites', 'yes');
  if (search !== '') query.set('search', search);
  if (view === 'table') query.set('view', view);
  return query.toString();
}

interface Counters {
  readonly phases: Readonly<Record<Phase, number>>;
  readonly attention: number;
  readonly favourites: number;
}

export interface Filtered {
  readonly shown: readonly RolloutRow[];
  /** Of those that the search finds, whatever else is chosen. */
  readonly counters: Counters;
}

/** `rows` keep their order. */
export function filtered(
  rows: readonly RolloutRow[],
  { phases, attention, favourites, search }: Filters,
  isFavourite: (row: RolloutRow) => boolean,
): Filtered {
  const found = rows.filter(searchFor(search));
  const count = (fits: (row: RolloutRow) => boolean) => found.filter(fits).length;
  const shown = found.filter(
    (row) =>
      (phases.length === 0 || phases.includes(row.phase)) &&
      (!attention || row.needsAttention) &&
      (!favourites || isFavourite(row)),
  );
  const ofPhase = (phase: Phase) => count((row) => row.phase === phase);
  return {
    shown,
    counters: {
      phases: {
        Progressing: ofPhase('Progressing'),
        Paused: ofPhase('Paused'),
        Degraded: ofPhase('Degraded'),
        Healthy: ofPhase('Healthy'),
      },
      attention: count((row) => row.needsAttention),
      favourites: count(isFavourite),
    },
  };
}
