/** Scripts are written by the page: its table has the exit codes of `why`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { EXIT_CODES } from '../../src/cli/commands/why.ts';

const PAGE = join(import.meta.dirname, '../../docs/cli/lint-and-why.md');

test('the table of the page', () => {
  const rows = readFileSync(PAGE, 'utf8').matchAll(/^\| (\d) \| `(\w+)` \|/gm);
  const documented = Object.fromEntries([...rows].map(([, code, state]) => [state, Number(code)]));
  expect(documented).toEqual(EXIT_CODES);
});
