/**
 * Follows the objects of one path by watches, each of which goes on where the one before it ended. A watch that begins
 * with what is there instead would be sent all of it each time, and the API server cuts it again while it is still busy
 * with that: with 10,000 Rollouts that are being written it never catches up, and takes a quarter of the server's CPU.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { ApiError, type ApiClient } from '../testbed/cluster/api-client.ts';

const RECONNECT_MS = 100;
const EXPIRED = 410;

interface Versioned {
  readonly metadata: { readonly resourceVersion: string };
}

/** The object of an event of type ERROR. */
interface Status {
  readonly code?: number;
}

/**
 * Calls `seen` for what is there and for every later change, until `signal` is aborted. The server ends a watch from time
 * to time, cuts it when it is not read quickly, and is not there while it is started again. What is written and deleted
 * while the version to go on from has expired (410) is missed, so who counts writes needs a watch that fails instead.
 */
export async function follow<T>(
  client: Pick<ApiClient, 'watch'>,
  path: string,
  seen: (type: 'ADDED' | 'MODIFIED' | 'DELETED', object: T) => void,
  signal: AbortSignal,
): Promise<void> {
  let version = '';
  while (!signal.aborted) {
    const from = version === '' ? '' : `&resourceVersion=${version}`;
    try {
      for await (const event of client.watch<T & Versioned>(
        `${path}?watch=1&allowWatchBookmarks=true${from}`,
        signal,
      )) {
        if (event.type === 'ERROR') throw failureOf(path, event.object as Status);
        version = event.object.metadata.resourceVersion;
        if (event.type !== 'BOOKMARK') seen(event.type, event.object);
      }
    } catch (error) {
      if (error instanceof ApiError && error.status === EXPIRED) version = '';
      if (!signal.aborted) await delay(RECONNECT_MS);
    }
  }
}

function failureOf(path: string, status: Status): ApiError {
  return new ApiError(`GET ${path}`, status.code ?? 0, JSON.stringify(status));
}
