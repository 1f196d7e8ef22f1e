/** The pages within an executable of one file (Node's single executable applications). */
import { getAssetKeys, getRawAsset, isSea } from 'node:sea';

/** Before the path of each page's file, among all that is packed into the executable. */
export const PACKED = 'dashboard/';

/** By their paths; `null` in a program that is none. */
export function packedPages(): ReadonlyMap<string, Buffer> | null {
  if (!isSea()) return null;
  const keys = getAssetKeys().filter((key) => key.startsWith(PACKED));
  return new Map(keys.map((key) => [key.slice(PACKED.length), Buffer.from(getRawAsset(key))]));
}
