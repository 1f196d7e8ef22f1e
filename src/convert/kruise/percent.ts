/** Shares as Kruise writes them. */

export const TRAFFIC = 'must be a whole share, such as 20%';

/** `20%` as 20; `null` if it is none, or above 100 %. */
export function percentOf(text: string): number | null {
  const [, digits] = /^(\d+)%$/.exec(text) ?? [];
  const share = Number(digits);
  return digits === undefined || share > 100 ? null : share;
}
