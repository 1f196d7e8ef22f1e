/**
 * Finds Prometheus: on the PATH when that one is of the major version 3, or else built once from the module pinned
 * under test/testbed/cluster/go.
 */
import { execFile } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { builtFromGo, firstExecutable, type GoSource } from '../cluster/go-binaries.ts';

const run = promisify(execFile);

const VERSION = '3.16.0';
/** PromQL selects other samples in this major version than before: those at the left end of a range are left out. */
const MAJOR = /^prometheus, version 3\./m;

const SOURCES = {
  prometheus: {
    module: 'prometheus',
    packagePath: 'github.com/prometheus/prometheus/cmd/prometheus',
    ldflags: `-s -w -X github.com/prometheus/common/version.Version=${VERSION}`,
    // Half of the program is clients of clouds in which it could look for targets. Its page is no part of the module.
    tags: 'remove_all_sd',
  },
} as const satisfies Record<string, GoSource>;

interface PrometheusOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cacheDir?: string;
  /** Progress of a build, a line at a time; stderr by default. */
  readonly log?: (line: string) => void;
}

/** Absolute path of a Prometheus that can be used. Throws, with the remedy, when it cannot be built either. */
export async function findOrBuildPrometheus(options: PrometheusOptions = {}): Promise<string> {
  const { env = process.env, log = (line) => process.stderr.write(`[data plane] ${line}\n`), cacheDir } = options;
  const installed = await firstExecutable((env.PATH ?? '').split(delimiter), 'prometheus');
  if (installed !== undefined && (await isOfTheMajorVersion(installed))) return installed;
  const dir = await builtFromGo(SOURCES, ['prometheus'], { env, log, ...(cacheDir === undefined ? {} : { cacheDir }) });
  return join(dir, 'prometheus');
}

async function isOfTheMajorVersion(path: string): Promise<boolean> {
  const { stdout } = await run(path, ['--version']).catch(() => ({ stdout: '' }));
  return MAJOR.test(stdout);
}
