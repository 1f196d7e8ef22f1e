/** Text in quotes as Go writes it in messages (`%q`). */
import { REPLACEMENT, runeAt } from './byte-text.ts';

/** By the character; what is not here has a longer escape, or none. */
export const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '\u0007': String.raw`\a`,
  '\b': String.raw`\b`,
  '\f': String.raw`\f`,
  '\n': String.raw`\n`,
  '\r': String.raw`\r`,
  '\t': String.raw`\t`,
  '\v': String.raw`\v`,
  '"': String.raw`\"`,
  '\\': '\\\\',
};

/** The text is one of bytes, the outcome one of characters, as all messages. */
export function quoted(bytes: string): string {
  let result = '"';
  for (let at = 0; at < bytes.length;) {
    const [rune, width] = runeAt(bytes, at);
    const character = String.fromCodePoint(rune);
    const isControl = rune < 0x20 || rune === 0x7f;
    const isBroken = rune === REPLACEMENT && width === 1;
    if (SHORT_ESCAPES[character] !== undefined) result += SHORT_ESCAPES[character];
    else if (isControl || isBroken) result += hexEscape(bytes.charCodeAt(at));
    else result += character;
    at += width;
  }
  return `${result}"`;
}

function hexEscape(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, '0')}`;
}

/** As above, with every byte beyond ASCII escaped: the way of Go's package for times. */
export function quotedAscii(bytes: string): string {
  const characters = Array.from(bytes, (one) => {
    const code = one.charCodeAt(0);
    if (one === '"' || one === '\\') return `\\${one}`;
    return code < 0x20 || code > 0x7e ? hexEscape(code) : one;
  });
  return `"${characters.join('')}"`;
}
