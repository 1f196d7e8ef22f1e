/**
 * Follows every pod of the cluster through one list and one watch, for as long as it is wanted: whatever
 * ends the watch, a restart of the API server included, it lists again and continues.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient } from '../api-client.ts';
import type { Pod } from './pod.ts';

const PODS = '/api/v1/pods';
const RELIST_DELAY_MS = 200;
const WATCH_SECONDS = 600;

export interface PodSink {
  /** A pod that is new or has changed; it may be told again unchanged. */
  seen(pod: Pod): void;
  /** No pod of this UID is left. */
  gone(uid: string): void;
}

interface PodList {
  readonly metadata: { readonly resourceVersion: string };
  readonly items: readonly Pod[];
}

/** Resolves when the signal is aborted. */
export async function followPods(client: ApiClient, sink: PodSink, signal: AbortSignal): Promise<void> {
  const known = new Set<string>();
  while (!signal.aborted) {
    try {
      const version = await list(client, sink, known);
      await watchFrom(version, client, sink, known, signal);
    } catch {
      // Out of date, cut, or no API server at the moment: the next list is up to date again.
      if (!signal.aborted) await delay(RELIST_DELAY_MS);
    }
  }
}

async function list(client: ApiClient, sink: PodSink, known: Set<string>): Promise<string> {
  const { metadata, items } = await client.get<PodList>(PODS);
  const present = new Set(items.map((pod) => pod.metadata.uid));
  for (const uid of known) {
    if (present.has(uid)) continue;
    known.delete(uid);
    sink.gone(uid);
  }
  for (const pod of items) {
    known.add(pod.metadata.uid);
    sink.seen(pod);
  }
  return metadata.resourceVersion;
}

/** One watch after another, each from where the last one ended; throws when that is no longer possible. */
async function watchFrom(
  firstVersion: string,
  client: ApiClient,
  sink: PodSink,
  known: Set<string>,
  signal: AbortSignal,
): Promise<void> {
  let version = firstVersion;
  while (!signal.aborted) {
    const path = `${PODS}?watch=true&allowWatchBookmarks=true&timeoutSeconds=${WATCH_SECONDS}&resourceVersion=${version}`;
    for await (const { type, object } of client.watch<Pod>(path, signal)) {
      if (type === 'ERROR') throw new Error(`the watch of pods ended: ${JSON.stringify(object)}`);
      version = object.metadata.resourceVersion;
      if (type === 'DELETED') {
        known.delete(object.metadata.uid);
        sink.gone(object.metadata.uid);
      } else if (type !== 'BOOKMARK') {
        known.add(object.metadata.uid);
        sink.seen(object);
      }
    }
  }
}
