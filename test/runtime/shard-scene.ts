/** Processes that share shards, over one server of leases, in a time that only the test moves. */
import type { ApiErrorKind } from '../../src/runtime/api-error.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import { ShardLeases } from '../../src/runtime/shard-leases.ts';
import { LeaseServer } from './lease-server.ts';
import { ManualClock } from './manual-clock.ts';
import { quietLogger, testMetrics } from './parts.ts';

const TIMES = { leaseDurationMs: 15_000, renewDeadlineMs: 10_000, retryPeriodMs: 2000 };
/** How finely it is looked at who holds what. */
const STEP_MS = 100;

interface ProcessOptions {
  readonly shards?: number;
  readonly instanceId?: string;
  readonly leaseDurationMs?: number;
}

export class ShardScene {
  readonly clock = new ManualClock();
  readonly server = new LeaseServer();
  readonly processes: ShardProcess[] = [];
  /** What was wrong at some moment: two holders of a shard. */
  readonly faults: string[] = [];

  start(name: string, options: ProcessOptions = {}): ShardProcess {
    const process = new ShardProcess(this, name, options);
    this.processes.push(process);
    process.leases.start();
    return process;
  }

  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += STEP_MS) {
      await this.clock.advance(STEP_MS);
      this.#check();
    }
  }

  async until(condition: () => boolean, limitMs = 120_000): Promise<number> {
    let waitedMs = 0;
    for (; !condition(); waitedMs += STEP_MS) {
      if (waitedMs > limitMs) throw new Error(`Not within ${limitMs} ms; ${JSON.stringify(this.held)}`);
      await this.pass(STEP_MS);
    }
    return waitedMs;
  }

  /** The shards of each process. */
  get held(): Readonly<Record<string, readonly number[]>> {
    return Object.fromEntries(this.processes.map((process) => [process.name, process.held]));
  }

  /** Throws when something was wrong at any moment. */
  async stop(): Promise<void> {
    if (this.faults.length > 0) throw new Error(this.faults[0]);
    for (const process of this.processes) process.kill();
    await this.clock.advance(0);
  }

  #check(): void {
    for (const a of this.processes) {
      for (const b of this.processes) {
        if (a === b || a.instanceId !== b.instanceId) continue;
        const both = a.shards === b.shards ? a.held.filter((shard) => b.held.includes(shard)) : [...a.held, ...b.held];
        if (both.length > 0 && a.held.length > 0 && b.held.length > 0)
          this.faults.push(`${a.name} and ${b.name} hold ${both.join(', ')} at ${this.clock.monotonic()}`);
      }
    }
  }
}

export class ShardProcess {
  readonly name: string;
  readonly shards: number;
  readonly instanceId: string;
  readonly metrics = testMetrics();
  readonly leases: ShardLeases;
  /** What its keeper was told, in order. */
  readonly told: string[] = [];
  /** Why requests of a lease of that name fail; `null` where they do not. */
  failing: (name: string) => ApiErrorKind | null = () => null;
  /** Resolves what is in hand of a shard that is to be left; at once where there is none. */
  inHand: Promise<void> = Promise.resolve();
  readonly #scene: ShardScene;
  #state: 'running' | 'frozen' | 'dead' = 'running';
  /** What a frozen process would do. */
  #held: (() => void)[] = [];

  constructor(scene: ShardScene, name: string, options: ProcessOptions) {
    this.#scene = scene;
    this.name = name;
    this.shards = options.shards ?? 4;
    this.instanceId = options.instanceId ?? '';
    const { leaseDurationMs = TIMES.leaseDurationMs } = options;
    this.leases = new ShardLeases({
      ...TIMES,
      leaseDurationMs,
      client: scene.server.client((lease) => this.#fate(lease)),
      clock: this.#clock(),
      logger: quietLogger,
      metrics: this.metrics,
      namespace: 'serin',
      commonName: this.instanceId === '' ? 'lock' : `lock-${this.instanceId}`,
      instanceId: this.instanceId,
      shards: this.shards,
      identity: name,
      keeper: {
        gained: (shard) => this.told.push(`gained ${shard}`),
        lost: (shard) => this.told.push(`lost ${shard}`),
        leave: async (shard) => {
          this.told.push(`leaves ${shard}`);
          await this.inHand;
        },
      },
      onLost: () => this.told.push('lost everything'),
      random: () => 0.5,
    });
  }

  get held(): readonly number[] {
    if (this.#state === 'dead') return [];
    return Array.from({ length: this.shards }, (_, shard) => shard).filter((shard) => this.leases.isHeld(shard));
  }

  /** It does nothing any more, and says nothing. */
  kill(): void {
    this.#state = 'dead';
    this.#held = [];
  }

  /** Nothing of it goes on, but time does. */
  freeze(): void {
    this.#state = 'frozen';
  }

  thaw(): void {
    this.#state = 'running';
    for (const goOn of this.#held.splice(0)) goOn();
  }

  #fate(lease: string): ApiErrorKind | null | Promise<null> {
    if (this.#state === 'dead') return new Promise(() => {});
    if (this.#state === 'running') return this.failing(lease);
    return new Promise((resolve) => {
      this.#held.push(() => resolve(null));
    });
  }

  #clock(): Clock {
    const { clock } = this.#scene;
    return {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      setTimer: (delayMs, fire) =>
        clock.setTimer(delayMs, () => {
          if (this.#state === 'running') fire();
          else if (this.#state === 'frozen') this.#held.push(fire);
        }),
    };
  }
}
