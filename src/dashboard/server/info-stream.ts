/** Streams of the dashboard API: one Rollout, or all of a namespace, each whenever it looks different. */
import { createHash } from 'node:crypto';
import type { Seen } from '../../clients/observed.ts';
import type { Info } from './go-json.ts';
import { metaOf, rolloutInfo } from './info.ts';
import type { NamespaceFeed } from './namespace-feed.ts';
import type { Outlet } from './outlet.ts';

/** Resolves when the first message has been sent; the stream ends when the Rollout is deleted. */
export async function streamInfo(feed: NamespaceFeed, name: string, outlet: Outlet): Promise<void> {
  let sent = '';
  const show = (): void => {
    const seen = feed.seen(name);
    if (seen === null) {
      outlet.end();
      return;
    }
    const text = JSON.stringify({ result: rolloutInfo(seen, feed.view(seen), 'all') });
    if (text !== sent) outlet.send(text);
    sent = text;
  };
  await feed.look(name);
  if (outlet.ended) return;
  show();
  outlet.onEnd(feed.onChange((names) => (names === null || names.has(name) ? show() : undefined)));
}

interface Sent {
  readonly digest: string;
  readonly meta: Info;
}

/** First all Rollouts there are, then those that look different; one that is deleted is named once more. */
export async function streamInfos(feed: NamespaceFeed, outlet: Outlet): Promise<void> {
  const sent = new Map<string, Sent>();
  const show = (name: string): void => {
    const seen = feed.seen(name);
    const before = sent.get(name);
    if (seen !== null) {
      const text = updatedText(feed, seen);
      const digest = createHash('sha256').update(text).digest('base64');
      if (digest !== before?.digest) outlet.send(text);
      sent.set(name, { digest, meta: metaOf(seen.rollout) });
    } else if (before !== undefined) {
      outlet.send(JSON.stringify({ result: { type: 'Deleted', rolloutInfo: { objectMeta: before.meta } } }));
      sent.delete(name);
    }
  };
  const namesNow = (): readonly string[] => feed.rollouts.map(({ metadata }) => metadata.name);
  await feed.started;
  if (outlet.ended) return;
  for (const name of namesNow()) show(name);
  outlet.onEnd(
    feed.onChange((names) => {
      for (const name of names ?? new Set([...sent.keys(), ...namesNow()])) show(name);
    }),
  );
}

function updatedText(feed: NamespaceFeed, seen: Seen): string {
  return JSON.stringify({ result: { type: 'Updated', rolloutInfo: rolloutInfo(seen, feed.view(seen), 'list') } });
}
