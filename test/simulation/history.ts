/**
 * One history: a cluster, a controller, a user and their faults, from the first apply until everything
 * has come to rest. The same seed gives the same history.
 */
import { LABELS } from '../../src/api/labels.ts';
import { decideRollout } from '../../src/core/rollout/decide.ts';
import type { KubeObject, ReplicaSet, Service } from '../../src/kube/objects.ts';
import { controllerOf } from '../../src/kube/owners.ts';
import { INGRESSES, REPLICA_SETS, SERVICES } from '../../src/kube/resources.ts';
import { Agenda } from './agenda.ts';
import { Cluster, EPOCH_MS } from './cluster/cluster.ts';
import { hashOf } from './cluster/pod.ts';
import { DISRUPTION_BUDGETS } from './cluster/disruption-budget.ts';
import { Faults, type Fault } from './controller/faults.ts';
import { observe } from './controller/observe.ts';
import { ControllerProcess, type Decide, type MadeWrite } from './controller/process.ts';
import { InvariantWatch } from './invariants/invariants.ts';
import { rolloutOf, type SettledFacts } from './invariants/settled.ts';
import { isStatusWrite, reportedStatus } from './invariants/plans.ts';
import { Violation } from './invariants/violation.ts';
import { Ledger } from './ledger.ts';
import type { Random } from './random.ts';
import { ROLLOUT_NAME, type Scenario } from './scenario/rollout-spec.ts';
import { applyScenario, FOREIGN_CANARY } from './scenario/surroundings.ts';
import type { Temperament } from './scenario/temperament.ts';
import { User } from './scenario/user.ts';
import { ToldStory, UNTOLD, type Story } from './story.ts';

interface HistoryOptions {
  readonly random: Random;
  readonly scenario: Scenario;
  readonly temperament: Temperament;
  /** The core, or something else that a test puts in its place. */
  readonly decide?: Decide;
  readonly told?: boolean;
  /** In place of the temperament's faults. */
  readonly drawFault?: () => Fault;
}

/** More than any history needs to come to rest. */
const LONGEST_REST_MS = 4 * 3_600_000;
const MOST_EVENTS = 300_000;

export class History {
  readonly agenda = new Agenda();
  readonly cluster: Cluster;
  readonly ledger: Ledger;
  readonly user: User;
  readonly watch: InvariantWatch;
  readonly #options: HistoryOptions;
  readonly #decide: Decide;
  readonly #faults: Faults;
  readonly #story: Story;
  readonly #told: ToldStory | null;
  #clockSkewMs = 0;
  #processes = 0;
  #looks = 0;
  #trafficNews = false;

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
    this.#told = options.told === true ? new ToldStory(this.agenda, this.cluster.store) : null;
    this.#story = this.#told ?? UNTOLD;
    applyScenario(this.cluster.store, scenario);
    this.#startProcess();
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

  /** No faults, no crashes, nobody in the way from now on. */
  calmDown(): void {
    this.#faults.end();
    for (const { metadata } of this.cluster.store.list(DISRUPTION_BUDGETS))
      this.cluster.store.delete(DISRUPTION_BUDGETS, metadata.name, 'user');
    this.cluster.kubelet.calmDown();
  }

  removeForeignCanary(): void {
    this.cluster.store.delete(INGRESSES.plural, FOREIGN_CANARY, 'user');
  }

  /** Lets virtual time pass; nothing more happens when everything is at rest. */
  runFor(ms: number): void {
    const cancel = this.agenda.after(ms, () => {});
    const end = this.agenda.now + ms;
    while (this.agenda.now < end && this.#step()) {
      // Every step checks itself.
    }
    cancel();
  }

  /** Runs until nothing is left to happen. */
  runToRest(): void {
    const start = this.agenda.now;
    let events = 0;
    while (this.#step()) {
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
    this.watch.settled(this.settledFacts());
  }

  settledFacts(): SettledFacts {
    const { store } = this.cluster;
    const world = observe(store, ROLLOUT_NAME, this.wallClock());
    if (world === null) throw new Error('The Rollout is gone');
    return {
      cluster: this.cluster,
      rollout: rolloutOf(this.cluster, ROLLOUT_NAME),
      plan: this.#decide(world),
      now: world.now,
      ledger: this.ledger,
    };
  }

  #step(): boolean {
    if (!this.agenda.step()) return false;
    if (this.#trafficNews) {
      this.#trafficNews = false;
      this.watch.requestsFlow();
    }
    return true;
  }

  #startProcess(): void {
    this.#processes += 1;
    const { random, temperament, drawFault } = this.#options;
    new ControllerProcess({
      store: this.cluster.store,
      agenda: this.agenda,
      random: random.split(`process ${this.#processes}`),
      paces: temperament.controller,
      doubleChance: temperament.doubleChance,
      rolloutName: ROLLOUT_NAME,
      decide: this.#decide,
      wallClock: () => this.wallClock(),
      drawFault: drawFault ?? (() => this.#faults.draw()),
      watcher: {
        decided: (world, plan) => {
          this.#looks += 1;
          this.watch.decided(world, plan, this.#decide(world));
        },
        writing: () => {},
        wrote: (made) => this.#wrote(made),
        failed: (fault, write) => {
          this.ledger.noteAct();
          this.#story.failed(fault, write.why);
        },
      },
      onLost: (fault) => this.#replaceProcess(fault),
    });
  }

  #wrote(made: MadeWrite): void {
    this.#excuseGap(made);
    this.#story.wrote(made);
    this.watch.wrote(made);
    if (made.author === 'frozen-leader') this.ledger.noteStray(made.write.name);
    if (movesService(made)) this.ledger.noteMove(made.write.name);
    const begun = isStatusWrite(made.write) ? reportedStatus(made.plan)?.pauseConditions : undefined;
    if (made.answer.outcome === 'made' && begun !== undefined && begun !== null) this.ledger.notePause();
  }

  /**
   * The only pod of a revision cannot be restarted without a gap, with a clock that is ahead nobody knows which pods are
   * young, and no eviction can be made to depend on the lease: one that was frozen on its way comes on top of others.
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
      this.#startProcess();
    });
  }
}

function movesService({ write, before, answer }: MadeWrite): boolean {
  if (write.resource !== SERVICES || answer.outcome !== 'made') return false;
  const selected = (one: KubeObject | undefined) =>
    (one as Service | undefined)?.spec.selector?.[LABELS.podTemplateHash];
  return selected(before) !== selected(answer.object);
}
