/**
 * Time as one controller process has it: virtual, with a wall clock that may be wrong, and timers that end with it.
 */
import type { Clock } from '../../../src/runtime/clock.ts';
import type { Agenda, Cancel } from '../agenda.ts';
import type { Turns } from '../turns.ts';

interface Options {
  readonly agenda: Agenda;
  readonly turns: Turns;
  readonly wallClock: () => number;
  /** Lets the process do something, now or once it goes on. */
  readonly deliver?: (act: () => void) => void;
}

export class ProcessClock implements Clock {
  readonly #options: Options;
  readonly #timers = new Set<Cancel>();
  #stopped = false;

  constructor(options: Options) {
    this.#options = options;
  }

  now(): number {
    return this.#options.wallClock();
  }

  monotonic(): number {
    return this.#options.agenda.now;
  }

  setTimer(delayMs: number, fire: () => void): Cancel {
    return this.#set(delayMs, fire, (ms, act) => this.#options.agenda.after(ms, act));
  }

  /** The same time for what goes on for ever. */
  get ofRoutines(): Clock {
    const { agenda } = this.#options;
    return {
      now: () => this.now(),
      monotonic: () => this.monotonic(),
      setTimer: (delayMs, fire) => this.#set(delayMs, fire, (ms, act) => agenda.routine(ms, act)),
    };
  }

  #set(delayMs: number, fire: () => void, enter: (ms: number, act: () => void) => Cancel): Cancel {
    if (this.#stopped) return () => {};
    const { turns, deliver = (act) => act() } = this.#options;
    let isCancelled = false;
    const cancelEntry = enter(delayMs, () => {
      deliver(() => {
        if (isCancelled || this.#stopped) return;
        this.#timers.delete(cancel);
        turns.begin();
        fire();
      });
    });
    const cancel = (): void => {
      isCancelled = true;
      this.#timers.delete(cancel);
      cancelEntry();
    };
    this.#timers.add(cancel);
    return cancel;
  }

  /** No timer fires any more. */
  stop(): void {
    this.#stopped = true;
    for (const cancel of this.#timers) cancel();
  }

  /** The same time for what waits only in case that the network fails, which it never does here. */
  get withoutTimers(): Clock {
    return { now: () => this.now(), monotonic: () => this.monotonic(), setTimer: () => () => {} };
  }
}
