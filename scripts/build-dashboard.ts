/**
 * `npm run build:dashboard`: the pages of the dashboard, into dist/dashboard. Prints what they weigh, and fails when the
 * script is heavier than people on a slow line should wait for.
 */
import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { buildPages, gzipSize, LIMIT_BYTES, scriptSize } from './dashboard/pages.ts';

const FOLDER = resolve(import.meta.dirname, '../dist/dashboard');

await rm(FOLDER, { recursive: true, force: true });
const files = await buildPages(FOLDER);
for (const { name, content } of files)
  print(`${name}: ${kilobytes(content.length)}, gzip ${kilobytes(gzipSize(content))}`);
const script = scriptSize(files);
print(`script: gzip ${kilobytes(script)} of at most ${kilobytes(LIMIT_BYTES)}`);
if (script > LIMIT_BYTES) process.exitCode = 1;

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
