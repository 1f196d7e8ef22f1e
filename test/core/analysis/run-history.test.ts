/** Runs that a status no longer names: which are ended and which are deleted (spec B.8). */
import { describe, expect, test } from 'vitest';
import type { AnalysisRun } from '../../../src/api/schema/analysis-run.ts';
import { runsToDelete, runsToTerminate } from '../../../src/core/analysis/run-history.ts';
import { deleteRun, terminateRun } from '../../../src/core/analysis/run-writes.ts';
import { at, run } from './build-run.ts';

interface Past {
  readonly name: string;
  readonly phase?: string;
  /** Seconds before now. */
  readonly age?: number;
  readonly hash?: string | null;
  readonly deleted?: boolean;
  readonly terminate?: boolean;
}

function past({ name, phase = '', age = 0, hash = 'abc', deleted = false, terminate }: Past): AnalysisRun {
  return run({
    status: { phase },
    ...(terminate === undefined ? {} : { terminate }),
    metadata: {
      name,
      creationTimestamp: at(-age),
      labels: hash === null ? {} : { 'rollouts-pod-template-hash': hash },
      ...(deleted ? { deletionTimestamp: at(0) } : {}),
    },
  });
}

function names(runs: readonly AnalysisRun[]): readonly string[] {
  return runs.map(({ metadata }) => metadata.name).toSorted();
}

describe('a run is ended', () => {
  test.each<{ readonly name: string; readonly run: Omit<Past, 'name'>; readonly is: boolean }>([
    { name: 'when it is new', run: {}, is: true },
    { name: 'when it is running', run: { phase: 'Running' }, is: true },
    { name: 'not when it is over', run: { phase: 'Failed' }, is: false },
    { name: 'not when it was asked already', run: { phase: 'Running', terminate: true }, is: false },
    { name: 'again when the request was taken back', run: { phase: 'Running', terminate: false }, is: true },
    { name: 'not when it is being deleted', run: { phase: 'Running', deleted: true }, is: false },
  ])('$name', ({ run: fields, is }) => {
    expect(runsToTerminate([past({ name: 'r', ...fields })], new Set()).length > 0).toBe(is);
  });

  test('unless the status names it', () => {
    const runs = [past({ name: 'a' }), past({ name: 'b' })];
    expect(names(runsToTerminate(runs, new Set(['a'])))).toEqual(['b']);
  });
});

describe('a run is deleted', () => {
  const limits = { successfulRunHistoryLimit: 1, unsuccessfulRunHistoryLimit: 2 };

  function deleted(runs: readonly Past[], current: readonly string[] = [], given: typeof limits | undefined = limits) {
    return names(runsToDelete(runs.map(past), new Set(current), new Set(['abc']), given));
  }

  test.each<{
    readonly name: string;
    readonly runs: readonly Past[];
    readonly current?: readonly string[];
    readonly gone: readonly string[];
  }>([
    {
      name: 'when newer successful ones fill the history',
      runs: [
        { name: 'new', phase: 'Successful', age: 1 },
        { name: 'old', phase: 'Successful', age: 9 },
        { name: 'failed', phase: 'Failed', age: 99 },
      ],
      gone: ['old'],
    },
    {
      name: 'when newer unsuccessful ones of any kind fill the history',
      runs: [
        { name: 'oldest', phase: 'Failed', age: 9 },
        { name: 'error', phase: 'Error', age: 3 },
        { name: 'inconclusive', phase: 'Inconclusive', age: 2 },
      ],
      gone: ['oldest'],
    },
    {
      name: 'when its revision is gone',
      runs: [{ name: 'r', phase: 'Successful', hash: 'gone' }],
      gone: ['r'],
    },
    { name: 'when it belongs to no revision', runs: [{ name: 'r', phase: 'Failed', hash: null }], gone: ['r'] },
    { name: 'not before it is over', runs: [{ name: 'r', phase: 'Running', hash: 'gone' }], gone: [] },
    {
      name: 'not while the status names it, and it takes no place in the history',
      runs: [
        { name: 'current', phase: 'Successful', age: 1 },
        { name: 'old', phase: 'Successful', age: 9 },
      ],
      current: ['current'],
      gone: [],
    },
    {
      name: 'not twice, and one that is being deleted takes no place in the history',
      runs: [
        { name: 'leaving', phase: 'Successful', age: 1, deleted: true },
        { name: 'old', phase: 'Successful', age: 9 },
      ],
      gone: [],
    },
    {
      name: 'in the order of names when they are of one second',
      runs: [
        { name: 'r', phase: 'Successful' },
        { name: 'r.1', phase: 'Successful' },
      ],
      gone: ['r'],
    },
  ])('$name', ({ runs, current, gone }) => {
    expect(deleted(runs, current)).toEqual(gone);
  });

  test('when there are more than five of a kind, without limits', () => {
    const runs = Array.from({ length: 7 }, (_, age) => ({ name: `r${age}`, phase: 'Successful', age }));
    expect(names(runsToDelete(runs.map(past), new Set(), new Set(['abc']), undefined))).toEqual(['r5', 'r6']);
  });

  test('always when the limit is 0, or below', () => {
    const runs = [{ name: 'r', phase: 'Successful' }];
    expect(deleted(runs, [], { ...limits, successfulRunHistoryLimit: 0 })).toEqual(['r']);
    expect(deleted(runs, [], { ...limits, successfulRunHistoryLimit: -1 })).toEqual(['r']);
  });
});

test('ending sets one field, and deleting names the object that was seen', () => {
  expect(terminateRun(run(), 'why')).toEqual(
    expect.objectContaining({
      op: 'patch',
      name: 'web-abc-2',
      namespace: 'shop',
      patch: { spec: { terminate: true } },
    }),
  );
  expect(deleteRun(run(), 'why')).toEqual(
    expect.objectContaining({ op: 'delete', name: 'web-abc-2', uid: 'uid-run', resourceVersion: '7' }),
  );
});
