/**
 * Finds Argo Rollouts, the controller that Serin is measured against, and its command line, which steers both: built
 * from the module pinned under go/, each when it is first asked for. `programs.ts` does not build them, because it
 * takes many minutes and few tests need them.
 */
import { join } from 'node:path';
import { builtFromGo, type GoSource } from './go-binaries.ts';

const VERSION = 'v1.10.1';

const MODULE = 'github.com/argoproj/argo-rollouts';
/** All four are needed: a build that is not of a clean, tagged commit adds to the version. */
const VERSION_FLAGS = Object.entries({
  version: VERSION,
  gitTag: VERSION,
  gitCommit: 'pinned-by-go-sum',
  gitTreeState: 'clean',
}).map(([key, value]) => `-X ${MODULE}/utils/version.${key}=${value}`);
const LDFLAGS = ['-s', '-w', ...VERSION_FLAGS].join(' ');

const SOURCES = {
  'rollouts-controller': { module: 'peer', packagePath: `${MODULE}/cmd/rollouts-controller`, ldflags: LDFLAGS },
  'kubectl-argo-rollouts': { module: 'peer', packagePath: `${MODULE}/cmd/kubectl-argo-rollouts`, ldflags: LDFLAGS },
} as const satisfies Record<string, GoSource>;

/** Absolute path of the program. Progress of a build goes to stderr. Throws, with the remedy, when it cannot be built. */
export async function findOrBuildPeer(name: keyof typeof SOURCES): Promise<string> {
  const log = (line: string) => process.stderr.write(`[peer] ${line}\n`);
  return join(await builtFromGo(SOURCES, [name], { env: process.env, log }), name);
}
