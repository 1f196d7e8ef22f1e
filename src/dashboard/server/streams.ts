/** All streams that are open, with a sign of life for each from time to time. */
import type { Clock } from '../../runtime/clock.ts';
import type { Outlet } from './outlet.ts';
import { HttpProblem } from './problem.ts';

const KEEP_ALIVE_MS = 15_000;
const MOST = 1000;

export class Streams {
  readonly #clock: Clock;
  readonly #outlets = new Set<Outlet>();
  #cancel = (): void => undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#beat();
  }

  get size(): number {
    return this.#outlets.size;
  }

  /** Throws a problem when there are too many already. */
  checkRoom(): void {
    if (this.#outlets.size >= MOST) throw new HttpProblem(503, 'too many streams are open at once');
  }

  /** `limitMs`: after which it ends, so that its reader comes again and is asked who they are; `null`: never. */
  add(outlet: Outlet, limitMs: number | null): void {
    this.#outlets.add(outlet);
    outlet.onEnd(() => this.#outlets.delete(outlet));
    if (limitMs !== null) outlet.onEnd(this.#clock.setTimer(limitMs, () => outlet.end()));
  }

  stop(): void {
    this.#cancel();
    for (const outlet of this.#outlets) outlet.end();
  }

  #beat(): void {
    this.#cancel = this.#clock.setTimer(KEEP_ALIVE_MS, () => {
      for (const outlet of this.#outlets) outlet.keepAlive();
      this.#beat();
    });
  }
}
