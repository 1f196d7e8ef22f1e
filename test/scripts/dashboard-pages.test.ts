/** The pages as they are built. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { buildPages, LIMIT_BYTES, scriptSize } from '../../scripts/dashboard/pages.ts';

test('everything has a name that changes with it, nothing is inline, and the script is light', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'serin-pages-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const files = await buildPages(folder);
  const names = await readdir(folder, { recursive: true });
  expect(names.toSorted()).toEqual(['assets', ...files.map(({ name }) => name)].toSorted());
  for (const name of names) expect(name).toMatch(/^(?:index\.html|assets|assets\/\w+-[\w-]{8}\.(?:js|css|svg))$/);

  const page = await readFile(join(folder, 'index.html'), 'utf8');
  expect(page).toContain('<base href="/" />');
  expect(page).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/);
  const linked = [...page.matchAll(/(?:src|href)="([^"]+)"/g)]
    .map(([, path = '']) => path)
    .filter((path) => path !== '/');
  expect(linked.toSorted()).toEqual(names.filter((name) => name.startsWith('assets/')).toSorted());
  const styles = files.find(({ name }) => name.endsWith('.css'))?.content.toString() ?? '';
  expect(styles).not.toMatch(/@import|url\(/);

  expect(scriptSize(files)).toBeGreaterThan(10_000);
  expect(scriptSize(files)).toBeLessThanOrEqual(LIMIT_BYTES);
});
