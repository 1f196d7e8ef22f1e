/** Which shard a key belongs to. Every process has to find the same one, in every version. */
import { fnv1a } from '../kube/hash.ts';

/** From 0 to `shards - 1`. */
export function shardOf(key: string, shards: number): number {
  return scattered(fnv1a(key)) % shards;
}

/** The last step of MurmurHash3. The low bits of FNV-1a alone hardly tell `web-1` from `web-3`. */
function scattered(hash: number): number {
  let mixed = hash ^ (hash >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
