/** Numbers in the words of the pages. */

/** `3 pods`, `1 pod`. */
export function countText(count: number, one: string, more = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : more}`;
}

/** Of a total, as a percentage without decimals that mean nothing. */
export function percentText(part: number, total: number): string {
  return `${Number(((100 * part) / total).toFixed(1))} %`;
}

/** Four digits that count: a measured value is no more exact. */
export function valueText(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 0.0001 || size >= 1e7)) return value.toExponential(2);
  return Number(value.toPrecision(4)).toLocaleString('en', { maximumFractionDigits: 6 });
}
