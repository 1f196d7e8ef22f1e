/** To so many digits behind the point. */
export function rounded(number: number, digits = 2): number {
  return Number(number.toFixed(digits));
}
