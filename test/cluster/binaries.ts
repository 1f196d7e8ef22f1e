/**
 * Finds the programs of the local control plane: in the folder that KUBEBUILDER_ASSETS names, or else
 * in .cache/bin, where they are built once from the module files under go/.
 * It starts nothing but `go`.
 */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, readFile, readdir, rename, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { withBuildLock } from './build-lock.ts';
import { goBuild } from './go-build.ts';
import { REPOSITORY } from './repository.ts';

const MODULES = join(import.meta.dirname, 'go');

/** Without these the API server calls itself v0.0.0-master, and kubectl warns about version skew. */
const VERSION_FLAGS = Object.entries({
  gitVersion: 'v1.36.3',
  gitMajor: '1',
  gitMinor: '36',
  gitTreeState: 'clean',
  gitCommit: 'pinned-by-go-sum',
  buildDate: '2026-01-01T00:00:00Z',
}).map(([key, value]) => `-X k8s.io/component-base/version.${key}=${value}`);

interface Source {
  readonly module: 'etcd' | 'kube';
  readonly packagePath: string;
  readonly ldflags: string;
}

const KUBE_LDFLAGS = ['-s', '-w', ...VERSION_FLAGS].join(' ');

const SOURCES = {
  etcd: { module: 'etcd', packagePath: 'go.etcd.io/etcd/server/v3', ldflags: '-s -w' },
  'kube-apiserver': {
    module: 'kube',
    packagePath: 'k8s.io/kubernetes/cmd/kube-apiserver',
    ldflags: KUBE_LDFLAGS,
  },
  'kube-controller-manager': {
    module: 'kube',
    packagePath: 'k8s.io/kubernetes/cmd/kube-controller-manager',
    ldflags: KUBE_LDFLAGS,
  },
  kubectl: { module: 'kube', packagePath: 'k8s.io/kubernetes/cmd/kubectl', ldflags: KUBE_LDFLAGS },
} as const satisfies Record<string, Source>;

type BinaryName = keyof typeof SOURCES;

const NAMES = Object.keys(SOURCES) as readonly BinaryName[];

/** Absolute path of each program. */
export type Binaries = Readonly<Record<BinaryName, string>>;

interface BinariesOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cacheDir?: string;
  /** Progress of a build, a line at a time; stderr by default. Nothing is logged when nothing is built. */
  readonly log?: (line: string) => void;
}

/** Every program exists afterwards. Throws, with the remedy, when one is missing and cannot be built. */
export async function findOrBuildBinaries(options: BinariesOptions = {}): Promise<Binaries> {
  const env = options.env ?? process.env;
  const log = options.log ?? ((line: string) => process.stderr.write(`[control plane] ${line}\n`));
  const found = await providedBinaries(env);
  const missing = NAMES.filter((name) => found[name] === undefined);
  if (missing.length > 0) {
    const cacheDir = options.cacheDir ?? join(REPOSITORY, '.cache', 'bin');
    const dir = join(cacheDir, await contentHash());
    await buildMissing(dir, missing, env, log);
    for (const name of missing) found[name] = join(dir, name);
  }
  return found as Binaries;
}

/** What KUBEBUILDER_ASSETS offers. A folder without one of the three servers is a mistake, not a wish to build. */
async function providedBinaries(env: NodeJS.ProcessEnv): Promise<Partial<Record<BinaryName, string>>> {
  const assets = env.KUBEBUILDER_ASSETS;
  if (assets === undefined || assets === '') return {};
  const found: Partial<Record<BinaryName, string>> = {};
  for (const name of NAMES) {
    const folders = name === 'kubectl' ? [assets, ...(env.PATH ?? '').split(delimiter)] : [assets];
    const path = await firstExecutable(folders, name);
    if (path !== undefined) found[name] = path;
    else if (name !== 'kubectl') {
      throw new Error(
        `KUBEBUILDER_ASSETS=${assets} holds no executable ${name}. Add it, or unset KUBEBUILDER_ASSETS to build it.`,
      );
    }
  }
  return found;
}

async function buildMissing(
  dir: string,
  names: readonly BinaryName[],
  env: NodeJS.ProcessEnv,
  log: (line: string) => void,
): Promise<void> {
  if ((await notYetBuilt(dir, names)).length === 0) return;
  await mkdir(dir, { recursive: true });
  await withBuildLock(
    join(dir, 'lock'),
    async () => {
      const left = await notYetBuilt(dir, names);
      await removeUnfinished(dir);
      if (left.length > 0)
        log(`building ${left.join(', ')} from pinned Go modules, once; the first time takes minutes`);
      for (const name of left) {
        const { module, packagePath, ldflags } = SOURCES[name];
        const unfinished = join(dir, `${name}${UNFINISHED}${process.pid}`);
        await goBuild({ name, moduleDir: join(MODULES, module), packagePath, ldflags, output: unfinished }, env, log);
        await rename(unfinished, join(dir, name));
      }
    },
    { onWait: (pid) => log(`process ${pid} is building the same programs, waiting for it`) },
  );
}

const UNFINISHED = '.unfinished.';

/** What a killed build left behind; only the owner of the lock may call this. */
async function removeUnfinished(dir: string): Promise<void> {
  const files = await readdir(dir);
  for (const file of files.filter((file) => file.includes(UNFINISHED))) await rm(join(dir, file), { force: true });
}

async function notYetBuilt(dir: string, names: readonly BinaryName[]): Promise<readonly BinaryName[]> {
  const left: BinaryName[] = [];
  for (const name of names) if ((await firstExecutable([dir], name)) === undefined) left.push(name);
  return left;
}

async function firstExecutable(folders: readonly string[], name: string): Promise<string | undefined> {
  for (const folder of folders) {
    const path = join(folder, name);
    try {
      await access(path, constants.X_OK);
      return path;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}

/** Changes with the module files, the flags and the machine's kind: all that a binary is made of. */
async function contentHash(): Promise<string> {
  const hash = createHash('sha256');
  hash.update(`${process.platform}/${process.arch}\n${JSON.stringify(SOURCES)}\n`);
  for (const module of ['etcd', 'kube']) {
    for (const file of ['go.mod', 'go.sum']) hash.update(await readFile(join(MODULES, module, file)));
  }
  return hash.digest('hex').slice(0, 16);
}
