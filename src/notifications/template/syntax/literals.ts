/** Numbers, characters and texts as they are written in a template. */
import { parseFloat64 } from '../../../core/analysis/expressions/go/floats.ts';
import { runeAt, runeBytes, toBytes } from '../../../core/analysis/expressions/go/byte-text.ts';
import { LEAST, MOST } from '../../../core/analysis/expressions/go/integers.ts';
import { ExpressionProblem } from '../../../core/analysis/expressions/go/problem.ts';
import { SHORT_LETTERS } from '../../../core/analysis/expressions/syntax/escapes.ts';
import { TemplateProblem } from '../values/problem.ts';
import type { NumberNode } from './node.ts';

const INTEGER =
  /^([+-]?)(?:(0[xX])((?:_?[\da-fA-F])+)|(0[oO]?)((?:_?[0-7])+)|(0[bB])((?:_?[01])+)|(0|[1-9](?:_?\d)*))$/;
const ESCAPE = /\\(?:x([\da-fA-F]{2})|([0-7]{3})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([abfnrtv\\'"]))/y;

/** Of a text in double quotes or backquotes, in bytes. Throws for an escape that does not exist. */
export function unquoted(literal: string): string {
  const content = literal.slice(1, -1);
  if (literal.startsWith('`')) return toBytes(content.replaceAll('\r', ''));
  return unescaped(content, literal[0] ?? '"');
}

function unescaped(content: string, quote: string): string {
  let bytes = '';
  for (let from = 0; ;) {
    const at = content.indexOf('\\', from);
    if (at === -1) return bytes + toBytes(content.slice(from));
    bytes += toBytes(content.slice(from, at));
    ESCAPE.lastIndex = at;
    const [all = '', hex, octal, four, eight, short] = ESCAPE.exec(content) ?? [];
    if (all === '' || ((short === '"' || short === "'") && short !== quote)) throw badEscape(content);
    if (short !== undefined) bytes += SHORT_LETTERS[short] ?? '';
    else if (hex === undefined && octal === undefined)
      bytes += runeOf(Number.parseInt(four ?? eight ?? '', 16), content);
    else {
      const byte = hex === undefined ? Number.parseInt(octal ?? '', 8) : Number.parseInt(hex, 16);
      if (byte > 255) throw badEscape(content);
      bytes += String.fromCharCode(byte);
    }
    from = at + all.length;
  }
}

function runeOf(rune: number, content: string): string {
  if (rune > 0x10_ff_ff || (rune >= 0xd8_00 && rune <= 0xdf_ff)) throw badEscape(content);
  return runeBytes(rune);
}

function badEscape(content: string): TemplateProblem {
  return new TemplateProblem(`${JSON.stringify(content)} has an escape that does not exist`);
}

/** A character in single quotes is the number of its code point. */
export function characterNode(literal: string): NumberNode {
  const bytes = unescaped(literal.slice(1, -1), "'");
  const [rune, width] = runeAt(bytes, 0);
  if (bytes === '' || width !== bytes.length) throw new TemplateProblem(`${literal} is not one character`);
  return { kind: 'number', int: BigInt(rune), float: rune, isFloat: false };
}

export function numberNode(text: string): NumberNode {
  if (text.endsWith('i')) throw new TemplateProblem(`${text}: complex numbers are not supported`);
  const int = integerIn(text);
  if (int !== null) return { kind: 'number', int, float: Number(int), isFloat: false };
  if (!/[.eEpP]/.test(text)) throw new TemplateProblem(`${text} is no number that fits`);
  try {
    const float = parseFloat64(text);
    const isWhole = Number.isInteger(float) && Math.abs(float) < 2 ** 63;
    return { kind: 'number', int: isWhole ? BigInt(float) : null, float, isFloat: true };
  } catch (error) {
    if (!(error instanceof ExpressionProblem)) throw error;
    throw new TemplateProblem(`${text} is not a number`);
  }
}

/** As `strconv.ParseInt` with base 0; `null` if it is none, or does not fit into 64 bits. */
export function integerIn(text: string): bigint | null {
  const found = INTEGER.exec(text);
  if (found === null) return null;
  const [, sign, , hex, , octal, , binary, decimal = ''] = found;
  const [prefix, digits] =
    hex !== undefined
      ? ['0x', hex]
      : octal !== undefined
        ? ['0o', octal]
        : binary !== undefined
          ? ['0b', binary]
          : ['', decimal];
  const size = BigInt(prefix + digits.replaceAll('_', ''));
  const number = sign === '-' ? -size : size;
  return number >= LEAST && number <= MOST ? number : null;
}
