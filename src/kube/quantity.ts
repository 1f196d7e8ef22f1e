/**
 * Amounts of a resource (`500m`, `1.5Gi`, `1e3`) as Kubernetes reads and writes them: exact, rounded up
 * to nano, never a floating-point number.
 */
import type { Json } from './json.ts';

type Format = 'decimal' | 'binary' | 'exponent';

/** An amount in billionths of its unit, and the family of suffixes in which it is written. */
interface Quantity {
  readonly nanos: bigint;
  readonly format: Format;
  /** The text as read, where Kubernetes would write it again unchanged. */
  readonly spelling: string | null;
}

const NANOS = 1_000_000_000n;
const NANO_DIGITS = 9;
const MILLI = 1_000_000n;
const MAX_INT64 = 2n ** 63n - 1n;

const DECIMAL_EXPONENTS: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const BINARY_EXPONENTS: Readonly<Record<string, number>> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 };

const DECIMAL_SUFFIXES = new Map(Object.entries(DECIMAL_EXPONENTS).map(([suffix, exponent]) => [exponent, suffix]));
const BINARY_SUFFIXES = ['', ...Object.keys(BINARY_EXPONENTS)];

const SYNTAX = /^([+-]?)(\d*)(?:\.(\d*))?([eEinumkKMGTP]*[-+]?\d*)$/;
const SCIENTIFIC = /^[eE][-+]?\d+$/;

/** Larger than any real amount; exact arithmetic on 10^2147483647 would never end. */
const MAX_EXPONENT = 1000;

/** Digits that always fit an int64; Kubernetes takes another path, and spells differently, beyond them. */
const INT64_DIGITS = 18;
const INT64_BINARY_DIGITS = 15;

/** The text that Kubernetes writes for the amount; anything that is not an amount comes back unchanged. */
export function canonicalQuantity(value: string | number): string {
  const quantity = parse(value);
  return quantity === null ? String(value) : textOf(quantity);
}

/** The amount in billionths of its unit, rounded away from zero; null for anything that is not an amount. */
export function quantityInNanos(value: string | number): bigint | null {
  return parse(value)?.nanos ?? null;
}

/** One text per amount, whatever its suffix: billionths of the unit. Anything that is not an amount comes back unchanged. */
export function quantityValue(value: string | number): string {
  const quantity = parse(value);
  return quantity === null ? String(value) : `${quantity.nanos}n`;
}

/** The amount rounded up, away from zero, to thousandths, as the API server stores requests and limits. */
export function roundedUpToMilli(value: Json | undefined): Json | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return value;
  const quantity = parse(value);
  if (quantity === null || quantity.nanos % MILLI === 0n) return value;
  return textOf({ ...quantity, nanos: divideAwayFromZero(quantity.nanos, MILLI) * MILLI, spelling: null });
}

function parse(value: string | number): Quantity | null {
  const text = String(value).trim();
  const match = text === '' ? null : SYNTAX.exec(text);
  if (match === null) return null;
  const [, sign, whole = '', fraction = '', suffix = ''] = match;
  const scale = scaleOf(suffix);
  if (scale === null) return null;
  // Leading zeros are dropped first: whether the text is kept depends on the number of digits.
  const digits = (whole.replace(/^0+/, '') || '0') + fraction;
  const magnitude =
    scale.format === 'binary'
      ? binaryNanos(BigInt(digits), fraction.length, scale.exponent)
      : decimalNanos(BigInt(digits), scale.exponent - fraction.length);
  return {
    nanos: sign === '-' ? -magnitude : magnitude,
    format: scale.format === 'binary' && magnitude > 0n && magnitude < NANOS ? 'decimal' : scale.format,
    spelling: keepsSpelling(scale, digits, fraction.length) ? text : null,
  };
}

interface SuffixScale {
  readonly format: Format;
  readonly exponent: number;
}

function scaleOf(suffix: string): SuffixScale | null {
  const decimal = DECIMAL_EXPONENTS[suffix];
  if (decimal !== undefined) return { format: 'decimal', exponent: decimal };
  const binary = BINARY_EXPONENTS[suffix];
  if (binary !== undefined) return { format: 'binary', exponent: binary };
  if (!SCIENTIFIC.test(suffix)) return null;
  const exponent = Number(suffix.slice(1));
  return Math.abs(exponent) > MAX_EXPONENT ? null : { format: 'exponent', exponent };
}

function decimalNanos(digits: bigint, exponent: number): bigint {
  const shift = exponent + NANO_DIGITS;
  return shift >= 0 ? digits * 10n ** BigInt(shift) : divideAwayFromZero(digits, 10n ** BigInt(-shift));
}

/** Binary amounts are capped at the largest int64; the others are not. */
function binaryNanos(digits: bigint, fractionDigits: number, exponent: number): bigint {
  const nanos = decimalNanos(digits * 2n ** BigInt(exponent), -fractionDigits);
  const max = MAX_INT64 * NANOS;
  return nanos > max ? max : nanos;
}

function divideAwayFromZero(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  if (dividend % divisor === 0n) return quotient;
  return dividend < 0n ? quotient - 1n : quotient + 1n;
}

/**
 * Kubernetes recognises some amounts as canonical by a quick look and keeps their text, even where the
 * canonical form would differ (`+5`, `1.500`). Hashes contain that text.
 */
function keepsSpelling({ format, exponent }: SuffixScale, digits: string, fractionDigits: number): boolean {
  if (format === 'binary') {
    const room = INT64_BINARY_DIGITS - digits.length - Math.trunc((exponent * 3) / 10) - 1;
    return fractionDigits === 0 && room >= 0 && (BigInt(digits) & 7n) !== 0n;
  }
  const scale = exponent - fractionDigits;
  return (
    digits.length <= INT64_DIGITS &&
    scale >= -NANO_DIGITS &&
    scale % 3 === 0 &&
    !digits.endsWith('000') &&
    !digits.startsWith('0')
  );
}

function textOf({ nanos, format, spelling }: Quantity): string {
  if (spelling !== null) return spelling;
  if (nanos === 0n) return '0';
  const isWhole = nanos % NANOS === 0n;
  const units = nanos / NANOS;
  return format === 'binary' && isWhole && (units >= 1024n || units <= -1024n)
    ? binaryText(units)
    : decimalText(nanos, format);
}

function binaryText(units: bigint): string {
  let mantissa = units;
  let power = 0;
  while (mantissa % 1024n === 0n) {
    mantissa /= 1024n;
    power++;
  }
  return `${mantissa}${BINARY_SUFFIXES[power] ?? ''}`;
}

function decimalText(nanos: bigint, format: Format): string {
  let mantissa = nanos;
  let exponent = -NANO_DIGITS;
  while (mantissa % 1000n === 0n) {
    mantissa /= 1000n;
    exponent += 3;
  }
  if (format === 'exponent') return exponent === 0 ? `${mantissa}` : `${mantissa}e${exponent}`;
  // Beyond the largest suffix Kubernetes writes none at all.
  return `${mantissa}${DECIMAL_SUFFIXES.get(exponent) ?? ''}`;
}
