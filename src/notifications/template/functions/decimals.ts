/** Floats with a number of decimal places, rounded as Go does it: a tie goes to the even digit. JavaScript's goes up. */

const SIGNIFICANT_BITS = 52n;
const LEAST_EXPONENT = 1_074n;

/** Of a float that is not negative: an exact fraction. */
function fractionOf(size: number): readonly [numerator: bigint, denominator: bigint] {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, size);
  const bits = view.getBigUint64(0);
  const exponent = bits >> SIGNIFICANT_BITS;
  const mantissa = bits & ((1n << SIGNIFICANT_BITS) - 1n);
  const significand = exponent === 0n ? mantissa : mantissa | (1n << SIGNIFICANT_BITS);
  const shift = (exponent === 0n ? 1n : exponent) - 1n - LEAST_EXPONENT;
  return shift >= 0n ? [significand << shift, 1n] : [significand, 1n << -shift];
}

function rounded(numerator: bigint, denominator: bigint): bigint {
  const whole = numerator / denominator;
  const twice = 2n * (numerator % denominator);
  const isUp = twice > denominator || (twice === denominator && whole % 2n === 1n);
  return isUp ? whole + 1n : whole;
}

/** Times a power of ten, rounded to a whole number. */
function scaled(size: number, power: number): bigint {
  const [numerator, denominator] = fractionOf(size);
  return power >= 0
    ? rounded(numerator * 10n ** BigInt(power), denominator)
    : rounded(numerator, denominator * 10n ** BigInt(-power));
}

/** As `%.2f` with two places. */
export function fixed(size: number, places: number): string {
  const digits = scaled(size, places)
    .toString()
    .padStart(places + 1, '0');
  return places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

/** As `%.2e` with two places; the exponent has two digits at least. */
export function exponential(size: number, places: number): string {
  const guess = size === 0 ? 0 : Number(size.toExponential().split('e')[1]);
  const digits = scaled(size, places - guess)
    .toString()
    .padStart(places + 1, '0');
  // 9.99 may have become 10.0.
  const exponent = guess + digits.length - places - 1;
  const kept = digits.slice(0, places + 1);
  const sign = exponent < 0 ? '-' : '+';
  const mantissa = places === 0 ? kept : `${kept[0]}.${kept.slice(1)}`;
  return `${mantissa}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
}
