/**
 * Finds the program that answers what the real text/template with sprig makes of a template: built once from the module
 * pinned under go/. It reads one JSON line for each question and prints one for each answer, in order.
 */
import { join } from 'node:path';
import { builtFromGo, type GoSource } from './go-binaries.ts';

const SOURCES = {
  template: { module: 'template', packagePath: '.', ldflags: '-s -w' },
} as const satisfies Record<string, GoSource>;

/** Absolute path of the program. Progress of a build goes to stderr. Throws, with the remedy, when it cannot be built. */
export async function findOrBuildTemplate(): Promise<string> {
  const log = (line: string) => process.stderr.write(`[templates] ${line}\n`);
  return join(await builtFromGo(SOURCES, ['template'], { env: process.env, log }), 'template');
}
