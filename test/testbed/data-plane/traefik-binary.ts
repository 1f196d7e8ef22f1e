/**
 * Finds Traefik: on the PATH when that one speaks the canary annotations, or else built once from the module pinned
 * under test/testbed/cluster/go.
 */
import { execFile } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { builtFromGo, firstExecutable, type GoSource } from '../cluster/go-binaries.ts';

const run = promisify(execFile);

const VERSION = '3.7.5';
/** The first one that knows the canary annotations of ingress-nginx. */
const OLDEST = [3, 7];

const VERSION_PACKAGE = 'github.com/traefik/traefik/v3/pkg/version';
const SOURCES = {
  traefik: {
    module: 'traefik',
    packagePath: 'github.com/traefik/traefik/v3/cmd/traefik',
    ldflags: [
      '-s',
      '-w',
      `-X ${VERSION_PACKAGE}.Version=${VERSION}`,
      `-X ${VERSION_PACKAGE}.Codename=pinned`,
      `-X ${VERSION_PACKAGE}.BuildDate=2026-01-01T00:00:00Z`,
    ].join(' '),
  },
} as const satisfies Record<string, GoSource>;

interface TraefikOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cacheDir?: string;
  /** Progress of a build, a line at a time; stderr by default. */
  readonly log?: (line: string) => void;
}

/** Absolute path of a Traefik that can be used. Throws, with the remedy, when it cannot be built either. */
export async function findOrBuildTraefik(options: TraefikOptions = {}): Promise<string> {
  const { env = process.env, log = (line) => process.stderr.write(`[data plane] ${line}\n`), cacheDir } = options;
  const installed = await firstExecutable((env.PATH ?? '').split(delimiter), 'traefik');
  if (installed !== undefined && (await isNewEnough(installed))) return installed;
  const dir = await builtFromGo(SOURCES, ['traefik'], { env, log, ...(cacheDir === undefined ? {} : { cacheDir }) });
  return join(dir, 'traefik');
}

async function isNewEnough(path: string): Promise<boolean> {
  const { stdout } = await run(path, ['version']).catch(() => ({ stdout: '' }));
  const [, major, minor] = /^Version:\s+v?(\d+)\.(\d+)\./m.exec(stdout) ?? [];
  return Number(major) === OLDEST[0] && Number(minor) >= (OLDEST[1] ?? 0);
}
