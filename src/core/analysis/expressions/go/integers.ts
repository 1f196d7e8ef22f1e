/** Whole numbers as Go has them: 64 bits that wrap around. */
import { ExpressionProblem } from './problem.ts';
import { quoted } from './quoted.ts';

export const LEAST = -(2n ** 63n);
export const MOST = 2n ** 63n - 1n;
const MOST_DIGITS = 19;

export function wrapped(number: bigint): bigint {
  return BigInt.asIntN(64, number);
}

/** A float cut to a whole number. What does not fit becomes the least one, as on amd64. */
export function cutToInteger(number: number): bigint {
  if (!(Math.abs(number) < 2 ** 63)) return LEAST;
  return BigInt(Math.trunc(number));
}

/** What `strconv.ParseInt` takes in base 10; the problem is worded like its own. */
export function parseInteger(text: string): bigint {
  if (!/^[+-]?\d+$/.test(text)) throw notParsed(text, 'invalid syntax');
  const digits = text.replace(/^[+-]?0*/, '');
  if (digits.length > MOST_DIGITS) throw notParsed(text, 'value out of range');
  const number = BigInt(`${text.startsWith('-') ? '-' : ''}${digits || '0'}`);
  if (number < LEAST || number > MOST) throw notParsed(text, 'value out of range');
  return number;
}

/** A literal with one of the prefixes 0x, 0o, 0b, or a decimal one. */
export function parseLiteral(text: string): bigint {
  if (!/^0(?:x[\da-f]+|o[0-7]+|b[01]+)$/i.test(text)) return parseInteger(text);
  const number = BigInt(text.toLowerCase());
  if (number > MOST) throw notParsed(text, 'value out of range');
  return number;
}

function notParsed(text: string, why: string): ExpressionProblem {
  return new ExpressionProblem(`strconv.ParseInt: parsing ${quoted(text)}: ${why}`);
}
