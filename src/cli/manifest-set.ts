/** Reads sets of manifests: files, folders and stdin, with the items of lists. */
import type { KubeObject } from '../kube/objects.ts';
import { filesOf } from './manifest-files.ts';
import { readManifests } from './manifests.ts';
import type { Terminal } from './terminal.ts';

/** In the order of the paths; `-` stands for stdin. Of a folder the files that kubectl would read, not its sub-folders. */
export async function readManifestSet(paths: readonly string[], terminal: Terminal): Promise<readonly KubeObject[]> {
  const files = (await Promise.all(paths.map(filesAt))).flat();
  const manifests = await Promise.all(files.map((file) => readManifests(file, terminal)));
  return manifests.flat().flatMap((one) => itemsOf(one as unknown as KubeObject));
}

/** A path that cannot be looked at is left to the reading, which says why. */
async function filesAt(path: string): Promise<readonly string[]> {
  return path === '-' ? [path] : filesOf(path).catch(() => [path]);
}

function itemsOf(object: KubeObject): readonly KubeObject[] {
  const { items } = object as { readonly items?: unknown };
  return object.kind?.endsWith('List') === true && Array.isArray(items) ? (items as readonly KubeObject[]) : [object];
}
