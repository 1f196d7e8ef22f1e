/**
 * The informers of one controller process: for every kind of object a copy of the API that lags behind,
 * each kind by its own delay, with its changes in order and some of them told twice.
 */
import type { KubeObject } from '../../../src/kube/objects.ts';
import {
  DEPLOYMENTS,
  ENDPOINT_SLICES,
  INGRESSES,
  PODS,
  REPLICA_SETS,
  ROLLOUTS,
  SERVICES,
} from '../../../src/kube/resources.ts';
import { frozen } from '../cluster/frozen.ts';
import { drawDelay, type Pace } from '../cluster/delays.ts';
import type { Change, Store } from '../cluster/store.ts';
import type { Agenda } from '../agenda.ts';
import type { Random } from '../random.ts';

const WATCHED: readonly string[] = [
  ROLLOUTS,
  DEPLOYMENTS,
  REPLICA_SETS,
  PODS,
  SERVICES,
  ENDPOINT_SLICES,
  INGRESSES,
].map((resource) => resource.plural);

interface Options {
  readonly store: Store;
  readonly agenda: Agenda;
  readonly random: Random;
  readonly pace: Pace;
  readonly doubleChance: number;
  /** A change that may concern the Rollout has arrived. */
  readonly onNews: () => void;
}

interface KindCache {
  readonly objects: Map<string, KubeObject>;
  version: number;
  lastDue: number;
}

export class Caches {
  readonly #options: Options;
  readonly #kinds = new Map<string, KindCache>();
  readonly #stopWatching: () => void;
  #closed = false;

  /** Starts with a complete list of everything. */
  constructor(options: Options) {
    this.#options = options;
    const { store } = options;
    for (const plural of WATCHED) {
      const objects = new Map(store.list(plural).map((object) => [object.metadata.name, trimmed(plural, object)]));
      this.#kinds.set(plural, { objects, version: store.version, lastDue: 0 });
    }
    this.#stopWatching = store.onChange((change) => this.#deliverLater(change));
  }

  close(): void {
    this.#closed = true;
    this.#stopWatching();
  }

  versionOf(plural: string): number {
    return this.#kinds.get(plural)?.version ?? Number.POSITIVE_INFINITY;
  }

  get<T extends KubeObject>(plural: string, name: string): T | undefined {
    return this.#kinds.get(plural)?.objects.get(name) as T | undefined;
  }

  list<T extends KubeObject>(plural: string): readonly T[] {
    return [...(this.#kinds.get(plural)?.objects.values() ?? [])] as unknown as readonly T[];
  }

  #deliverLater(change: Change): void {
    const cache = this.#kinds.get(change.plural);
    if (cache === undefined) return;
    const { agenda, random, pace, doubleChance, onNews } = this.#options;
    const due = Math.max(agenda.now + drawDelay(random, pace), cache.lastDue);
    cache.lastDue = due;
    agenda.after(due - agenda.now, () => {
      if (!this.#closed) this.#deliver(cache, change);
    });
    if (random.chance(doubleChance)) agenda.after(due - agenda.now + 5, onNews);
  }

  #deliver(cache: KindCache, { plural, name, before, after, version }: Change): void {
    if (after === undefined) cache.objects.delete(name);
    else cache.objects.set(name, trimmed(plural, after));
    cache.version = version;
    if (plural !== PODS.plural || isNewsAboutPod(before, after)) this.#options.onNews();
  }
}

/** Pods are watched for their metadata alone, and readiness is the news of others. */
function isNewsAboutPod(before: KubeObject | undefined, after: KubeObject | undefined): boolean {
  if (before === undefined || after === undefined) return true;
  return (
    before.metadata.labels !== after.metadata.labels ||
    before.metadata.annotations !== after.metadata.annotations ||
    before.metadata.deletionTimestamp !== after.metadata.deletionTimestamp
  );
}

function trimmed(plural: string, object: KubeObject): KubeObject {
  return plural === PODS.plural ? frozen({ metadata: object.metadata }) : object;
}
