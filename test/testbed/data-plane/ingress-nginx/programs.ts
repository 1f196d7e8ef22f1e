/**
 * Finds the real ingress-nginx: its controller, built once from the module pinned under test/testbed/cluster/go, and the
 * files that it runs with, put together once from that module and from packages of Debian.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { builtFromGo, type GoSource } from '../../cluster/go-binaries.ts';
import { madeOnce } from '../../cluster/made-once.ts';
import { REPOSITORY } from '../../cluster/repository.ts';
import { assembleFiles, MAKER, STAND_INS } from './files.ts';
import { PACKAGES } from './packages.ts';

/** The commit that became release 1.11.0. Later ones are not served by the proxy of Go modules. */
const VERSION = 'v1.11.0';

const NAME = 'ingress-nginx-controller';
const SOURCES = {
  [NAME]: {
    module: 'ingress-nginx',
    packagePath: 'k8s.io/ingress-nginx/cmd/nginx',
    ldflags: `-s -w -X k8s.io/ingress-nginx/version.RELEASE=${VERSION}`,
  },
} as const satisfies Record<string, GoSource>;

export interface IngressNginx {
  readonly controller: string;
  /** Holds etc/ and debian/, as `enter.sh` wants them. */
  readonly files: string;
}

interface IngressNginxOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cacheDir?: string;
  /** Progress of a build, a line at a time; stderr by default. */
  readonly log?: (line: string) => void;
}

/** Throws, with the reason, where it can neither be found nor built: the packages need an archive of Debian. */
export async function findOrBuildIngressNginx(options: IngressNginxOptions = {}): Promise<IngressNginx> {
  const { env = process.env, log = (line) => process.stderr.write(`[data plane] ${line}\n`) } = options;
  const { cacheDir = join(REPOSITORY, '.cache') } = options;
  // Quick, and in vain on some machines, so it comes before minutes of building.
  const files = await findOrAssembleFiles(join(cacheDir, 'ingress-nginx'), env, log);
  const dir = await builtFromGo(SOURCES, [NAME], { env, log, cacheDir: join(cacheDir, 'bin') });
  return { controller: join(dir, NAME), files };
}

async function findOrAssembleFiles(
  cacheDir: string,
  env: NodeJS.ProcessEnv,
  log: (line: string) => void,
): Promise<string> {
  const folder = join(cacheDir, await contentHash());
  await madeOnce(folder, (unfinished) => assembleFiles(unfinished, env), {
    doing: 'fetching nginx and its modules from the Debian archive of this machine',
    log,
  });
  return folder;
}

/** Changes with all that the files are made of, but for updates of the packages: with how they are made as well. */
async function contentHash(): Promise<string> {
  const hash = createHash('sha256');
  hash.update(`${process.arch}\n${VERSION}\n${PACKAGES.join()}\n`);
  hash.update(await readFile(MAKER));
  for (const entry of await readdir(STAND_INS, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) hash.update(await readFile(join(entry.parentPath, entry.name)));
  }
  return hash.digest('hex').slice(0, 16);
}
