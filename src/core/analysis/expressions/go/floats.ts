/** Floating point numbers as Go reads and writes them, and its power. */
import { ExpressionProblem } from './problem.ts';
import { quoted } from './quoted.ts';

const FIRST_EXPONENT = 6;
const INFINITY = /^([+-]?)inf(?:inity)?$/i;
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const HEX = /^([+-]?)0x([\da-f]*)(?:\.([\da-f]*))?p([+-]?\d+)$/i;
/** Digits of base 16; more say nothing about a float. */
const MOST_HEX_DIGITS = 10_000;

/** What `strconv.ParseFloat` takes; the problem is worded like its own. */
export function parseFloat64(text: string): number {
  const infinity = INFINITY.exec(text);
  if (infinity !== null) return infinity[1] === '-' ? -Infinity : Infinity;
  if (/^nan$/i.test(text)) return Number.NaN;
  const bare = text.replaceAll('_', '');
  const number = hexadecimal(bare) ?? (DECIMAL.test(bare) ? Number(bare) : null);
  if (number === null || !underscoresSeparateDigits(text)) throw notParsed(text, 'invalid syntax');
  if (!Number.isFinite(number)) throw notParsed(text, 'value out of range');
  return number;
}

function hexadecimal(text: string): number | null {
  const parts = HEX.exec(text);
  if (parts === null) return null;
  const [, sign, whole = '', fraction = '', exponent = ''] = parts;
  const digits = whole + fraction;
  if (digits === '' || digits.length > MOST_HEX_DIGITS) return null;
  const shift = Number(exponent) - 4 * fraction.length;
  return (sign === '-' ? -1 : 1) * Number(BigInt(`0x${digits}`)) * 2 ** shift;
}

/** An underscore stands between two digits only, or after the prefix of the base. */
function underscoresSeparateDigits(text: string): boolean {
  if (!text.includes('_')) return true;
  const digits = /^[+-]?0x/i.test(text) ? '[0-9a-fA-FxX]' : '[0-9]';
  return new RegExp(`^(?:[^_]|(?<=${digits})_(?=[0-9a-fA-F]))*$`).test(text);
}

function notParsed(text: string, why: string): ExpressionProblem {
  return new ExpressionProblem(`strconv.ParseFloat: parsing ${quoted(text)}: ${why}`);
}

/** As `%v` prints it: with an exponent from 1e+06 on, and below 1e-04. */
export function printFloat(number: number): string {
  if (Number.isNaN(number)) return 'NaN';
  if (!Number.isFinite(number)) return number > 0 ? '+Inf' : '-Inf';
  if (Object.is(number, -0)) return '-0';
  const [mantissa = '', exponentText = ''] = number.toExponential().split('e');
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= FIRST_EXPONENT) {
    const size = String(Math.abs(exponent)).padStart(2, '0');
    return `${mantissa}e${exponent < 0 ? '-' : '+'}${size}`;
  }
  return plainDecimal(mantissa, exponent);
}

/** Digits without an exponent. */
function plainDecimal(mantissa: string, exponent: number): string {
  const sign = mantissa.startsWith('-') ? '-' : '';
  const digits = mantissa.replace(/[-.]/g, '');
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  const fraction = digits.slice(exponent + 1);
  return fraction === '' ? `${sign}${whole}` : `${sign}${whole}.${fraction}`;
}

/** `math.Pow`: unlike JavaScript's, 1 to the power of NaN, and -1 to that of an infinity, are 1. */
export function power(base: number, exponent: number): number {
  if (base === 1 || exponent === 0) return 1;
  if (base === -1 && !Number.isFinite(exponent) && !Number.isNaN(exponent)) return 1;
  if (exponent === 0.5) return Math.sqrt(base);
  if (exponent === -0.5) return 1 / Math.sqrt(base);
  return base ** exponent;
}

/** `math.Round`: halves go away from zero. */
export function rounded(number: number): number {
  const cut = Math.trunc(number);
  const half = Math.abs(number - cut) >= 0.5;
  return half ? cut + Math.sign(number) : Object.is(number, -0) ? number : cut;
}
