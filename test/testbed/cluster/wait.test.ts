import { expect, test } from 'vitest';
import { waitFor } from './wait.ts';

test('it returns the first value that satisfies', async () => {
  let count = 0;
  const value = await waitFor(() => (count += 1), { what: 'three', intervalMs: 1, until: (seen) => seen >= 3 });
  expect(value).toBe(3);
});

test('without a condition it waits for a value that says yes', async () => {
  const answers = [undefined, null, false, 0];
  expect(await waitFor(() => answers.shift(), { what: 'an answer', intervalMs: 1 })).toBe(0);
});

test('a look that fails is not the end', async () => {
  let looks = 0;
  const look = (): string => {
    looks += 1;
    if (looks === 1) throw new Error('not there yet');
    return 'there';
  };
  expect(await waitFor(look, { what: 'it', intervalMs: 1 })).toBe('there');
});

test('a time-out tells what was seen last', async () => {
  const waiting = waitFor(() => ({ ready: 2 }), {
    what: 'three ready pods',
    timeoutMs: 5,
    intervalMs: 1,
    until: ({ ready }) => ready === 3,
  });
  await expect(waiting).rejects.toThrow('timed out after 5 ms waiting for three ready pods; last seen: { ready: 2 }');
});

test('a time-out tells the last failure', async () => {
  const look = (): never => {
    throw new Error('connection refused');
  };
  const waiting = waitFor(look, { what: 'an answer', timeoutMs: 5, intervalMs: 1 });
  await expect(waiting).rejects.toThrow('the last look failed: Error: connection refused');
});
