/**
 * The hash that names revisions: FNV-1a over UTF-8, written with letters that cannot form a word.
 * Bit-for-bit what other controllers of this API compute, because its results are stored in labels,
 * selectors and object names.
 */

const FNV_OFFSET_BASIS = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** No vowels and no digits that look like vowels; the same alphabet that Kubernetes uses for generated names. */
const SAFE_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

const utf8 = new TextEncoder();

/** FNV-1a (32 bits) of the text's UTF-8 bytes. */
export function fnv1a(text: string): number {
  return absorb(FNV_OFFSET_BASIS, utf8.encode(text)) >>> 0;
}

/**
 * FNV-1a (32 bits) of the text's UTF-8 bytes, its decimal digits mapped onto a safe alphabet. With a
 * `collisionCount` (0 counts) eight more bytes are hashed: the count as a little-endian uint32, then
 * four zeros. Source of the rule: spec 4.4.
 */
export function fnv1aHash(text: string, collisionCount?: number): string {
  let hash = absorb(FNV_OFFSET_BASIS, utf8.encode(text));
  if (collisionCount !== undefined) hash = absorb(hash, littleEndianCount(collisionCount));
  return safeEncoding(String(hash >>> 0));
}

function absorb(seed: number, bytes: Uint8Array): number {
  let hash = seed;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, FNV_PRIME);
  return hash;
}

function littleEndianCount(count: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setUint32(0, count, true);
  return bytes;
}

function safeEncoding(digits: string): string {
  let encoded = '';
  for (let index = 0; index < digits.length; index++) {
    encoded += SAFE_ALPHABET.charAt(digits.charCodeAt(index) % SAFE_ALPHABET.length);
  }
  return encoded;
}
