/** Which files a name on the command line stands for. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

const MANIFEST = /\.(?:ya?ml|json)$/;

/**
 * Of a folder those that kubectl would read, by name; with `recursive` those of the folders inside it as well. A file
 * that is named is read whatever it is called. Rejects with the error of the file system.
 */
export async function filesOf(name: string, recursive = false): Promise<readonly string[]> {
  if (!(await stat(name)).isDirectory()) return [name];
  const entries = await readdir(name, { recursive, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory() && MANIFEST.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}
