/** Which cases run when, over several files. */
import { expect, test } from 'vitest';
import { waitFor } from '../testbed/cluster/wait.ts';
import { inTurn, Turns } from './turns.ts';

test('so many at a time, the others in the order in which they came', async ({ onTestFinished }) => {
  const turns = await Turns.open(2);
  onTestFinished(() => turns.close());
  const begun: string[] = [];
  const play = (name: string): { readonly end: () => void; readonly over: Promise<void> } => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const over = inTurn(turns.path, async () => {
      begun.push(name);
      await promise;
    });
    return { end: resolve, over };
  };
  const seen = async (expected: { readonly begun: readonly string[]; readonly waiting: number }): Promise<void> => {
    await waitFor(() => begun.length === expected.begun.length && turns.waiting === expected.waiting, {
      what: `${expected.begun.length} to have begun and ${expected.waiting} to wait`,
    });
    expect(begun).toEqual(expected.begun);
  };

  const first = play('first');
  await seen({ begun: ['first'], waiting: 0 });
  const second = play('second');
  await seen({ begun: ['first', 'second'], waiting: 0 });
  const third = play('third');
  await seen({ begun: ['first', 'second'], waiting: 1 });
  const fourth = play('fourth');
  await seen({ begun: ['first', 'second'], waiting: 2 });
  second.end();
  await seen({ begun: ['first', 'second', 'third'], waiting: 1 });
  first.end();
  await seen({ begun: ['first', 'second', 'third', 'fourth'], waiting: 0 });
  third.end();
  fourth.end();
  await Promise.all([first.over, second.over, third.over, fourth.over]);
});
