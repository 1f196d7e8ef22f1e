/**
 * `npm run build:cli`: the command line for people, below dist/. A package that `npm pack ./dist/cli` makes an archive of, and
 * one executable file for people without Node; both carry the pages of the dashboard. Prints their sizes, and how long
 * `version` takes; with `--against PROGRAM` beside `PROGRAM version --client`, as kubectl has it. `--modules` makes no
 * executable.
 */
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildExecutable } from './cli/executable.ts';
import { buildPackage, LAUNCHER } from './cli/package.ts';
import { measureStartUps } from './cli/start-up.ts';

const ROUNDS = 21;
const DIST = resolve(import.meta.dirname, '../dist');
const PACKAGE = join(DIST, 'cli');
const EXECUTABLE = join(DIST, 'kubectl-serin');

const { modules, against } = parseArgs({
  options: { modules: { type: 'boolean', default: false }, against: { type: 'string' } },
}).values;

await buildPackage(PACKAGE);
print(`${PACKAGE}: ${megabytes(await sizeOf(PACKAGE))}`);
if (!modules) {
  await buildExecutable(EXECUTABLE);
  print(`${EXECUTABLE}: ${megabytes((await stat(EXECUTABLE)).size)}`);
}
const startUps = measureStartUps(
  [
    [process.execPath, join(PACKAGE, LAUNCHER), 'version'],
    ...(modules ? [] : [[EXECUTABLE, 'version']]),
    ...(against === undefined ? [] : [[against, 'version', '--client']]),
  ],
  ROUNDS,
);
for (const { command, medianMs, bestMs } of startUps) {
  print(`${command.join(' ')}: ${Math.round(medianMs)} ms (median of ${ROUNDS}), ${Math.round(bestMs)} ms at best`);
}

async function sizeOf(folder: string): Promise<number> {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((one) => one.isFile());
  const sizes = await Promise.all(files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
