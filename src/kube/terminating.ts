/** Objects that have been told to go and are still there. */
import type { KubeObject } from './objects.ts';

export function isTerminating({ metadata }: KubeObject): boolean {
  return metadata.deletionTimestamp !== undefined;
}
