/**
 * Read your writes: remembers, for every key of a work queue, the newest version that we wrote of each
 * resource and the objects that we deleted. So no decision uses a cache that has not seen them yet (spec 11.1).
 */
import type { KubeObject } from '../kube/objects.ts';
import { compareResourceVersions } from '../kube/resource-version.ts';
import type { Resource } from '../kube/resources.ts';
import type { Clock } from './clock.ts';
import type { ReadableCache } from './object-cache.ts';

/**
 * A cache that has not seen a write after this time never will, because a restored etcd set versions back.
 * An informer needs less time to notice a hung watch and to list again.
 */
const LONGEST_WAIT_MS = 300_000;

/** A write whose answer has not come yet. */
interface UnderWay {
  readonly plural: string;
  /** To be called when it has come. */
  readonly waiting: (() => void)[];
}

interface OwnWrite {
  /** The newest one. */
  readonly resourceVersion: string;
  /** All that no cache is known to have seen. */
  readonly versions: ReadonlySet<string>;
  readonly writtenAt: number;
}

/** An object that we deleted; the answer to a delete has no version. */
interface Dismissed {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

interface OwnDismissal extends Dismissed {
  readonly plural: string;
  readonly writtenAt: number;
}

type SeenCache = Pick<ReadableCache<KubeObject>, 'latestResourceVersion' | 'get'>;

export class OwnWrites {
  readonly #clock: Clock;
  /** By key, then by plural of the resource. */
  readonly #writes = new Map<string, Map<string, OwnWrite>>();
  readonly #dismissals = new Map<string, readonly OwnDismissal[]>();
  /** By key; a key is written for one write after the other. */
  readonly #underWay = new Map<string, UnderWay>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A write for `key` is sent. Returns what is to be called when its answer is recorded, or when none comes. */
  begin(key: string, { plural }: Resource): () => void {
    const waiting: (() => void)[] = [];
    this.#underWay.set(key, { plural, waiting });
    return () => {
      this.#underWay.delete(key);
      for (const one of waiting) one();
    };
  }

  /** `resourceVersion` is the server's answer to a write for `key`. */
  record(key: string, resource: Resource, resourceVersion: string): void {
    const writes = this.#writes.get(key) ?? new Map<string, OwnWrite>();
    this.#writes.set(key, writes);
    const known = writes.get(resource.plural);
    const versions = new Set(known?.versions).add(resourceVersion);
    if (known !== undefined && compareResourceVersions(known.resourceVersion, resourceVersion) >= 0)
      writes.set(resource.plural, { ...known, versions });
    else writes.set(resource.plural, { resourceVersion, versions, writtenAt: this.#clock.monotonic() });
  }

  /**
   * Tells whether that version of an object is what we wrote for `key`: at once, or when the write that is under way is
   * answered, because the watch often shows a write before its answer comes. To be asked when the watch shows it: what the
   * caches have been found to have seen is forgotten.
   */
  whenKnown(key: string, resource: Resource, resourceVersion: string, tell: (isOwn: boolean) => void): void {
    const isOwn = (): boolean => this.#writes.get(key)?.get(resource.plural)?.versions.has(resourceVersion) === true;
    const underWay = this.#underWay.get(key);
    if (underWay?.plural !== resource.plural || isOwn()) tell(isOwn());
    else underWay.waiting.push(() => tell(isOwn()));
  }

  /** The object was deleted for `key`. */
  recordDismissal(key: string, resource: Resource, { namespace, name, uid }: Dismissed): void {
    const dismissal = { plural: resource.plural, namespace, name, uid, writtenAt: this.#clock.monotonic() };
    this.#dismissals.set(key, [...(this.#dismissals.get(key) ?? []), dismissal]);
  }

  /**
   * Whether a cache is older than our writes for `key`. `cacheOf` returns the cache of a plural, or `undefined`
   * if there is none. Forgets the writes that the caches have seen.
   */
  isBehind(key: string, cacheOf: (plural: string) => SeenCache | undefined): boolean {
    const tooOld = this.#clock.monotonic() - LONGEST_WAIT_MS;
    const writes = this.#writes.get(key) ?? new Map<string, OwnWrite>();
    for (const [plural, { resourceVersion, writtenAt }] of writes) {
      const cached = cacheOf(plural)?.latestResourceVersion;
      if (cached === undefined || compareResourceVersions(cached, resourceVersion) >= 0 || writtenAt <= tooOld)
        writes.delete(plural);
    }
    if (writes.size === 0) this.#writes.delete(key);
    const unseen = (this.#dismissals.get(key) ?? []).filter(
      (one) => one.writtenAt > tooOld && isStaying(cacheOf(one.plural)?.get(one.namespace, one.name), one.uid),
    );
    if (unseen.length === 0) this.#dismissals.delete(key);
    else this.#dismissals.set(key, unseen);
    return writes.size > 0 || unseen.length > 0;
  }

  /** Forgets all writes for `key`. */
  forget(key: string): void {
    this.#writes.delete(key);
    this.#dismissals.delete(key);
  }
}

function isStaying(cached: KubeObject | undefined, uid: string): boolean {
  return cached?.metadata.uid === uid && cached.metadata.deletionTimestamp === undefined;
}
