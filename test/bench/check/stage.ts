/**
 * One Rollout of one replica in the simulated cluster, with the steps of the bench's Rollouts, and the controller that
 * ships on top of it, from its client to its work queue. Time is virtual: what happens depends on nothing but the code.
 */
import type { RolloutStatus } from '../../../src/api/schema/status.ts';
import { createCaches } from '../../../src/controllers/caches.ts';
import { rolloutController } from '../../../src/controllers/rollout/controller.ts';
import type { JsonObject } from '../../../src/kube/json.ts';
import { Client } from '../../../src/runtime/client.ts';
import type { Clock } from '../../../src/runtime/clock.ts';
import { ControllerRunner } from '../../../src/runtime/controller.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';
import { Agenda } from '../../simulation/agenda.ts';
import { THROUGH_NGINX } from '../../simulation/calm-history.ts';
import { Cluster, EPOCH_MS } from '../../simulation/cluster/cluster.ts';
import { processLogger } from '../../simulation/controller/process-log.ts';
import { Ledger } from '../../simulation/ledger.ts';
import { Random } from '../../simulation/random.ts';
import { ROLLOUT_NAME, servicesOf, STABLE_INGRESSES, templateOf } from '../../simulation/scenario/rollout-spec.ts';
import { applyScenario } from '../../simulation/scenario/surroundings.ts';
import { CALM } from '../../simulation/scenario/temperament.ts';
import { User } from '../../simulation/scenario/user.ts';
import { SimulatedApiServer } from './api-server.ts';
import { RequestLedger } from './requests.ts';

const STRATEGY: JsonObject = {
  canary: { ...THROUGH_NGINX, steps: [{ setWeight: 20 }, { pause: {} }, { setWeight: 50 }, { pause: {} }] },
};

/** More than anything here takes. */
const LONGEST_WAIT_MS = 600_000;

interface StageOptions {
  /** Done before every look; a test makes the controller do more than it does. */
  readonly beforeLook?: (client: Client) => Promise<unknown>;
}

export class Stage {
  readonly #requests = new RequestLedger();
  readonly #beforeLook: NonNullable<StageOptions['beforeLook']>;
  readonly user: User;
  readonly #agenda = new Agenda();
  readonly #cluster: Cluster;
  readonly #surprises: string[] = [];
  #looks = 0;

  constructor({ beforeLook = async () => {} }: StageOptions = {}) {
    this.#beforeLook = beforeLook;
    const agenda = this.#agenda;
    const paces = CALM.cluster;
    this.#cluster = new Cluster({ agenda, random: new Random(1), paces, onTrafficNews: () => {} });
    this.user = new User(this.#cluster.store, new Ledger(agenda));
  }

  /** The controller has complete caches, and nothing to do yet. */
  async start(): Promise<void> {
    const clock = clockOf(this.#agenda);
    const metrics = createMetrics({ version: 'check' });
    const logger = processLogger((text) => this.#surprises.push(text));
    const transport = new SimulatedApiServer({
      store: this.#cluster.store,
      agenda: this.#agenda,
      ledger: this.#requests,
    });
    const client = new Client({ transport, clock, metrics, userAgent: 'check', qps: 1000, burst: 2000 });
    const common = { client, clock, logger, metrics, namespace: undefined };
    const caches = createCaches({ ...common, instanceId: '' });
    const controller = rolloutController({
      ...common,
      caches,
      identity: 'check',
      mayWrite: () => true,
      threads: 10,
      resyncMs: 0,
      propagationMs: null,
    });
    const counted: typeof controller = {
      ...controller,
      reconcile: async (key, run) => {
        this.#looks += 1;
        await this.#beforeLook(client);
        return controller.reconcile(key, run);
      },
    };
    const runner = new ControllerRunner(counted, { clock, logger, metrics });
    runner.start().catch((error: unknown) => this.#surprises.push(String(error)));
    await this.until('complete caches', () => runner.isSynced);
  }

  applyRollout(): void {
    const spec: JsonObject = {
      replicas: 1,
      selector: { matchLabels: { app: ROLLOUT_NAME } },
      template: templateOf('web:1'),
      strategy: STRATEGY,
    };
    applyScenario(this.#cluster.store, {
      spec,
      services: servicesOf(STRATEGY),
      ingresses: STABLE_INGRESSES.slice(0, 1),
    });
  }

  /** What was counted since it was asked last. */
  takeCounts(): Readonly<Record<string, number>> {
    const counts = { ...this.#requests.take(), looks: this.#looks };
    this.#looks = 0;
    return counts;
  }

  /** Lets virtual time pass until the status is so. */
  until(what: string, holds: (status: RolloutStatus) => boolean): Promise<void> {
    const end = this.#agenda.now + LONGEST_WAIT_MS;
    return this.#run(() => {
      if (this.#agenda.now > end) throw new Error(`Waited in vain for ${what}`);
      return holds(this.#status);
    });
  }

  async pass(ms: number): Promise<void> {
    const end = this.#agenda.now + ms;
    // The moment itself is an entry of the agenda, so that time does not stop before it.
    this.#agenda.after(ms, () => {});
    await this.#run(() => this.#agenda.now >= end);
  }

  get #status(): RolloutStatus {
    return this.#cluster.store.get('rollouts', ROLLOUT_NAME) === undefined ? {} : this.user.status;
  }

  async #run(isOver: () => boolean): Promise<void> {
    await promisesToRest();
    while (!isOver()) {
      if (!this.#agenda.step()) throw new Error('Nothing is left to happen');
      await promisesToRest();
      if (this.#surprises.length > 0) throw new Error(this.#surprises.join('\n'));
    }
  }
}

function clockOf(agenda: Agenda): Clock {
  return {
    now: () => EPOCH_MS + agenda.now,
    monotonic: () => agenda.now,
    setTimer: (delayMs, fire) => agenda.after(delayMs, fire),
  };
}

/** Every promise has come as far as it can, also one that lets the event loop turn on its way. */
async function promisesToRest(): Promise<void> {
  for (let turns = 0; turns < 3; turns += 1) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}
