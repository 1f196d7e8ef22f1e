/** Makes one file of a script and Node, which runs without anything else (Node's single executable applications). */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PACKED } from '../../src/dashboard/server/packed-pages.ts';
import { buildPages } from '../dashboard/pages.ts';
import { bundleScript } from './bundle.ts';

/**
 * `output` can be executed afterwards, on the platform and with the Node of this process. It carries the pages of the
 * dashboard.
 */
export async function buildExecutable(output: string): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), 'serin-cli-'));
  try {
    const main = join(scratch, 'kubectl-serin.cjs');
    await bundleScript(main);
    const config = join(scratch, 'sea.json');
    const pages = join(scratch, 'pages');
    const files = await buildPages(pages);
    const assets = Object.fromEntries(files.map(({ name }) => [`${PACKED}${name}`, join(pages, name)]));
    // A snapshot has what the script's entry has loaded, and its code.
    const options = { main, output, assets, disableExperimentalSEAWarning: true, useSnapshot: true };
    await writeFile(config, JSON.stringify(options));
    await promisify(execFile)(process.execPath, ['--build-sea', config]);
  } finally {
    await rm(scratch, { recursive: true });
  }
}
