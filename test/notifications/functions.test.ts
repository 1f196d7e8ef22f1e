/** The page of the commands lists the functions that there are. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FUNCTION_NAMES } from '../../src/notifications/template/functions/functions.ts';

test('docs/cli/notifications.md lists each function once, and no other', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/cli/notifications.md'), 'utf8');
  const table = page.split('| of | functions |')[1]?.split('\n\n')[0] ?? '';
  const listed = [...table.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
  expect(listed.toSorted()).toEqual(FUNCTION_NAMES);
});
