/**
 * Finds Helm: on the PATH when that one is of the pinned release line, or else built once from the module pinned
 * under go/.
 */
import { execFile } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { builtFromGo, firstExecutable, type GoSource } from './go-binaries.ts';

const run = promisify(execFile);

const VERSION = 'v4.3.2';
/** What a chart is upgraded with by default differs between release lines. */
const LINE = /^v4\.3\./;

const SOURCES = {
  helm: {
    module: 'helm',
    packagePath: 'helm.sh/helm/v4/cmd/helm',
    ldflags: `-s -w -X helm.sh/helm/v4/internal/version.version=${VERSION}`,
  },
} as const satisfies Record<string, GoSource>;

/** Absolute path of a Helm that can be used. Progress of a build goes to stderr. Throws when it cannot be built. */
export async function findOrBuildHelm(): Promise<string> {
  const { env } = process;
  const log = (line: string) => process.stderr.write(`[helm] ${line}\n`);
  const installed = await firstExecutable((env.PATH ?? '').split(delimiter), 'helm');
  if (installed !== undefined && (await isOfTheLine(installed))) return installed;
  return join(await builtFromGo(SOURCES, ['helm'], { env, log }), 'helm');
}

async function isOfTheLine(path: string): Promise<boolean> {
  const { stdout } = await run(path, ['version', '--short']).catch(() => ({ stdout: '' }));
  return LINE.test(stdout);
}
