/** The message where no network namespace can be made, and the command prefix where it can. */
import { expect, test } from 'vitest';
import { findNetworkNamespace } from './network-namespace.ts';

test('every way that was tried is told with its complaint', async () => {
  const found = await findNetworkNamespace([
    ['false'],
    ['sh', '-c', 'echo not permitted >&2; exit 1'],
    ['no-such-program'],
  ]);
  expect(found.possible).toBe(false);
  const { reason } = found as { readonly reason: string };
  expect(reason).toMatch(/cannot be made on this machine/);
  expect(reason).toContain('false: ended with 1');
  expect(reason).toContain('exit 1: not permitted');
  expect(reason).toMatch(/no-such-program: .*ENOENT/);
});

test('the first way that works is the one that is used', async () => {
  const works = await findNetworkNamespace([['false'], ['/bin/sh', '-c', 'exit 0']]);
  expect(works).toMatchObject({ possible: true });
  expect((works as { readonly prefix: readonly string[] }).prefix.slice(0, 3)).toEqual(['/bin/sh', '-c', 'exit 0']);
});
