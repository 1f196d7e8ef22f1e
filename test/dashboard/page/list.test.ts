/** What the list keeps of its rows, which of them are chosen, and which are drawn. */
import { describe, expect, test } from 'vitest';
import type { Phase } from '../../../src/api/words/reasons.ts';
import { filtered, filtersIn, queryOf, type Filters } from '../../../src/dashboard/page/list/filters.ts';
import { rowsAfter } from '../../../src/dashboard/page/list/rows.ts';
import { windowOf } from '../../../src/dashboard/page/list/window-of.ts';
import type { RolloutRow } from '../../../src/dashboard/wire.ts';

function row(name: string, phase: Phase = 'Healthy', needsAttention = false): RolloutRow {
  return {
    namespace: 'shop',
    name,
    labels: {},
    strategy: 'canary',
    phase,
    cause: '',
    state: 'healthy',
    needsAttention,
    stepsDone: null,
    stepCount: 0,
    weight: null,
    ready: 1,
    desired: 1,
    updated: 1,
    available: 1,
    images: [],
    createdAt: null,
  };
}

const names = (rows: readonly RolloutRow[]) => rows.map(({ name }) => name);

describe('rows', () => {
  const first = rowsAfter([], { reset: true, rows: [row('web-10'), row('api'), row('web-9')], gone: [] });

  test('are in the order of their names, and numbers in theirs', () => {
    expect(names(first)).toEqual(['api', 'web-9', 'web-10']);
  });

  test('change in their place, come where they belong, and go', () => {
    const rows = [row('web-9', 'Paused'), row('mail')];
    const next = rowsAfter(first, { reset: false, rows, gone: [{ namespace: 'shop', name: 'api' }] });
    expect(names(next)).toEqual(['mail', 'web-9', 'web-10']);
    expect(next[1]?.phase).toBe('Paused');
    expect(next[2]).toBe(first[2]);
  });

  test('of another namespace are others', () => {
    const next = rowsAfter(first, { reset: false, rows: [{ ...row('api'), namespace: 'mail' }], gone: [] });
    expect(names(next)).toEqual(['api', 'api', 'web-9', 'web-10']);
  });

  test('are all new after a reset', () => {
    expect(names(rowsAfter(first, { reset: true, rows: [row('mail')], gone: [] }))).toEqual(['mail']);
  });
});

const ALL: Filters = { phases: [], attention: false, favourites: false, search: '', view: 'cards' };

describe('filters', () => {
  test.each<[string, Partial<Filters>]>([
    ['', {}],
    ['phase=Paused%2CHealthy&attention=yes', { phases: ['Paused', 'Healthy'], attention: true }],
    ['favourites=yes&search=%22web%22%2C+a&view=table', { favourites: true, search: '"web", a', view: 'table' }],
  ])('in the address as %s, and back', (query, some) => {
    expect(queryOf({ ...ALL, ...some })).toBe(query);
    expect(filtersIn(new URLSearchParams(query))).toEqual({ ...ALL, ...some });
  });

  test('that are not known are left out', () => {
    expect(filtersIn(new URLSearchParams('phase=Paused,Nonsense&view=map'))).toEqual({ ...ALL, phases: ['Paused'] });
  });

  test('count what the search finds, whatever else is chosen', () => {
    const rows = [row('a', 'Paused', true), row('ab', 'Degraded', true), row('b'), row('ac')];
    const { shown, counters } = filtered(
      rows,
      { ...ALL, search: 'a', phases: ['Paused'] },
      ({ name }) => name === 'ac',
    );
    expect(names(shown)).toEqual(['a']);
    expect(counters).toEqual({
      phases: { Progressing: 0, Paused: 1, Degraded: 1, Healthy: 1 },
      attention: 2,
      favourites: 1,
    });
  });
});

describe('what is drawn', () => {
  const GRID = { columns: 3, pitch: 100 };

  test.each([
    ['at the top', 2000, 200, 800, 0, 36],
    ['in the middle: whole lines, with some above and below', 2000, -10_000, 800, 282, 342],
    ['at the end', 10, 0, 800, 0, 10],
    ['of none', 0, 0, 800, 0, 0],
    ['scrolled beyond the end', 9, -100_000, 800, 9, 9],
    ['not in view yet', 100, 5000, 800, 0, 0],
  ])('%s', (_, count, top, height, first, end) => {
    expect(windowOf(count, GRID, top, height)).toEqual({ ...GRID, first, end });
  });
});
