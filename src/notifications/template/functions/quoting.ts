/** Texts in quotes, and texts for pages, scripts and addresses. All are bytes. */
import { fromBytes, REPLACEMENT, runeAt, runeBytes, toBytes } from '../../../core/analysis/expressions/go/byte-text.ts';
import { SHORT_ESCAPES } from '../../../core/analysis/expressions/go/quoted.ts';

/** What Go prints as it is: letters, marks, numbers, punctuation, symbols, and the ASCII blank. */
const PRINTABLE = /[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u;

/** As `%q`. */
export function quotedBytes(bytes: string): string {
  let result = '"';
  for (let at = 0; at < bytes.length;) {
    const [rune, width] = runeAt(bytes, at);
    const character = String.fromCodePoint(rune);
    const isBroken = width === 1 && rune > 0x7f;
    if (isBroken) result += String.raw`\x${hex(bytes.charCodeAt(at), 2)}`;
    else if (SHORT_ESCAPES[character] !== undefined) result += SHORT_ESCAPES[character];
    else if (PRINTABLE.test(character)) result += bytes.slice(at, at + width);
    else if (rune < 0x20 || rune === 0x7f) result += String.raw`\x${hex(rune, 2)}`;
    else result += rune < 0x1_00_00 ? String.raw`\u${hex(rune, 4)}` : String.raw`\U${hex(rune, 8)}`;
    at += width;
  }
  return `${result}"`;
}

/** As `%q` of a whole number: the character with this code point. */
export function quotedRune(rune: bigint): string {
  const known = rune >= 0n && rune <= 0x10_ff_ffn ? Number(rune) : REPLACEMENT;
  const content = quotedBytes(runeBytes(known)).slice(1, -1);
  return `'${content === String.raw`\"` ? '"' : content.replace("'", String.raw`\'`)}'`;
}

function hex(number: number, digits: number): string {
  return number.toString(16).padStart(digits, '0');
}

const OF_HTML: Readonly<Record<string, string>> = {
  '\0': toBytes('\uFFFD'),
  '"': '&#34;',
  "'": '&#39;',
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
};

export function forHtml(bytes: string): string {
  // oxlint-disable-next-line no-control-regex -- it is one of those that are replaced
  return bytes.replaceAll(/[\0"'&<>]/g, (one) => OF_HTML[one] ?? one);
}

const OF_SCRIPTS: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": String.raw`\'`,
  '"': String.raw`\"`,
  '<': String.raw`\u003C`,
  '>': String.raw`\u003E`,
  '&': String.raw`\u0026`,
  '=': String.raw`\u003D`,
};

export function forScript(bytes: string): string {
  return Array.from(fromBytes(bytes), (one) => {
    const known = OF_SCRIPTS[one];
    if (known !== undefined) return known;
    const rune = one.codePointAt(0) ?? 0;
    if (rune < 0x20) return String.raw`\u${hex(rune, 4).toUpperCase()}`;
    if (PRINTABLE.test(one) || rune < 0x80) return toBytes(one);
    return String.raw`\u${hex(rune, 4).toUpperCase()}`;
  }).join('');
}

/** For the query of an address: a blank is a plus sign. */
export function forQuery(bytes: string): string {
  return Array.from(bytes, (one) => {
    if (/[A-Za-z\d\-_.~]/.test(one)) return one;
    return one === ' ' ? '+' : `%${hex(one.charCodeAt(0), 2).toUpperCase()}`;
  }).join('');
}
