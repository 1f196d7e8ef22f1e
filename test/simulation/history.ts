/**
 * One history: a cluster, a controller, a user and their faults, from the first apply until everything
 * has come to rest. The same seed gives the same history.
 */
import { LABELS } from '../../src/api/words/labels.ts';
import { decideRollout } from '../../src/core/rollout/decide.ts';
import type { Ingress, KubeObject, ReplicaSet, Service } from '../../src/kube/objects.ts';
import { controllerOf } from '../../src/kube/owners.ts';
import type { Plan, Write } from '../../src/kube/plan.ts';
import { INGRESSES, REPLICA_SETS, SERVICES } from '../../src/kube/resources.ts';
import { Agenda } from './agenda.ts';
import { Cluster, EPOCH_MS } from './cluster/cluster.ts';
import { hashOf } from './cluster/pod.ts';
import { DISRUPTION_BUDGETS } from './cluster/disruption-budget.ts';
import { Faults, type Fault } from './controller/faults.ts';
import { observeNow } from './controller/observe-now.ts';
import { ControllerProcess, type Decide, type MadeWrite } from './controller/process.ts';
import { Refusals, type RefusedKind } from './controller/refusals.ts';
import type { Sharing } from './controller/share.ts';
import { Holders } from './invariants/holders.ts';
import { InvariantWatch } from './invariants/invariants.ts';
import { rolloutOf } from './invariants/settled.ts';
import { isStatusWrite, reportedStatus } from './invariants/plans.ts';
import { TRIALS } from './invariants/trials.ts';
import { Violation } from './invariants/violation.ts';
import { Ledger } from './ledger.ts';
import type { Random } from './random.ts';
import { Turns } from './turns.ts';
import { ROLLOUT_NAME, type Scenario } from './scenario/rollout-spec.ts';
import { applyScenario, isForeign } from './scenario/surroundings.ts';
import type { Temperament } from './scenario/temperament.ts';
import { User } from './scenario/user.ts';
import { ToldStory, UNTOLD, type Story } from './story.ts';

interface HistoryOptions {
  readonly random: Random;
  readonly scenario: Scenario;
  readonly temperament: Temperament;
  /** The core; a test may replace it. */
  readonly decide?: Decide;
  readonly told?: boolean;
  /** Whether every world is decided twice, to see that this gives the same plan. */
  readonly decidesTwice?: boolean;
  /** Several processes share the Rollout; one has it when absent. */
  readonly sharing?: Sharing;
  /** Whether it is a violation when a look would find something to do, and none is about to be made. */
  readonly findsMissedLooks?: boolean;
  /** In place of the temperament's faults. */
  readonly drawFault?: () => Fault;
}

/** More than any history needs to come to rest. */
const LONGEST_REST_MS = 4 * 3_600_000;
const MOST_EVENTS = 300_000;

export class History {
  readonly agenda = new Agenda();
  readonly #turns = new Turns();
  readonly cluster: Cluster;
  readonly ledger: Ledger;
  readonly user: User;
  readonly watch: InvariantWatch;
  readonly #options: HistoryOptions;
  readonly #decide: Decide;
  readonly #faults: Faults;
  readonly #refusals = new Refusals();
  readonly #story: Story;
  readonly #told: ToldStory | null;
  readonly #holders: Holders;
  readonly processes: ControllerProcess[] = [];
  #clockSkewMs = 0;
  #processes = 0;
  #looks = 0;
  #trafficNews = false;
  /** What ended a process that should have continued. */
  #broken: { readonly error: unknown } | null = null;

  constructor(options: HistoryOptions) {
    const { random, scenario, temperament } = options;
    this.#options = options;
    this.#decide = options.decide ?? decideRollout;
    this.#faults = new Faults(random.split('faults'), temperament.faults);
    this.ledger = new Ledger(this.agenda);
    this.cluster = new Cluster({
      agenda: this.agenda,
      random: random.split('cluster'),
      paces: temperament.cluster,
      onTrafficNews: () => {
        this.#trafficNews = true;
      },
    });
    this.watch = new InvariantWatch(this.cluster, this.ledger, ROLLOUT_NAME);
    this.user = new User(this.cluster.store, this.ledger);
    this.#holders = new Holders(this.cluster.store, options.sharing);
    this.#told = options.told === true ? new ToldStory(this.agenda, this.cluster.store) : null;
    this.#story = this.#told ?? UNTOLD;
    applyScenario(this.cluster.store, scenario);
    this.ledger.noteTemplate(this.user.template);
    this.startProcess();
    if (options.sharing !== undefined) this.startProcess();
  }

  get lines(): readonly string[] {
    return this.#told?.lines ?? [];
  }

  get looks(): number {
    return this.#looks;
  }

  tell(who: string, text: string): void {
    this.#story.tell(who, text);
  }

  wallClock(): number {
    return EPOCH_MS + this.agenda.now + this.#clockSkewMs;
  }

  jumpClock(ms: number): void {
    this.#clockSkewMs += ms;
    this.tell('clock', `jumps by ${ms / 1000} s`);
  }

  /** The API server refuses such writes for that long. */
  refuse(kind: RefusedKind, ms: number): void {
    this.#refusals.begin(kind);
    this.tell('API server', `refuses ${kind.name} for ${ms / 1000} s`);
    this.agenda.after(ms, () => this.allowAll());
  }

  allowAll(): void {
    if (!this.#refusals.areInForce) return;
    this.#refusals.end();
    this.ledger.noteAct();
    this.tell('API server', 'refuses nothing any more');
  }

  /** Whether a process decides about the Rollout: without shards there always is one, or one is about to start. */
  get #isAttended(): boolean {
    return this.#options.sharing === undefined || this.processes.some(({ decides }) => decides);
  }

  /** No faults, no crashes and no rivals from now on. */
  calmDown(): void {
    this.#faults.end();
    this.allowAll();
    for (const { metadata } of this.cluster.store.list(DISRUPTION_BUDGETS))
      this.cluster.store.delete(DISRUPTION_BUDGETS, metadata.name, 'user');
    this.cluster.kubelet.calmDown();
    for (const process of this.processes) process.goOn();
    if (this.#options.sharing !== undefined && !this.processes.some(({ isRunning }) => isRunning)) this.startProcess();
  }

  removeForeignCanary(): void {
    for (const { metadata } of this.cluster.store.list<Ingress>(INGRESSES.plural).filter(isForeign))
      this.cluster.store.delete(INGRESSES.plural, metadata.name, 'user');
  }

  /** Lets virtual time pass; nothing more happens when everything is at rest. */
  async runFor(ms: number): Promise<void> {
    await this.#endTurn();
    const cancel = this.agenda.after(ms, () => {});
    const end = this.agenda.now + ms;
    while (this.agenda.now < end && this.#step()) if (this.#turns.hasBegun) await this.#endTurn();
    cancel();
  }

  /** Runs until nothing is left to happen. */
  async runToRest(): Promise<void> {
    await this.#endTurn();
    const start = this.agenda.now;
    let events = 0;
    while ((this.agenda.isBusy || !this.#isAttended) && this.#step()) {
      if (this.#turns.hasBegun) await this.#endTurn();
      events += 1;
      if (events > MOST_EVENTS || this.agenda.now - start > LONGEST_REST_MS) {
        throw new Violation(
          'everyHistoryEnds',
          `after ${events} events and ${(this.agenda.now - start) / 1000} s it goes on`,
        );
      }
    }
  }

  checkSettled(): void {
    const world = observeNow(this.cluster.store, ROLLOUT_NAME, this.wallClock());
    this.watch.settled({
      cluster: this.cluster,
      rollout: rolloutOf(this.cluster, ROLLOUT_NAME),
      plan: this.#decide(world),
      now: world.now,
      ledger: this.ledger,
    });
  }

  async #endTurn(): Promise<void> {
    await this.#turns.end();
    if (this.#broken !== null) throw this.#broken.error;
    if (this.#options.findsMissedLooks === true) this.processes.at(-1)?.reportRest();
  }

  #step(): boolean {
    if (!this.agenda.step()) return false;
    if (this.#trafficNews) {
      this.#trafficNews = false;
      this.watch.requestsFlow();
    }
    return true;
  }

  stopProcess(process: ControllerProcess): void {
    this.tell('fault', `${process.identity} stops`);
    if (!this.processes.some((one) => one !== process && one.isRunning)) this.#replaceProcess('crash-before');
    this.#turns.begin();
    process.stop().catch((error: unknown) => {
      this.#broken ??= { error };
    });
  }

  killProcess(process: ControllerProcess): void {
    this.tell('fault', `${process.identity} is killed`);
    this.ledger.noteAct();
    process.kill();
    this.#replaceProcess('crash-before');
  }

  pauseProcess(process: ControllerProcess, ms: number): void {
    this.tell('fault', `${process.identity} is paused for ${ms / 1000} s`);
    this.ledger.noteAct();
    process.pause();
    this.agenda.after(ms, () => {
      this.tell('fault', `${process.identity} goes on`);
      process.goOn();
    });
  }

  /** In the middle of a plan, if there is one. */
  pauseAtNextWrite(process: ControllerProcess, ms: number): void {
    process.onNextWrite(() => this.pauseProcess(process, ms));
  }

  hushWatches(process: ControllerProcess, ms: number): void {
    this.tell('fault', `the watches of ${process.identity} are silent for ${ms / 1000} s`);
    process.hush(ms);
  }

  /** Another process of the controller. */
  startProcess(): ControllerProcess {
    this.#processes += 1;
    const { random, temperament, drawFault, sharing } = this.#options;
    const identity = `process-${this.#processes}`;
    const process: ControllerProcess = new ControllerProcess({
      ...(sharing === undefined ? {} : { sharing }),
      identity,
      store: this.cluster.store,
      agenda: this.agenda,
      turns: this.#turns,
      random: random.split(`process ${this.#processes}`),
      paces: temperament.controller,
      doubleChance: temperament.doubleChance,
      rolloutName: ROLLOUT_NAME,
      decide: this.#decide,
      wallClock: () => this.wallClock(),
      drawFault: drawFault ?? (() => this.#faults.draw()),
      refusals: this.#refusals,
      watcher: {
        decided: (world, plan) => {
          this.#looks += 1;
          this.#holders.decided(this.processes, identity);
          this.watch.decided(world, plan, this.#options.decidesTwice === false ? plan : this.#decide(world));
        },
        wrote: (made) => {
          this.#holders.wrote(made, identity);
          this.#wrote(made);
        },
        ...(this.#options.findsMissedLooks === true
          ? { rested: (plan: Plan, nextLookMs: number) => this.watch.rested(plan, nextLookMs) }
          : {}),
        noted: (event) => this.#story.noted(event),
        failed: (fault, write) => {
          this.ledger.noteAct();
          this.#story.failed(fault, write.why);
        },
        refused: (error, write) => this.tell('API server', `${error.message} (${write.why})`),
        broke: (error) => {
          this.#broken ??= { error };
        },
      },
      onLost: (fault) => this.#replaceProcess(fault),
    });
    this.processes.push(process);
    return process;
  }

  #wrote(made: MadeWrite): void {
    this.#excuseGap(made);
    this.#story.wrote(made);
    this.watch.wrote(made);
    if (made.author === 'frozen-leader') this.ledger.noteStray(made.write.name);
    if (movesService(made)) this.ledger.noteMove(made.write.name);
    if (isOfTrials(made.write) && made.write.op === 'patch' && made.before !== undefined)
      this.ledger.noteCutShort(made.before.metadata.uid);
    const begun = isStatusWrite(made.write) ? reportedStatus(made.plan)?.pauseConditions : undefined;
    if (made.answer.outcome === 'made' && begun !== undefined && begun !== null) this.ledger.notePause();
  }

  /**
   * The only pod of a revision cannot be restarted without a gap; with a clock that is ahead the young pods are unknown;
   * and no eviction can depend on the lease: one that was frozen on its way adds to others.
   */
  #excuseGap({ world, write, before, answer, author }: MadeWrite): void {
    if (write.op !== 'evict' || answer.outcome !== 'made' || before === undefined) return;
    const replicaSet = this.cluster.store.get<ReplicaSet>(REPLICA_SETS.plural, controllerOf(before)?.name ?? '');
    const isLone = (replicaSet?.spec.replicas ?? 0) <= 1;
    const isExcused = isLone || author === 'frozen-leader' || this.cluster.clockIsAhead(world.now);
    if (isExcused) this.cluster.shake(hashOf(before));
  }

  #replaceProcess(fault: Fault): void {
    const random = this.#options.random.split(`takeover ${this.#processes}`);
    const downMs = fault === 'freeze' ? random.between(0, 300) : random.between(10, 20_000);
    this.agenda.after(downMs, () => {
      this.tell('fault', 'another controller process takes over');
      this.startProcess();
    });
  }
}

function isOfTrials({ resource }: Write): boolean {
  return TRIALS.some((kind) => kind.resource === resource);
}

function movesService({ write, before, answer }: MadeWrite): boolean {
  if (write.resource !== SERVICES || answer.outcome !== 'made') return false;
  const selected = (one: KubeObject | undefined) =>
    (one as Service | undefined)?.spec.selector?.[LABELS.podTemplateHash];
  return selected(before) !== selected(answer.object);
}
