/**
 * One controller process: it looks when something may have changed, decides, and makes the writes of the
 * plan one after the other, as the runtime does. It decides only on caches that have seen its own writes.
 */
import type { RolloutWorld } from '../../../src/core/rollout/world.ts';
import type { KubeObject } from '../../../src/kube/objects.ts';
import type { EvictWrite, Plan, Write } from '../../../src/kube/plan.ts';
import type { Agenda, Cancel } from '../agenda.ts';
import { drawDelay, type Pace } from '../cluster/delays.ts';
import type { Answer, Author, Store } from '../cluster/store.ts';
import type { Random } from '../random.ts';
import { Caches } from './caches.ts';
import type { Fault } from './faults.ts';
import { observe } from './observe.ts';

export type Decide = (world: RolloutWorld) => Plan;

/** One write that was made, with the look that it came from. */
export interface MadeWrite {
  readonly world: RolloutWorld;
  readonly plan: Plan;
  readonly write: Write;
  readonly before: KubeObject | undefined;
  readonly answer: Answer;
  readonly author: Author;
}

/** What a process tells those who watch the history. */
interface ProcessWatcher {
  decided(world: RolloutWorld, plan: Plan): void;
  /** Just before the write is sent. */
  writing(write: Write, world: RolloutWorld, author: Author): void;
  wrote(made: MadeWrite): void;
  failed(fault: Fault, write: Write): void;
}

export interface ProcessPaces {
  readonly watch: Pace;
  readonly write: Pace;
  /** How long after an event the Rollout is looked at. */
  readonly queue: Pace;
}

interface Options {
  readonly store: Store;
  readonly agenda: Agenda;
  readonly random: Random;
  readonly paces: ProcessPaces;
  readonly doubleChance: number;
  readonly rolloutName: string;
  readonly decide: Decide;
  readonly wallClock: () => number;
  readonly drawFault: () => Fault;
  readonly watcher: ProcessWatcher;
  /** The process has ended or stands still: another one has to take over. */
  readonly onLost: (fault: Fault) => void;
}

/** What the writes of a plan have done so far. */
interface Progress {
  /** What our writes have made of the versions that the plan was computed from, by object. */
  readonly versions: Map<string, string>;
  /** Pods that were evicted, by group. */
  readonly evicted: Map<string, number>;
}

const STALE_RETRY_MS = 100;
const CONFLICT_RETRY_MS = 20;
const TIMEOUT_RETRY_MS = 500;

export class ControllerProcess {
  readonly #options: Options;
  readonly #caches: Caches;
  readonly #ownWrites = new Map<string, number>();
  #state: 'leading' | 'frozen' | 'ended' = 'leading';
  #queued = false;
  #busy = false;
  #newsWhileBusy = false;
  #cancelTimer: Cancel = () => {};

  constructor(options: Options) {
    this.#options = options;
    const { store, agenda, random, paces, doubleChance } = options;
    this.#caches = new Caches({
      store,
      agenda,
      random: random.split('caches'),
      pace: paces.watch,
      doubleChance,
      onNews: () => this.#wake(),
    });
    this.#wake();
  }

  #wake(): void {
    if (this.#busy) this.#newsWhileBusy = true;
    if (this.#queued || this.#busy || this.#state !== 'leading') return;
    this.#queued = true;
    const { agenda, random, paces } = this.#options;
    agenda.after(drawDelay(random, paces.queue), () => {
      this.#queued = false;
      this.#look();
    });
  }

  #wakeAfter(delayMs: number): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#options.agenda.after(delayMs, () => this.#wake());
  }

  #look(): void {
    if (this.#state !== 'leading' || this.#busy) return;
    if (this.#isBehind()) {
      this.#wakeAfter(STALE_RETRY_MS);
      return;
    }
    const { rolloutName, wallClock, decide, watcher } = this.#options;
    const world = observe(this.#caches, rolloutName, wallClock());
    if (world === null) return;
    const plan = decide(world);
    watcher.decided(world, plan);
    this.#busy = true;
    this.#newsWhileBusy = false;
    this.#makeFrom(world, plan, 0, { versions: new Map(), evicted: new Map() });
  }

  #isBehind(): boolean {
    for (const [plural, version] of this.#ownWrites) {
      if (this.#caches.versionOf(plural) < version) return true;
      this.#ownWrites.delete(plural);
    }
    return false;
  }

  #makeFrom(world: RolloutWorld, plan: Plan, index: number, progress: Progress): void {
    const write = plan.writes[index];
    if (write?.op === 'evict' && isExhausted(write, progress)) {
      this.#makeFrom(world, plan, index + 1, progress);
      return;
    }
    if (write === undefined) {
      this.#finish(plan.requeueAfterMs);
      return;
    }
    const { agenda, random, paces } = this.#options;
    agenda.after(drawDelay(random, paces.write), () => this.#make(world, plan, index, write, progress));
  }

  #make(world: RolloutWorld, plan: Plan, index: number, write: Write, progress: Progress): void {
    const leads = this.#state === 'leading';
    const fault = leads ? this.#options.drawFault() : 'none';
    if (fault !== 'none') this.#options.watcher.failed(fault, write);
    if (fault === 'conflict') {
      this.#finish(CONFLICT_RETRY_MS);
      return;
    }
    if (fault === 'crash-before') {
      this.#end(fault);
      return;
    }
    if (fault === 'freeze') {
      this.#freeze(() => this.#make(world, plan, index, write, progress));
      return;
    }
    const before = this.#options.store.get(write.resource.plural, write.name);
    const { versions } = progress;
    const answer = this.#send(world, plan, write, before, versions);
    if (fault === 'crash-after') {
      this.#end(fault);
      return;
    }
    if (fault === 'timeout') {
      this.#finish(TIMEOUT_RETRY_MS);
      return;
    }
    if (answer.outcome === 'held') {
      this.#makeFrom(world, plan, index + 1, progress);
      return;
    }
    if (answer.outcome !== 'made') {
      if (leads) this.#finish(CONFLICT_RETRY_MS);
      return;
    }
    // Before its next write it looks at its lease again.
    if (!leads) return;
    if (answer.object !== undefined) {
      this.#ownWrites.set(write.resource.plural, Number(answer.object.metadata.resourceVersion));
      const known = versions.get(targetOf(write)) ?? versionNamed(plan.writes.slice(index), write);
      if (before?.metadata.resourceVersion === known)
        versions.set(targetOf(write), answer.object.metadata.resourceVersion);
    }
    if (write.op === 'evict') count(write, progress);
    this.#makeFrom(world, plan, index + 1, progress);
  }

  #send(
    world: RolloutWorld,
    plan: Plan,
    write: Write,
    before: KubeObject | undefined,
    versions: ReadonlyMap<string, string>,
  ): Answer {
    const { store, watcher } = this.#options;
    const author: Author = this.#state === 'leading' ? 'serin' : 'frozen-leader';
    watcher.writing(write, world, author);
    const answer = sent(store, write, versions.get(targetOf(write)), author);
    watcher.wrote({ world, plan, write, before, answer, author });
    return answer;
  }

  #finish(wakeAfterMs: number | undefined): void {
    if (this.#state !== 'leading') return;
    this.#busy = false;
    if (wakeAfterMs !== undefined) this.#wakeAfter(wakeAfterMs);
    if (this.#newsWhileBusy) this.#wake();
  }

  #end(fault: Fault): void {
    this.#state = 'ended';
    this.#caches.close();
    this.#options.onLost(fault);
  }

  /** Makes the one write that it was about to make, and no other, long after another process has taken over. */
  #freeze(goOn: () => void): void {
    this.#state = 'frozen';
    this.#caches.close();
    this.#options.agenda.after(this.#options.random.between(50, 60_000), goOn);
    this.#options.onLost('freeze');
  }
}

function isExhausted({ limits }: EvictWrite, { evicted }: Progress): boolean {
  return limits.some(({ group, atMost }) => (evicted.get(group) ?? 0) >= atMost);
}

function count({ limits }: EvictWrite, { evicted }: Progress): void {
  for (const { group } of limits) evicted.set(group, (evicted.get(group) ?? 0) + 1);
}

function targetOf({ resource, name }: Write): string {
  return `${resource.plural}/${name}`;
}

/** The version that the first of these writes to the same object names, for itself or because a later one does. */
function versionNamed(writes: readonly Write[], { resource, name }: Write): string | undefined {
  const same = writes.filter((one) => one.resource === resource && one.name === name);
  return same.flatMap((one) => ('resourceVersion' in one ? (one.resourceVersion ?? []) : []))[0];
}

function sent(store: Store, write: Write, versionWritten: string | undefined, author: Author): Answer {
  const { plural } = write.resource;
  switch (write.op) {
    case 'create':
      return store.create(plural, write.name, write.body, author);
    case 'apply':
      return store.apply(plural, write.name, write.body, author);
    case 'patch':
      return store.patch(plural, write.name, write.patch, author, {
        ...(write.subresource === undefined ? {} : { subresource: write.subresource }),
        resourceVersion: write.resourceVersion === undefined ? undefined : (versionWritten ?? write.resourceVersion),
      });
    case 'delete':
      return store.delete(plural, write.name, author, {
        uid: write.uid,
        ...(write.resourceVersion === undefined ? {} : { resourceVersion: versionWritten ?? write.resourceVersion }),
      });
    case 'evict':
      return store.evict(write.name, author, write.uid);
    case 'require': {
      const object = store.get(plural, write.name);
      const isThere = object?.metadata.uid === write.uid && object.metadata.deletionTimestamp === undefined;
      return isThere ? { outcome: 'made', object: undefined, changed: true } : { outcome: 'conflict' };
    }
  }
}
