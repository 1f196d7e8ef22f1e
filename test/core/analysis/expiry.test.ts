/** When a finished run is deleted (spec B.5). */
import { expect, test } from 'vitest';
import type { AnalysisRunSpec, AnalysisRunStatus } from '../../../src/api/schema/analysis-run.ts';
import { deleteAtOf } from '../../../src/core/analysis/expiry.ts';
import { at, metric, NOW } from './build-run.ts';

const ALL = { secondsAfterCompletion: 100, secondsAfterFailure: 200, secondsAfterSuccess: 300 };

test.each<{
  readonly name: string;
  readonly ttl?: AnalysisRunSpec['ttlStrategy'];
  readonly status: AnalysisRunStatus;
  readonly after: number | null;
}>([
  { name: 'a successful one by its own limit', ttl: ALL, status: { phase: 'Successful' }, after: 300 },
  { name: 'a failed one by its own limit', ttl: ALL, status: { phase: 'Failed' }, after: 200 },
  { name: 'one with an error by the common limit', ttl: ALL, status: { phase: 'Error' }, after: 100 },
  { name: 'an inconclusive one by the common limit', ttl: ALL, status: { phase: 'Inconclusive' }, after: 100 },
  {
    name: 'a successful one by the common limit',
    ttl: { secondsAfterCompletion: 0 },
    status: { phase: 'Successful' },
    after: 0,
  },
  {
    name: 'a failed one by the common limit',
    ttl: { secondsAfterCompletion: 9 },
    status: { phase: 'Failed' },
    after: 9,
  },
  {
    name: 'an inconclusive one never by the other limits',
    ttl: { secondsAfterFailure: 1 },
    status: { phase: 'Inconclusive' },
    after: null,
  },
  { name: 'a running one never', ttl: ALL, status: { phase: 'Running' }, after: null },
  { name: 'one without limits never', status: { phase: 'Successful' }, after: null },
  { name: 'one with an empty strategy never', ttl: {}, status: { phase: 'Successful' }, after: null },
])('$name', ({ ttl, status, after }) => {
  const spec = { metrics: [metric()], ...(ttl === undefined ? {} : { ttlStrategy: ttl }) };
  const deleteAt = deleteAtOf(spec, { ...status, completedAt: at(0) });
  // Once more whole seconds have passed.
  expect(deleteAt).toBe(after === null ? null : NOW + (after + 1) * 1000);
});

test('one without the time of its completion is not deleted', () => {
  expect(deleteAtOf({ metrics: [metric()], ttlStrategy: ALL }, { phase: 'Successful' })).toBeNull();
});
