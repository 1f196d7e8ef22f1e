/** How the image runs the controller, so that a test can run it in the same way. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bundleController, CONTROLLER_MAIN } from '../../../scripts/controller/bundle.ts';
import { REPOSITORY } from './repository.ts';

/** What the image sets for its process, but for the folder of compiled code. */
export const IMAGE_ENVIRONMENT = {
  MALLOC_ARENA_MAX: '1',
  NODE_COMPILE_CACHE: join(REPOSITORY, '.cache', 'compile'),
} as const;

/** Node's flags in the entry point of the Dockerfile. */
export async function imageFlags(): Promise<readonly string[]> {
  const [, entryPoint] = /^ENTRYPOINT (.*)$/m.exec(await readFile(join(REPOSITORY, 'Dockerfile'), 'utf8')) ?? [];
  const words: unknown = JSON.parse(entryPoint ?? 'null');
  if (!Array.isArray(words)) throw new Error('The Dockerfile has no entry point');
  return words.map(String).filter((word) => word.startsWith('--'));
}

/** Bundles the controller into `folder`, compiles it as the image's build does, and returns the file to run. */
export async function bundledController(folder: string): Promise<string> {
  await bundleController(folder);
  const main = join(folder, CONTROLLER_MAIN);
  await promisify(execFile)(process.execPath, [...(await imageFlags()), main, '--version'], { env: IMAGE_ENVIRONMENT });
  return main;
}
