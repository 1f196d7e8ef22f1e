/**
 * Programs that are built from the Go modules pinned under go/, once for every content of those modules, and kept in
 * a cache folder named by it.
 */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, readFile, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { withBuildLock } from './build-lock.ts';
import { goBuild } from './go-build.ts';
import { REPOSITORY } from './repository.ts';

const MODULES = join(import.meta.dirname, 'go');
const UNFINISHED = '.unfinished.';

export interface GoSource {
  /** Folder under go/. */
  readonly module: string;
  readonly packagePath: string;
  readonly ldflags: string;
  /** Build tags, separated by commas. */
  readonly tags?: string;
}

export interface GoBinariesOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly log: (line: string) => void;
  readonly cacheDir?: string;
}

/**
 * Every program of `names` is in the folder that this resolves with. What is not there yet is built, with progress in
 * the log. All `sources` count for the folder's name, so that one of them can be built without the others.
 */
export async function builtFromGo<Name extends string>(
  sources: Readonly<Record<Name, GoSource>>,
  names: readonly Name[],
  { env, log, cacheDir = join(REPOSITORY, '.cache', 'bin') }: GoBinariesOptions,
): Promise<string> {
  const dir = join(cacheDir, await contentHash(sources));
  if ((await notYetBuilt(dir, names)).length === 0) return dir;
  await mkdir(dir, { recursive: true });
  await withBuildLock(
    join(dir, 'lock'),
    async () => {
      const left = await notYetBuilt(dir, names);
      await removeUnfinished(dir);
      if (left.length > 0)
        log(`building ${left.join(', ')} from pinned Go modules, once; the first time takes minutes`);
      for (const name of left) {
        const { module, ...source }: GoSource = sources[name];
        const unfinished = join(dir, `${name}${UNFINISHED}${process.pid}`);
        await goBuild({ name, moduleDir: join(MODULES, module), ...source, output: unfinished }, env, log);
        await rename(unfinished, join(dir, name));
      }
    },
    { onWait: (pid) => log(`process ${pid} is building the same programs, waiting for it`) },
  );
  return dir;
}

/** The first of the folders that holds an executable of this name, joined with the name. */
export async function firstExecutable(folders: readonly string[], name: string): Promise<string | undefined> {
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

/** What a killed build left behind; only the owner of the lock may call this. */
async function removeUnfinished(dir: string): Promise<void> {
  const files = await readdir(dir);
  for (const file of files.filter((file) => file.includes(UNFINISHED))) await rm(join(dir, file), { force: true });
}

async function notYetBuilt<Name extends string>(dir: string, names: readonly Name[]): Promise<readonly Name[]> {
  const left: Name[] = [];
  for (const name of names) if ((await firstExecutable([dir], name)) === undefined) left.push(name);
  return left;
}

/** Changes with the module files, the flags and the machine's kind: all that a binary is made of. */
async function contentHash(sources: Readonly<Record<string, GoSource>>): Promise<string> {
  const hash = createHash('sha256');
  hash.update(`${process.platform}/${process.arch}\n${JSON.stringify(sources)}\n`);
  for (const module of new Set(Object.values(sources).map(({ module }) => module))) {
    for (const file of await filesOf(join(MODULES, module))) hash.update(await readFile(file));
  }
  return hash.digest('hex').slice(0, 16);
}

async function filesOf(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}
