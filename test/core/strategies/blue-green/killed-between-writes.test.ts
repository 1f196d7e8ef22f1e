/** An analysed update ends the same when the controller is killed between any two writes (spec G-14, H.6). */
import { describe, expect, test } from 'vitest';
import { POST, PRE, promoted, promotedFirst, updated } from './analysed-update.ts';
import { commanded, happens, measured, settled, shown, survivals, type Life } from './life.ts';

const STRATEGY = { ...PRE, ...POST, previewReplicaCount: 1, autoPromotionEnabled: false };

/** `least`: how many places there are at least at which it can be killed. A run that passes leads to a single write. */
describe('killed between any two writes, the end is the same', () => {
  const begun = () => updated(STRATEGY);
  const paused = () => settled(measured(begun(), 'Successful'));
  const active = () => promoted(paused());
  test.each<{ readonly name: string; readonly life: () => Life; readonly least: number }>([
    { name: 'after a new template', life: () => happens(promotedFirst(STRATEGY, 2), { version: 'v2' }), least: 4 },
    { name: 'when the first run fails', life: () => measured(begun(), 'Failed'), least: 1 },
    { name: 'when a person promotes', life: () => commanded(paused(), { pauseConditions: [] }), least: 2 },
    { name: 'when the second run fails', life: () => measured(active(), 'Failed'), least: 1 },
    {
      name: 'when a person retries',
      life: () => commanded(settled(measured(active(), 'Failed')), { abort: false }),
      least: 1,
    },
    { name: 'when a person aborts', life: () => commanded(measured(active(), 'Running'), { abort: true }), least: 2 },
  ])('$name', ({ life, least }) => {
    const undisturbed = shown(settled(life()));
    const lives = survivals(life());
    expect(lives.length).toBeGreaterThanOrEqual(least);
    for (const one of lives) expect(shown(one)).toEqual(undisturbed);
  });
});
