/** Folders that take long to make, and are kept in a cache once they are there. */
import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { withBuildLock } from './build-lock.ts';

interface MadeOnceOptions {
  /** What is made, for people who wait: "fetching nginx". */
  readonly doing: string;
  readonly log: (line: string) => void;
}

/**
 * The folder is there when this resolves; where it was not, `make` has filled it. Nobody sees it half full: its name has to
 * change with everything that it is made of.
 */
export async function madeOnce(
  folder: string,
  make: (unfinished: string) => Promise<void>,
  { doing, log }: MadeOnceOptions,
): Promise<void> {
  if (await exists(folder)) return;
  await mkdir(dirname(folder), { recursive: true });
  const work = async (): Promise<void> => {
    if (await exists(folder)) return;
    log(`${doing}, once`);
    const unfinished = await mkdtemp(`${folder}.unfinished.`);
    try {
      await make(unfinished);
      await rename(unfinished, folder);
    } finally {
      await rm(unfinished, { recursive: true, force: true });
    }
  };
  await withBuildLock(`${folder}.lock`, work, { onWait: (pid) => log(`process ${pid} is ${doing}, waiting for it`) });
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
