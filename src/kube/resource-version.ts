/**
 * Order of resource versions. Kubernetes lets clients compare the versions of one resource
 * as integers of any size. Versions of different resources have no order.
 */

/** Negative when `a` is older than `b`, 0 when they are the same, positive when `a` is newer. The empty string is older than everything. */
export function compareResourceVersions(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
