/**
 * Kubernetes quantities such as `0.5`, `100m`, `2Gi` or `1e3`: whether a value is one, and how two
 * compare. Source: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */

const QUANTITY = /^([+-]?)(\d+\.?\d*|\.\d+)(Ki|Mi|Gi|Ti|Pi|Ei|n|u|m|k|M|G|T|P|E|[eE][+-]?\d+)?$/;

const DECIMAL_EXPONENTS: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const BINARY_EXPONENTS: Readonly<Record<string, number>> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 };

/** Kubernetes keeps nothing below a nano unit. */
const NANO_DIGITS = 9;

/** Beyond this no quantity is meaningful, and the number would take for ever to write out. */
const MAX_EXPONENT = 100;

/** The quantity in nano units, rounded up as Kubernetes does; null when the value is no quantity. */
export function quantityInNano(value: unknown): bigint | null {
  const text = typeof value === 'number' ? String(value) : value;
  const match = typeof text === 'string' ? QUANTITY.exec(text) : null;
  if (match === null) return null;
  const [, sign, number = '', suffix = ''] = match;
  const [whole = '', fraction = ''] = number.split('.');
  const exponent = DECIMAL_EXPONENTS[suffix] ?? (/^[eE][+-]?\d/.test(suffix) ? Number(suffix.slice(1)) : 0);
  if (Math.abs(exponent) > MAX_EXPONENT) return null;
  const scaled = BigInt(whole + fraction) * 2n ** BigInt(BINARY_EXPONENTS[suffix] ?? 0);
  const magnitude = timesPowerOfTen(scaled, exponent + NANO_DIGITS - fraction.length);
  return sign === '-' ? -magnitude : magnitude;
}

function timesPowerOfTen(value: bigint, exponent: number): bigint {
  if (exponent >= 0) return value * 10n ** BigInt(exponent);
  const divisor = 10n ** BigInt(-exponent);
  return (value + divisor - 1n) / divisor;
}
