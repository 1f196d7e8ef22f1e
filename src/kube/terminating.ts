/** Objects that are being deleted. */
import type { KubeObject } from './objects.ts';

export function isTerminating({ metadata }: KubeObject): boolean {
  return metadata.deletionTimestamp !== undefined;
}
