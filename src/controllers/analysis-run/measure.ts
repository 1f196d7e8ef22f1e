/**
 * Asks the providers for the measurements of one round, side by side. Whatever happens to one of them is a reading of its
 * own, and an end is always in sight: see {@link MeasureOptions}.
 */
import type { MetricProvider, Reading } from '../../core/analysis/provider.ts';
import type { TakenReading } from '../../core/analysis/record.ts';
import type { MeasurementTask } from '../../core/analysis/round.ts';
import { type ApiErrorKind, isApiError } from '../../runtime/api-error.ts';
import { Backoff } from '../../runtime/backoff.ts';
import { type Clock, sleep } from '../../runtime/clock.ts';

export interface MeasureOptions {
  readonly clock: Clock;
  readonly providerOf: (task: MeasurementTask) => MetricProvider | undefined;
  /** Ends everything: the process stops, or the run is gone. */
  readonly signal: AbortSignal;
  /** Asked to end: nothing that can be left alone is waited for any more. */
  readonly ended: AbortSignal;
  /** Whether these readings decide the run, so that the others do not matter any more. */
  readonly isDecided: (readings: readonly TakenReading[]) => boolean;
}

/** For a round, whatever limits its providers have. Kubernetes' own programs take no longer for a request. */
export const ROUND_LIMIT_MS = 300_000;

/** Of one run. Most have one to three metrics. */
const SIDE_BY_SIDE = 16;

/**
 * A measurement is made again while the API server cannot say what has become of it, with the same number, so that a Job
 * which was created after all is found.
 */
const PATIENCE_MS = 60_000;
const PASSING: ReadonlySet<ApiErrorKind> = new Set(['network', 'server', 'throttled', 'conflict', 'expired']);

/**
 * The readings of the tasks that came to an end. One that is left out was given up, because the run ends without it: the
 * next look sees to it. Rejects with the reason of `signal`.
 */
export async function measureSideBySide(
  tasks: readonly MeasurementTask[],
  options: MeasureOptions,
): Promise<readonly TakenReading[]> {
  const round = new Round(options);
  const waiting = [...tasks];
  const lane = async (): Promise<void> => {
    for (let task = waiting.shift(); task !== undefined; task = waiting.shift()) await round.take(task);
  };
  try {
    await Promise.all(Array.from({ length: Math.min(SIDE_BY_SIDE, tasks.length) }, lane));
  } finally {
    round.close();
  }
  options.signal.throwIfAborted();
  return round.readings;
}

class Round {
  readonly readings: TakenReading[] = [];
  readonly #options: MeasureOptions;
  /** Aborted with `signal`, and when the time is over. */
  readonly #limit = new AbortController();
  /** Aborted with the limit, and when the run ends without the measurements that are still out. */
  readonly #dispensable = new AbortController();
  #isGivenUp = false;
  readonly #cancelLimit: () => void;
  readonly #giveUp = (): void => {
    this.#isGivenUp = true;
    this.#dispensable.abort(new Error('The run ends without this measurement'));
  };
  readonly #stop = (): void => this.#end(this.#options.signal.reason);

  constructor(options: MeasureOptions) {
    this.#options = options;
    const { clock, signal, ended } = options;
    this.#cancelLimit = clock.setTimer(ROUND_LIMIT_MS, () =>
      this.#end(new Error(`the measurement did not end within ${ROUND_LIMIT_MS / 1000} seconds`)),
    );
    follow(signal, this.#stop);
    follow(ended, this.#giveUp);
  }

  close(): void {
    this.#cancelLimit();
    this.#options.signal.removeEventListener('abort', this.#stop);
    this.#options.ended.removeEventListener('abort', this.#giveUp);
  }

  async take(task: MeasurementTask): Promise<void> {
    const { clock, providerOf, isDecided } = this.#options;
    const { due, order } = task;
    if (due.act !== 'terminate' && this.#isGivenUp) return;
    const startedAt = clock.now();
    const reading = await this.#read(task, providerOf(task));
    if (reading === null) return;
    this.readings.push({ due, metric: order.metric, startedAt, finishedAt: clock.now(), reading });
    if (isDecided(this.readings)) this.#giveUp();
  }

  #end(reason: unknown): void {
    this.#limit.abort(reason);
    this.#dispensable.abort(reason);
  }

  /** `null` when it was given up. */
  async #read(task: MeasurementTask, provider: MetricProvider | undefined): Promise<Reading | null> {
    // What would go on in the outside system is worth the short time until it is known by name.
    const leavesTraces = task.due.act === 'terminate' || provider?.terminate !== undefined;
    const { signal } = leavesTraces ? this.#limit : this.#dispensable;
    try {
      return await this.#patiently(signal, () => ask(provider, task, signal));
    } catch (error) {
      if (!leavesTraces && this.#isGivenUp && !this.#limit.signal.aborted) return null;
      return {
        kind: 'verdict',
        phase: 'Error',
        message: withLeftover(messageOf(error), await this.#cleanUp(task, provider)),
      };
    }
  }

  /** With an error the measurement is over, and so is what it has begun in the outside system. */
  async #cleanUp({ due, order }: MeasurementTask, provider: MetricProvider | undefined): Promise<Reading | undefined> {
    const { signal } = this.#limit;
    if (due.act !== 'resume' || provider?.terminate === undefined || signal.aborted) return undefined;
    const task: MeasurementTask = { due: { ...due, act: 'terminate' }, order };
    try {
      return await endingWith(signal, () => ask(provider, task, signal));
    } catch (error) {
      return { kind: 'verdict', phase: 'Error', message: messageOf(error) };
    }
  }

  async #patiently(signal: AbortSignal, act: () => Promise<Reading>): Promise<Reading> {
    const { clock } = this.#options;
    const end = clock.monotonic() + PATIENCE_MS;
    const backoff = new Backoff({ baseMs: 500, capMs: 5_000 });
    for (;;) {
      try {
        return await endingWith(signal, act);
      } catch (error) {
        if (signal.aborted || !isApiError(error) || !PASSING.has(error.kind)) throw error;
        const waitMs = backoff.nextMs();
        if (clock.monotonic() + waitMs > end) throw error;
        await sleep(clock, waitMs, signal);
      }
    }
  }
}

async function ask(
  provider: MetricProvider | undefined,
  { due, order }: MeasurementTask,
  signal: AbortSignal,
): Promise<Reading> {
  if (provider === undefined) throw new Error('there is no provider for this metric');
  const unfinished = due.unfinished ?? { startedAt: order.now, metadata: {} };
  switch (due.act) {
    case 'measure':
      return provider.measure(order, signal);
    case 'resume':
      if (provider.resume === undefined) throw new Error('a measurement of this provider cannot be resumed');
      return provider.resume(order, unfinished, signal);
    case 'terminate':
      // What cannot be ended is left alone, and closed by the core.
      return (
        provider.terminate?.(order, unfinished, signal) ?? { kind: 'unfinished', resumeAt: order.now, metadata: {} }
      );
  }
}

/** Rejects with the signal, whether or not `act` listens to it. */
async function endingWith<T>(signal: AbortSignal, act: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const end = (): void => aborted.reject(signal.reason);
  signal.addEventListener('abort', end, { once: true });
  try {
    return await Promise.race([act(), aborted.promise]);
  } finally {
    signal.removeEventListener('abort', end);
  }
}

/** What a measurement says that ended with an error, after the attempt to end what it had begun. */
export function withLeftover(message: string, ending: Reading | undefined): string {
  const isLeft = ending?.kind === 'verdict' && ending.phase === 'Error';
  return isLeft ? `${message}; what it has begun goes on: ${ending.message ?? ''}` : message;
}

function follow(signal: AbortSignal, act: () => void): void {
  if (signal.aborted) act();
  else signal.addEventListener('abort', act, { once: true });
}

function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message === '' ? 'the measurement failed without a reason' : message;
}
