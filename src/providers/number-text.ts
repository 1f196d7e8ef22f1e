/** Numbers as text, as Go prints them: people and scripts read the value of a measurement. */

/** Go's `%v` writes an exponent from this one on, and below the next. */
const LEAST_LARGE_EXPONENT = 6;
const LEAST_PLAIN_EXPONENT = -4;

/** The shortest decimal text, never with an exponent. */
export function decimalText(value: number): string {
  if (!Number.isFinite(value)) return namedText(value);
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const { digits, exponent } = shortestDigits(value);
  const point = exponent + 1;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  if (point >= digits.length) return `${sign}${digits.padEnd(point, '0')}`;
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** With this many decimals. A number in the middle of two goes to the even one. */
export function fixedText(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return namedText(value);
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const magnitude = Math.abs(value);
  if (magnitude >= 1e21) return `${sign}${BigInt(magnitude)}.${'0'.repeat(decimals)}`;
  // A hundred decimals show a number in the middle as it is; toFixed alone would always go up.
  const exact = magnitude.toFixed(100);
  const cut = exact.indexOf('.') + 1 + decimals;
  const isMiddle = /^50*$/.test(exact.slice(cut));
  const down = exact.slice(0, cut);
  return `${sign}${isMiddle && /[02468]\.?$/.test(down) ? down : magnitude.toFixed(decimals)}`;
}

/** The shortest text; with an exponent where the number is large or small. */
export function generalText(value: number): string {
  if (!Number.isFinite(value)) return namedText(value);
  const { digits, exponent } = shortestDigits(value);
  if (exponent >= LEAST_PLAIN_EXPONENT && exponent < LEAST_LARGE_EXPONENT) return decimalText(value);
  const sign = value < 0 ? '-' : '';
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
  const size = String(Math.abs(exponent)).padStart(2, '0');
  return `${sign}${digits.slice(0, 1)}${fraction}e${exponent < 0 ? '-' : '+'}${size}`;
}

function namedText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? '+Inf' : '-Inf';
}

/** `12300` has the digits 123 and the exponent 4. */
function shortestDigits(value: number): { readonly digits: string; readonly exponent: number } {
  const [mantissa = '', exponent = ''] = Math.abs(value).toExponential().split('e');
  return { digits: mantissa.replace('.', ''), exponent: Number(exponent) };
}
