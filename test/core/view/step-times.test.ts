/** When steps were completed: of the present update, and of no other. */
import { expect, test } from 'vitest';
import { events as told } from '../../../src/api/events.ts';
import type { CanaryStep } from '../../../src/api/schema/steps.ts';
import type { EventRow } from '../../../src/core/view/event-rows.ts';
import { stepTimes } from '../../../src/core/view/step-times.ts';
import { viewRollout } from '../../../src/core/view/view.ts';
import type { EventNote } from '../../../src/kube/plan.ts';
import { buildWorld } from '../build-world.ts';

const STEPS: readonly CanaryStep[] = [{ setWeight: 20 }, { pause: { duration: '1m' } }, { setWeight: 50 }];

function row({ type, reason, message }: EventNote, at: number): EventRow {
  return { type, reason, message, at, count: 1 };
}

const done = (index: number, at: number) => row(told.stepCompleted(STEPS[index]!, index, STEPS.length), at);

/** At the third step of an update to revision 2. */
function timesWith(...oldestFirst: readonly EventRow[]): readonly (number | null)[] {
  const world = buildWorld({
    revisions: [
      { version: 'v1', size: 5 },
      { version: 'v2', size: 1 },
    ],
    strategy: { steps: STEPS },
    status: { currentStepIndex: 2 },
  });
  return stepTimes(world.rollout, viewRollout(world), oldestFirst.toReversed());
}

test.each<[string, readonly EventRow[], readonly (number | null)[]]>([
  ['done ones have their times', [row(told.updated(2), 100), done(0, 100), done(1, 160)], [100, 160, null]],
  ['skipped ones have none', [row(told.updated(2), 100), done(1, 160)], [null, 160, null]],
  [
    'of an earlier update',
    [row(told.updated(1), 10), done(0, 11), done(1, 70), row(told.updated(2), 100)],
    [null, null, null],
  ],
  [
    'of an attempt before this one',
    [row(told.updated(2), 100), done(0, 101), done(1, 160), row(told.aborted(2, 'errors'), 170), done(0, 180)],
    [180, null, null],
  ],
  ['without the event of the update, which is gone after an hour', [done(0, 100), done(1, 160)], [100, 160, null]],
  ['without any event', [], [null, null, null]],
])('%s', (_, events, times) => {
  expect(timesWith(...events)).toEqual(times);
});
