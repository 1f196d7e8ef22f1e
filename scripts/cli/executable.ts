/** Makes one file of a script and Node, which runs without anything else (Node's single executable applications). */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PACKED } from '../../src/dashboard/server/packed-pages.ts';
import { bundleScript } from './bundle.ts';

/**
 * `output` can be executed afterwards, on the platform and with the Node of this process. It carries the pages of the
 * dashboard, whose paths below the folder `pages` are `files`.
 */
export async function buildExecutable(output: string, pages: string, files: readonly string[]): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), 'serin-cli-'));
  try {
    const main = join(scratch, 'kubectl-serin.cjs');
    await bundleScript(main);
    const config = join(scratch, 'sea.json');
    // With the code cache a start compiles nothing.
    const assets = Object.fromEntries(files.map((file) => [`${PACKED}${file}`, join(pages, file)]));
    const quick = { disableExperimentalSEAWarning: true, useCodeCache: true, useSnapshot: false };
    const options = { main, output, assets, ...quick };
    await writeFile(config, JSON.stringify(options));
    await promisify(execFile)(process.execPath, ['--build-sea', config]);
  } finally {
    await rm(scratch, { recursive: true });
  }
}
