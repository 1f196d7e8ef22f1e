/**
 * Finds the programs of the local control plane: in the folder that KUBEBUILDER_ASSETS names, or else
 * in .cache/bin, where they are built once from the module files under go/.
 */
import { delimiter, join } from 'node:path';
import { builtFromGo, firstExecutable, type GoSource } from './go-binaries.ts';

/** Without these the API server calls itself v0.0.0-master, and kubectl warns about version skew. */
const VERSION_FLAGS = Object.entries({
  gitVersion: 'v1.36.3',
  gitMajor: '1',
  gitMinor: '36',
  gitTreeState: 'clean',
  gitCommit: 'pinned-by-go-sum',
  buildDate: '2026-01-01T00:00:00Z',
}).map(([key, value]) => `-X k8s.io/component-base/version.${key}=${value}`);

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
} as const satisfies Record<string, GoSource>;

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
    const { cacheDir } = options;
    const dir = await builtFromGo(SOURCES, missing, { env, log, ...(cacheDir === undefined ? {} : { cacheDir }) });
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
