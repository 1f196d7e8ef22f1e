/**
 * Lets one process of this machine do a long piece of work while the others wait for it.
 * The lock is a folder that names its owner; a lock whose owner is dead is taken over.
 *
 * It only saves work. Two owners at once, possible in a narrow race of two take-overs, must be
 * harmless to the caller: whatever is built has to be put in place by an atomic rename.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 200;

interface LockOptions {
  /** Called once, before waiting for a lock that the process `ownerPid` holds. */
  readonly onWait?: (ownerPid: number) => void;
}

/** Runs `work` while this process holds the lock folder `path`, and releases it whatever `work` does. */
export async function withBuildLock<T>(path: string, work: () => Promise<T>, options: LockOptions = {}): Promise<T> {
  await acquire(path, options);
  try {
    return await work();
  } finally {
    await rm(path, { recursive: true, force: true });
  }
}

async function acquire(path: string, options: LockOptions): Promise<void> {
  // Renaming a filled folder onto the path creates the lock and names its owner in one step.
  const claim = `${path}.${process.pid}.${randomUUID()}`;
  await mkdir(claim, { recursive: true });
  await writeFile(join(claim, 'pid'), String(process.pid));
  let told = false;
  try {
    while (!(await renameUnlessTaken(claim, path))) {
      const ownerPid = await ownerOf(path);
      if (ownerPid !== undefined && !isAlive(ownerPid)) {
        await removeStale(path, ownerPid);
        continue;
      }
      if (!told && ownerPid !== undefined) {
        options.onWait?.(ownerPid);
        told = true;
      }
      await delay(POLL_MS);
    }
  } finally {
    await rm(claim, { recursive: true, force: true });
  }
}

async function renameUnlessTaken(claim: string, path: string): Promise<boolean> {
  try {
    await rename(claim, path);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOTEMPTY') || hasCode(error, 'EEXIST')) return false;
    throw new Error(`cannot create the lock ${path}`, { cause: error });
  }
}

/** The pid in the lock; undefined when the lock was released meanwhile. */
async function ownerOf(path: string): Promise<number | undefined> {
  try {
    return Number(await readFile(join(path, 'pid'), 'utf8'));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

async function removeStale(path: string, deadPid: number): Promise<void> {
  // Moving it aside first decides between two processes that both saw the dead owner.
  const aside = `${path}.stale.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    throw error;
  }
  const movedPid = await ownerOf(aside);
  if (movedPid === deadPid || !(await renameUnlessTaken(aside, path)))
    await rm(aside, { recursive: true, force: true });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Any other refusal (EPERM) means that a process is there.
    return !hasCode(error, 'ESRCH');
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
