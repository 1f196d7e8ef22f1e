/**
 * Text as Go has it: UTF-8 bytes. Inside the interpreter each character of a string is one byte, so that lengths,
 * slices, positions and comparisons are the same as in Go. ASCII is the same either way.
 */

// oxlint-disable-next-line no-control-regex -- every character of ASCII
const ASCII = /^[\0-\x7f]*$/;
const CHUNK = 8_192;
const encoder = new TextEncoder();

/** The character that stands for bytes that are not UTF-8. */
export const REPLACEMENT = 0xff_fd;

export function isAscii(text: string): boolean {
  return ASCII.test(text);
}

/** JavaScript's text as bytes. */
export function toBytes(text: string): string {
  if (isAscii(text)) return text;
  const bytes = encoder.encode(text);
  let result = '';
  for (let at = 0; at < bytes.length; at += CHUNK) result += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  return result;
}

/** Bytes as JavaScript's text; a byte that is not part of UTF-8 becomes a replacement character. */
export function fromBytes(bytes: string): string {
  if (isAscii(bytes)) return bytes;
  let result = '';
  for (const rune of runesOf(bytes)) result += String.fromCodePoint(rune);
  return result;
}

/** The code points, as Go's `range` over a string finds them. */
export function* runesOf(bytes: string): Generator<number> {
  for (let at = 0; at < bytes.length;) {
    const [rune, width] = runeAt(bytes, at);
    yield rune;
    at += width;
  }
}

export function runeCount(bytes: string): number {
  if (isAscii(bytes)) return bytes.length;
  let count = 0;
  for (let at = 0; at < bytes.length; count++) at += runeAt(bytes, at)[1];
  return count;
}

/** One code point as bytes; one that does not exist becomes the replacement character. */
export function runeBytes(rune: number): string {
  if (rune < 0x80) return String.fromCharCode(rune);
  const surrogate = rune >= 0xd8_00 && rune <= 0xdf_ff;
  return toBytes(String.fromCodePoint(surrogate || rune > 0x10_ff_ff ? REPLACEMENT : rune));
}

/** By the first byte: how many bytes follow, and the range of the first of them (RFC 3629). */
function following(first: number): readonly [count: number, low: number, high: number] | null {
  if (first >= 0xc2 && first <= 0xdf) return [1, 0x80, 0xbf];
  if (first === 0xe0) return [2, 0xa0, 0xbf];
  if (first === 0xed) return [2, 0x80, 0x9f];
  if (first >= 0xe1 && first <= 0xef) return [2, 0x80, 0xbf];
  if (first === 0xf0) return [3, 0x90, 0xbf];
  if (first >= 0xf1 && first <= 0xf3) return [3, 0x80, 0xbf];
  if (first === 0xf4) return [3, 0x80, 0x8f];
  return null;
}

/** The code point that begins at a byte, and how many bytes it takes. */
export function runeAt(bytes: string, at: number): readonly [rune: number, width: number] {
  const first = bytes.charCodeAt(at);
  if (first < 0x80) return [first, 1];
  const rest = following(first);
  if (rest === null) return [REPLACEMENT, 1];
  const [count, low, high] = rest;
  let rune = first & (0x3f >> count);
  for (let i = 1; i <= count; i++) {
    const byte = bytes.charCodeAt(at + i);
    const [least, most] = i === 1 ? [low, high] : [0x80, 0xbf];
    // Beyond the end the byte is NaN, which is in no range.
    if (!(byte >= least && byte <= most)) return [REPLACEMENT, 1];
    rune = (rune << 6) | (byte & 0x3f);
  }
  return [rune, count + 1];
}
