import { describe, expect, test } from 'vitest';
import { findCondition, isTrue, removeCondition, setCondition } from '../../src/kube/conditions.ts';
import type { Condition } from '../../src/kube/objects.ts';

const BEFORE = '2026-01-02T03:00:00Z';
const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const NOW_TEXT = '2026-01-02T03:04:05Z';

const PROGRESSING: Condition = {
  type: 'Progressing',
  status: 'True',
  reason: 'ReplicaSetUpdated',
  message: 'on the way',
  lastUpdateTime: BEFORE,
  lastTransitionTime: BEFORE,
};
const PAUSED: Condition = { ...PROGRESSING, type: 'Paused', status: 'False' };
const LIST = Object.freeze([PROGRESSING, PAUSED]);

describe('setting', () => {
  test('status and reason unchanged: nothing happens, even to the message', () => {
    const { type, status, reason } = PROGRESSING;
    expect(setCondition(LIST, { type, status, reason, message: 'news' }, NOW)).toBe(LIST);
  });

  test('a new reason: updated now, in transition since before, at the end of the list', () => {
    const changed = { type: 'Progressing', status: 'True', reason: 'Other', message: 'm' } as const;
    expect(setCondition(LIST, changed, NOW)).toEqual([
      PAUSED,
      { ...changed, lastUpdateTime: NOW_TEXT, lastTransitionTime: BEFORE },
    ]);
  });

  test('a new status: in transition since now', () => {
    const changed = { type: 'Progressing', status: 'False', reason: 'ReplicaSetUpdated', message: 'm' } as const;
    expect(setCondition(LIST, changed, NOW)).toEqual([
      PAUSED,
      { ...changed, lastUpdateTime: NOW_TEXT, lastTransitionTime: NOW_TEXT },
    ]);
  });

  test('a condition that was not there', () => {
    const added = { type: 'Healthy', status: 'True', reason: 'r', message: 'm' } as const;
    const timed = { ...added, lastUpdateTime: NOW_TEXT, lastTransitionTime: NOW_TEXT };
    expect(setCondition(LIST, added, NOW)).toEqual([PROGRESSING, PAUSED, timed]);
    expect(setCondition(undefined, added, NOW)).toEqual([timed]);
  });

  test('a condition without times, as others may write it', () => {
    const bare: Condition = { type: 'Paused', status: 'True', reason: 'a', message: '' };
    const changed = { type: 'Paused', status: 'True', reason: 'b', message: '' } as const;
    expect(setCondition([bare], changed, NOW)).toEqual([
      { ...changed, lastUpdateTime: NOW_TEXT, lastTransitionTime: NOW_TEXT },
    ]);
  });
});

test('removing', () => {
  expect(removeCondition(LIST, 'Paused')).toEqual([PROGRESSING]);
  expect(removeCondition(LIST, 'Healthy')).toBe(LIST);
  expect(removeCondition(undefined, 'Healthy')).toEqual([]);
});

test('finding', () => {
  expect(findCondition(LIST, 'Paused')).toBe(PAUSED);
  expect(findCondition(LIST, 'Healthy')).toBeUndefined();
  expect(findCondition(undefined, 'Paused')).toBeUndefined();
  expect(isTrue(LIST, 'Progressing')).toBe(true);
  expect(isTrue(LIST, 'Paused')).toBe(false);
  expect(isTrue([{ ...PAUSED, status: 'Unknown' }], 'Paused')).toBe(false);
  expect(isTrue(undefined, 'Paused')).toBe(false);
});
