/** The content of a string in quotes, with its escapes resolved. */
import { runeBytes, toBytes } from '../go/byte-text.ts';
import { ExpressionProblem } from '../go/problem.ts';

/** By the letter behind the backslash. */
export const SHORT_LETTERS: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

const ESCAPE =
  /\\(?:u\{(?<braced>[\da-fA-F]{1,6})\}|x(?<two>[\da-fA-F]{2})|u(?<four>[\da-fA-F]{4})|U(?<eight>[\da-fA-F]{8})|(?<octal>[0-3][0-7]{2})|(?<short>[abfnrtv\\'"]))/y;

/**
 * The bytes that the text between two quotes stands for. Throws for an escape that does not exist; its place counts from
 * the beginning of the text.
 */
export function unescaped(content: string): string {
  const text = content.replaceAll(/\r\n?/g, '\n');
  let bytes = '';
  let from = 0;
  for (;;) {
    const at = text.indexOf('\\', from);
    if (at === -1) return bytes + toBytes(text.slice(from));
    bytes += toBytes(text.slice(from, at));
    ESCAPE.lastIndex = at;
    const found = ESCAPE.exec(text);
    if (found?.groups === undefined) throw new ExpressionProblem('unable to unescape string');
    bytes += resolved(found.groups);
    from = at + found[0].length;
  }
}

function resolved({ braced, two, four, eight, octal, short }: Readonly<Record<string, string | undefined>>): string {
  if (short !== undefined) return SHORT_LETTERS[short] ?? '';
  if (octal !== undefined) return runeBytes(Number.parseInt(octal, 8));
  const rune = Number.parseInt(braced ?? two ?? four ?? eight ?? '', 16);
  if (rune > 0x10_ff_ff) throw new ExpressionProblem('unable to unescape string');
  return runeBytes(rune);
}
