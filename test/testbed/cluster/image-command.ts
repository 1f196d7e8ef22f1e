/** How the image runs the controller, so that a test can run it in the same way. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleController, CONTROLLER_MAIN } from '../../../scripts/controller/bundle.ts';
import { REPOSITORY } from './repository.ts';

/** Node's flags in the entry point of the Dockerfile. */
export async function imageFlags(): Promise<readonly string[]> {
  const [, entryPoint] = /^ENTRYPOINT (.*)$/m.exec(await readFile(join(REPOSITORY, 'Dockerfile'), 'utf8')) ?? [];
  const words: unknown = JSON.parse(entryPoint ?? 'null');
  if (!Array.isArray(words)) throw new Error('The Dockerfile has no entry point');
  return words.map(String).filter((word) => word.startsWith('--'));
}

/** Bundles the controller into `folder` and returns the file to run. */
export async function bundledController(folder: string): Promise<string> {
  await bundleController(folder);
  return join(folder, CONTROLLER_MAIN);
}
