/** After which failures of a watch a cache may be wrong, so that everything has to be listed again. */
import { isApiError } from './api-error.ts';

const SERVER_ERRORS_BEFORE_RELIST = 5;

/** `undefined` after a failure that leaves the cache correct: the next watch resumes there. `failures`: how many in a row. */
export function relistCauseOf(error: unknown, failures: number): 'expired' | 'malformed' | 'refused' | undefined {
  if (isApiError(error, 'expired')) return 'expired';
  if (!isApiError(error)) return 'malformed';
  if (error.kind !== 'server') return undefined;
  if (error.reason === 'Malformed') return 'malformed';
  // A server whose etcd was restored from a backup refuses our version as too large, every time.
  return failures >= SERVER_ERRORS_BEFORE_RELIST ? 'refused' : undefined;
}
