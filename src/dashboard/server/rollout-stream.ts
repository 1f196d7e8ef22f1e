/** One Rollout for one tab: the whole of it whenever something that is shown has changed. */
import type { Seen } from '../../clients/observed.ts';
import { choicesOf } from '../../core/view/choices.ts';
import type { TroubleEvent } from '../wire.ts';
import type { NamespaceFeed } from './namespace-feed.ts';
import type { Outlet } from './outlet.ts';
import type { Person } from './person.ts';
import { rolloutEvent } from './rollout-event.ts';

/** A right that is given or taken shows after this time. */
const RIGHTS_MS = 30_000;

interface RolloutStream {
  readonly person: Person;
  readonly feed: NamespaceFeed;
  readonly name: string;
  readonly outlet: Outlet;
}

/** Resolves when the first event has been sent; the stream lasts until its reader goes. */
export async function streamRollout({ person, feed, name, outlet }: RolloutStream): Promise<void> {
  const { clock } = person.cluster;
  const sent = { rollout: '', trouble: null as string | null };
  const showTrouble = (): void => {
    const trouble = JSON.stringify({ message: feed.trouble } satisfies TroubleEvent);
    if (feed.trouble !== sent.trouble) outlet.send(trouble, 'trouble');
    sent.trouble = feed.trouble;
  };
  const show = (): void => {
    const seen = feed.seen(name);
    const text = seen === null ? '' : eventText({ person, feed }, seen);
    if (text !== sent.rollout) sendRollout(outlet, text);
    sent.rollout = text;
  };
  let isKnown = false;
  outlet.onEnd(
    feed.onChange((names) => {
      showTrouble();
      if (isKnown && (names === null || names.has(name))) show();
    }),
  );
  showTrouble();
  const first = await feed.look(name);
  if (first !== null) await refreshRights({ person, feed }, first);
  if (outlet.ended) return;
  isKnown = true;
  showTrouble();
  if (first === null) sendRollout(outlet, '');
  show();
  const checkRights = (): void => {
    const seen = feed.seen(name);
    const refreshed = seen === null ? Promise.resolve(false) : refreshRights({ person, feed }, seen);
    void refreshed.then((isNew) => (isNew ? feed.touch(name) : undefined));
    cancel = clock.setTimer(RIGHTS_MS, checkRights);
  };
  let cancel = clock.setTimer(RIGHTS_MS, checkRights);
  outlet.onEnd(() => cancel());
}

type Seer = Pick<RolloutStream, 'person' | 'feed'>;

/** '' stands for one that is not there. */
function sendRollout(outlet: Outlet, text: string): void {
  if (text === '') outlet.send('{}', 'gone');
  else outlet.send(text, 'rollout');
}

function eventText({ person, feed }: Seer, seen: Seen): string {
  const view = feed.view(seen);
  return JSON.stringify(rolloutEvent(seen, view, (right) => person.rights.may(feed.namespace, right)));
}

async function refreshRights({ person, feed }: Seer, seen: Seen): Promise<boolean> {
  const rights = choicesOf(seen.rollout, feed.view(seen)).flatMap((choice) => choice.rights);
  return person.rights.refresh(feed.namespace, rights);
}
