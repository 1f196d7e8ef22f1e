/**
 * What a process learns of the objects of one resource: all of them when it lists, and from then on every change in order,
 * each after its own delay. Some changes are sent twice.
 */
import type { KubeObject } from '../../../src/kube/objects.ts';
import type { Resource } from '../../../src/kube/resources.ts';
import type { ListOptions, WatchOptions } from '../../../src/runtime/client-options.ts';
import type { ListPage } from '../../../src/runtime/wire.ts';
import type { Agenda } from '../agenda.ts';
import { drawDelay, type Pace } from '../cluster/delays.ts';
import type { Change, Store } from '../cluster/store.ts';
import type { Random } from '../random.ts';

interface Options {
  readonly store: Store;
  readonly agenda: Agenda;
  readonly random: Random;
  readonly pace: Pace;
  readonly doubleChance: number;
  /** Something seems to have changed, and has not. */
  readonly onFalseNews: () => void;
  /** Lets the process do something, now or once it goes on. */
  readonly deliver?: (act: () => void) => void;
}

type Narrowing = Pick<ListOptions, 'labelSelector' | 'metadataOnly'>;

export class LaggingWatches {
  readonly #options: Options;
  readonly #stops: (() => void)[] = [];
  /** Each lets nothing come before that time. */
  readonly #hushes: ((untilMs: number) => void)[] = [];
  #closed = false;

  constructor(options: Options) {
    this.#options = options;
  }

  list(resource: Resource, narrowing: Narrowing): ListPage {
    return listed(this.#options.store, resource, narrowing);
  }

  watch({ plural }: Resource, options: WatchOptions): void {
    const { store, agenda, random, pace, doubleChance, onFalseNews, deliver = (act) => act() } = this.#options;
    if (options.resourceVersion !== String(store.version)) throw new Error('Something has changed since the list');
    let lastDue = 0;
    this.#hushes.push((untilMs) => {
      lastDue = Math.max(lastDue, untilMs);
    });
    const stop = store.onChange((change) => {
      const event = change.plural === plural ? eventOf(change, options) : null;
      if (event === null) return;
      lastDue = Math.max(agenda.now + drawDelay(random, pace), lastDue);
      agenda.after(lastDue - agenda.now, () => {
        deliver(() => {
          if (!this.#closed && options.signal?.aborted !== true) options.onEvent(event);
        });
      });
      if (!random.chance(doubleChance)) return;
      agenda.after(lastDue - agenda.now + 5, () => {
        if (!this.#closed) onFalseNews();
      });
    });
    options.signal?.addEventListener('abort', stop, { once: true });
    this.#stops.push(stop);
  }

  /** The connections of all present watches hang for that long; then comes what they have missed. */
  hush(ms: number): void {
    for (const hush of this.#hushes) hush(this.#options.agenda.now + ms);
  }

  /** Nothing arrives any more, not even what is on its way. */
  close(): void {
    this.#closed = true;
    for (const stop of this.#stops) stop();
  }
}

/** Everything of a resource, as it is now. */
function listed(store: Store, { plural }: Resource, narrowing: Narrowing): ListPage {
  const items = store.list(plural).flatMap((one) => shown(one, narrowing) ?? []);
  return { items, resourceVersion: String(store.version), continueToken: '' };
}

function eventOf({ before, after, version }: Change, narrowing: Narrowing) {
  const [was, is] = [shown(before, narrowing), shown(after, narrowing)];
  if (is !== undefined) return { type: was === undefined ? 'ADDED' : 'MODIFIED', object: is };
  if (was === undefined) return null;
  return { type: 'DELETED', object: { ...was, metadata: { ...was.metadata, resourceVersion: String(version) } } };
}

/** A copy, of which a cache may cut something off; `undefined` for an object that is not asked for. */
function shown(object: KubeObject | undefined, { labelSelector, metadataOnly }: Narrowing): KubeObject | undefined {
  if (object === undefined || !isSelected(object, labelSelector)) return undefined;
  const { annotations } = object.metadata;
  const metadata = { ...object.metadata, ...(annotations === undefined ? {} : { annotations: { ...annotations } }) };
  return metadataOnly === true ? { metadata } : { ...object, metadata };
}

/** A key that has to be there, or, after `!`, must not be. */
function isSelected({ metadata }: KubeObject, selector: string | undefined): boolean {
  if (selector === undefined) return true;
  const has = (key: string) => metadata.labels?.[key] !== undefined;
  return selector.startsWith('!') ? !has(selector.slice(1)) : has(selector);
}
