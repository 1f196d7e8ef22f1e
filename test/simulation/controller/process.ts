/**
 * One controller process: the caches, triggers, queue, worker and applier of the controller that ships, put together
 * as it does it, in virtual time and with an API server in memory. It runs until it is ended or frozen.
 */
import { announceAll, createCaches, refreshCaches, type Caches } from '../../../src/controllers/caches.ts';
import { FIELD_MANAGER } from '../../../src/api/words/field-manager.ts';
import { DryRuns } from '../../../src/controllers/rollout/dry-runs.ts';
import { addRolloutIndexes } from '../../../src/controllers/rollout/indexes.ts';
import { observe, type Observation } from '../../../src/controllers/rollout/observe.ts';
import { createReconcile } from '../../../src/controllers/rollout/reconcile.ts';
import { connectTriggers } from '../../../src/controllers/rollout/triggers.ts';
import { Workloads } from '../../../src/controllers/rollout/workloads.ts';
import type { RolloutWorld } from '../../../src/core/observed/world.ts';
import { situationOf } from '../../../src/core/observed/situation.ts';
import { problemOf } from '../../../src/core/rollout/spec-problem.ts';
import { templateDoubt } from '../../../src/core/rollout/template-doubt.ts';
import { objectKey } from '../../../src/kube/object-key.ts';
import type { EventNote, Plan, Write } from '../../../src/kube/plan.ts';
import type { ApiError } from '../../../src/runtime/api-error.ts';
import { Applier } from '../../../src/runtime/applier.ts';
import { ControllerRunner, type Controller } from '../../../src/runtime/controller.ts';
import { OwnWrites } from '../../../src/runtime/own-writes.ts';
import { sharded } from '../../../src/runtime/sharded-controller.ts';
import type { Metrics } from '../../../src/telemetry/metrics.ts';
import type { Agenda } from '../agenda.ts';
import type { Pace } from '../cluster/delays.ts';
import { NAMESPACE, type Store } from '../cluster/store.ts';
import type { Random } from '../random.ts';
import type { Turns } from '../turns.ts';
import { SimulatedClient, type ProcessState, type SentWrite } from './client.ts';
import type { Fault } from './faults.ts';
import { LaggingWatches } from './lagging-watches.ts';
import { SimulatedLeaseClient } from './lease-client.ts';
import { Looks } from './looks.ts';
import { PlanInHand } from './plan-in-hand.ts';
import { ProcessClock } from './process-clock.ts';
import { processLogger, processMetrics, silentLogger } from './process-log.ts';
import type { Refusals } from './refusals.ts';
import { Share, type Sharing } from './share.ts';

export type Decide = (world: RolloutWorld) => Plan;

/** One write that was made, with the look that it came from. */
export interface MadeWrite extends SentWrite {
  readonly world: RolloutWorld;
  readonly plan: Plan;
}

/** What a process reports to the watch over the history. */
interface ProcessWatcher {
  decided(world: RolloutWorld, plan: Plan): void;
  wrote(made: MadeWrite): void;
  /** An event about the Rollout was recorded. */
  noted(event: EventNote): void;
  failed(fault: Fault, write: Write): void;
  refused(error: ApiError, write: Write): void;
  /** Nothing is about to be looked at: what a look would decide now, and in how many milliseconds there will be one. */
  rested?(plan: Plan, nextLookMs: number): void;
  /** Something went wrong that no API server and no fault can bring about. */
  broke(error: unknown): void;
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
  readonly turns: Turns;
  readonly random: Random;
  readonly paces: ProcessPaces;
  readonly doubleChance: number;
  readonly rolloutName: string;
  readonly decide: Decide;
  readonly wallClock: () => number;
  readonly drawFault: () => Fault;
  readonly refusals: Refusals;
  readonly watcher: ProcessWatcher;
  /** With others; it leads from the start when absent. */
  readonly sharing?: Sharing;
  /** Unique to the process. */
  readonly identity: string;
  /** The process has ended or is frozen: another one has to take over. */
  readonly onLost: (fault: Fault) => void;
}

export class ControllerProcess {
  readonly #options: Options;
  readonly #clock: ProcessClock;
  readonly #watches: LaggingWatches;
  readonly #caches: Caches;
  readonly #key: string;
  readonly #runner: ControllerRunner;
  readonly #share: Share | null;
  readonly #looks: Looks;
  readonly #observe: () => Observation;
  #state: ProcessState = 'leading';
  /** What it does when it goes on; `null` while it runs. */
  #held: (() => void)[] | null = null;
  #onNextWrite: (() => void) | null = null;
  #world: RolloutWorld | null = null;
  #planInHand: PlanInHand | null = null;

  constructor(options: Options) {
    this.#options = options;
    const { store, agenda, turns, random, paces, doubleChance, rolloutName, watcher } = options;
    const key = objectKey(NAMESPACE, rolloutName);
    const deliver = (act: () => void): void => this.#deliver(act);
    const clock = new ProcessClock({ ...options, deliver });
    this.#key = key;
    const lookOnlyWhenAsked = watcher.rested !== undefined;
    const looks = new Looks({ ...options, random, pace: paces.queue, clock, lookOnlyWhenAsked });
    const watches = new LaggingWatches({
      store,
      agenda,
      random: random.split('caches'),
      pace: paces.watch,
      doubleChance,
      onFalseNews: () => looks.want(key),
      deliver,
    });
    const client = this.#clientFor(watches);
    const logger = processLogger((text) => watcher.broke(new Error(text)));
    const metrics = processMetrics();
    const parts = { client, logger, metrics, namespace: undefined, clock: clock.withoutTimers };
    const events = { record: (_subject: unknown, note: EventNote) => watcher.noted(note) };
    const ownWrites = new OwnWrites(clock);
    const mayWrite = (one: string) => this.#state === 'leading' && (this.#share?.mayWrite(one) ?? true);
    const applier = new Applier({ client, events, ownWrites, fieldManager: FIELD_MANAGER, mayWrite });
    this.#clock = clock;
    this.#watches = watches;
    this.#looks = looks;
    const caches = createCaches({ ...parts, instanceId: '' });
    const workloads = new Workloads(parts);
    this.#observe = () => observe({ caches, workloads, ownWrites, clock, propagationMs: null }, key);
    addRolloutIndexes(caches);
    const controller: Controller = {
      name: 'Rollouts',
      objects: caches.rollouts,
      informers: Object.values(caches),
      connect: (enqueue) => {
        looks.connect(enqueue);
        connectTriggers({ caches, workloads, ownWrites, enqueue: (one, wish) => looks.want(one, wish) });
      },
      reconcile: createReconcile({
        caches,
        workloads,
        client,
        applier: { apply: (...args) => this.#apply(applier, args) },
        dryRuns: new DryRuns({ client, clock }),
        events,
        ownWrites,
        clock,
        propagationMs: null,
        decide: (world) => this.#decide(world),
      }),
      observer: () => {},
      threads: 1,
      resyncMs: 0,
      close: async () => {},
    };
    this.#caches = caches;
    turns.begin();
    const { sharing } = options;
    this.#share = sharing === undefined ? null : this.#shareOf(sharing, workloads, metrics);
    const limited = this.#share === null ? controller : sharded(controller, this.#share.work);
    const slowed = { ...limited, reconcile: looks.slowed(limited.reconcile) };
    this.#runner = new ControllerRunner(slowed, { clock: looks.queueClock, logger, metrics });
    if (this.#share === null) this.#runner.start().catch((error: unknown) => watcher.broke(error));
    else this.#share.leases.start();
  }

  get identity(): string {
    return this.#options.identity;
  }

  /** Whether it would decide about the Rollout now. */
  get decides(): boolean {
    return this.#state === 'leading' && this.#held === null && this.#share?.work.decides(this.#key) !== false;
  }

  /** Whether it would write for the Rollout now. */
  get mayWrite(): boolean {
    return this.#state === 'leading' && this.#share?.work.mayWrite(this.#key) !== false;
  }

  get isRunning(): boolean {
    return this.#state === 'leading' && this.#held === null;
  }

  /** Up to which version of the resource its cache shows everything; `undefined` where it has no cache of it. */
  seenVersionOf(plural: string): string | undefined {
    return Object.values(this.#caches).find(({ resource }) => resource.plural === plural)?.cache.latestResourceVersion;
  }

  /** Nothing of it goes on, but time does, and what it has sent arrives. */
  pause(): void {
    this.#held ??= [];
  }

  /** What has waited happens one after the other, as in an event loop, and what comes meanwhile waits as well. */
  goOn(): void {
    const { agenda } = this.#options;
    const next = (): void => {
      const act = this.#held?.shift();
      if (act === undefined) {
        this.#held = null;
        return;
      }
      act();
      agenda.after(0, next);
    };
    if (this.#held !== null) agenda.after(0, next);
  }

  /** Calls back when its next write has reached the API server, before it gets the answer. */
  onNextWrite(act: () => void): void {
    this.#onNextWrite = act;
  }

  /** It sees no change for that long. */
  hush(ms: number): void {
    this.#watches.hush(ms);
  }

  /** It ends in the middle of whatever it is doing. */
  kill(): void {
    this.#state = 'ended';
    this.#held = null;
    this.#watches.close();
    this.#clock.stop();
  }

  /** It ends as on SIGTERM. */
  async stop(): Promise<void> {
    await this.#runner.stop(10_000);
    await this.#share?.leases.stop();
    this.kill();
  }

  #deliver(act: () => void): void {
    if (this.#held === null) act();
    else this.#held.push(act);
  }

  #shareOf(sharing: Sharing, workloads: Workloads, metrics: Metrics): Share {
    const { store, agenda, turns, paces, watcher, identity, onLost } = this.#options;
    const random = this.#options.random.split('leases');
    const deliver = (act: () => void): void => this.#deliver(act);
    return new Share({
      ...sharing,
      metrics,
      logger: silentLogger,
      client: new SimulatedLeaseClient({ store, agenda, turns, random, pace: paces.write, lossChance: 0.02, deliver }),
      clock: this.#clock,
      routines: this.#clock.ofRoutines,
      random,
      identity,
      start: () => this.#runner.start().catch((error: unknown) => watcher.broke(error)),
      refresh: async () => (await Promise.all([refreshCaches(this.#caches), workloads.refresh()])).every(Boolean),
      announceAll: () => announceAll(this.#caches),
      onLost: () => {
        this.kill();
        onLost('crash-before');
      },
    });
  }

  /** To be called when no promise can continue. Tells what a look would find that is not about to be made. */
  reportRest(): void {
    const { watcher, decide } = this.#options;
    if (watcher.rested === undefined || this.#state !== 'leading' || !this.#looks.areAtRest) return;
    const observation = this.#observe();
    if (observation.kind !== 'world' || observation.world.rollout.spec.workloadRef !== undefined) return;
    const plan = decide(observation.world);
    // A look would ask the API server first. A Rollout that cannot be followed does not name the time of what it holds back.
    if (templateDoubt(observation.world, plan) !== null || problemOf(situationOf(observation.world)) !== null) return;
    const writes = plan.writes.filter((write) => !this.#isTried(write));
    watcher.rested({ ...plan, writes }, this.#looks.nextLookMs);
  }

  /** The object has been deleted, and the news of it is on its way; or a budget has protected the pod, which is tried again later. */
  #isTried({ op, resource, name }: Write): boolean {
    if (op === 'evict') return true;
    return op === 'delete' && this.#options.store.get(resource.plural, name) === undefined;
  }

  #clientFor(watches: LaggingWatches): SimulatedClient {
    const { paces, watcher, ...options } = this.#options;
    return new SimulatedClient({
      ...options,
      pace: paces.write,
      watches,
      deliver: (act) => this.#deliver(act),
      state: () => this.#state,
      planInHand: () => this.#planInHand,
      sent: (sent) => {
        if (this.#planInHand === null) throw new Error('A write that no plan says');
        const { world, plan } = this.#planInHand;
        watcher.wrote({ ...sent, world, plan });
        this.#onNextWrite?.();
        this.#onNextWrite = null;
      },
      failed: (fault, write) => watcher.failed(fault, write),
      refused: (error, write) => watcher.refused(error, write),
      lose: (fault, goOn) => this.#lose(fault, goOn),
    });
  }

  #decide(world: RolloutWorld): Plan {
    const { decide, watcher } = this.#options;
    try {
      this.#world = world;
      const plan = decide(world);
      watcher.decided(world, plan);
      return plan;
    } catch (error) {
      watcher.broke(error);
      throw error;
    }
  }

  async #apply(applier: Applier, args: Parameters<Applier['apply']>): ReturnType<Applier['apply']> {
    const [plan] = args;
    if (this.#world === null) throw new Error('A plan that nothing was observed for');
    this.#planInHand = new PlanInHand(this.#world, plan);
    try {
      return await applier.apply(...args);
    } finally {
      this.#planInHand = null;
    }
  }

  /** A frozen one makes the one write that it was about to make, and no other, long after another process has taken over. */
  #lose(fault: Fault, goOn: () => void): void {
    const { agenda, random, onLost } = this.#options;
    this.#state = fault === 'freeze' ? 'frozen' : 'ended';
    this.#watches.close();
    this.#clock.stop();
    if (this.#state === 'frozen') agenda.after(random.between(50, 60_000), goOn);
    onLost(fault);
  }
}
