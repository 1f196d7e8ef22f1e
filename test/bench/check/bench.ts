/**
 * Counts what one release costs, without a cluster and in virtual time, so that the figures are the same on every machine,
 * and compares them with `counts.json`. A count that has grown is a failure until it is accepted.
 */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { note } from '../note.ts';
import { comparison, type Counts } from './counts.ts';
import { countedLife } from './play.ts';
import { Stage } from './stage.ts';

const ACCEPTED = join(import.meta.dirname, 'counts.json');

/** Prints what has changed, and last how many counts have passed. Resolves with the exit code. */
export async function checkCounts({ accept }: { readonly accept: boolean }): Promise<number> {
  const measured = await measuredCounts();
  if (accept) {
    await writeFile(ACCEPTED, `${JSON.stringify(measured, null, 2)}\n`);
    note(`${ACCEPTED} says what was measured now`);
    return 0;
  }
  const { lines, grown } = comparison(JSON.parse(await readFile(ACCEPTED, 'utf8')) as Counts, measured);
  process.stdout.write(`${lines.join('\n')}\n`);
  return grown === 0 ? 0 : 1;
}

async function measuredCounts(): Promise<Counts> {
  const [allocated, counts] = await Promise.all([allocatedKiB(), countedLife(new Stage())]);
  return { ...counts, 'release, with its cluster': { 'KiB allocated': allocated } };
}

async function allocatedKiB(): Promise<number> {
  const program = join(import.meta.dirname, 'allocations-main.ts');
  const { stdout } = await promisify(execFile)(process.execPath, ['--single-threaded', program]);
  return Number(stdout);
}
