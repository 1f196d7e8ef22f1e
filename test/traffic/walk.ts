/** One release on its way through its stops, driven as a person would, with kubectl alone. It measures nothing. */
import { shows } from '../apiserver/scene.ts';
import { abort, promote, promoteFull } from './commands.ts';
import { imageOf, rolloutOf, STOPS, until, type Kind } from './rollout.ts';
import type { Traffic } from './traffic.ts';

/** The release waits at a stop, or has just left the one before and is on its way to it. */
export interface Moment {
  readonly stop: number;
  readonly onTheWay?: boolean;
}

export class Walk {
  readonly version: string;
  readonly #traffic: Traffic;
  readonly #kind: Kind;
  #reached = -1;
  #waits = false;

  private constructor(traffic: Traffic, version: string, kind: Kind) {
    this.#traffic = traffic;
    this.version = version;
    this.#kind = kind;
  }

  /** The controller has taken the new version in. */
  static async begin(traffic: Traffic, version: string, kind: Kind = {}): Promise<Walk> {
    await traffic.session.apply(rolloutOf(traffic, version, kind));
    await until(traffic, { canaryImage: imageOf(version, kind) });
    return new Walk(traffic, version, kind);
  }

  /** It waits at this one of {@link STOPS}, and has waited at those before. */
  async arriveAt(stop: number): Promise<void> {
    while (this.#reached < stop) {
      await this.leave();
      this.#reached += 1;
      await until(this.#traffic, { phase: 'Paused', canaryImage: this.#image, ...STOPS[this.#reached] });
      this.#waits = true;
    }
  }

  /** It is told to go on from where it waits, if it does; nothing is waited for. */
  async leave(): Promise<void> {
    if (this.#waits) await promote(this.#traffic.session, this.#traffic.name);
    this.#waits = false;
  }

  async comeTo({ stop, onTheWay = false }: Moment): Promise<void> {
    await this.arriveAt(onTheWay ? stop - 1 : stop);
    if (onTheWay) await this.leave();
  }

  /** Through all stops that are left, to the end. Resolves with the version that serves then. */
  async promoted(): Promise<string> {
    await this.arriveAt(STOPS.length - 1);
    await this.leave();
    return await this.#healthy();
  }

  async promotedInFull(): Promise<string> {
    await promoteFull(this.#traffic.session, this.#traffic.name);
    return await this.#healthy();
  }

  /** Resolves with the version that serves then: this one, where the abort came when it had been promoted already. */
  async aborted(): Promise<string> {
    const { session, name } = this.#traffic;
    await abort(session, name);
    const { stableImage } = await this.#traffic.seen(
      `Rollout ${name} to be Degraded by the abort, or Healthy where it came too late`,
      (scene) =>
        shows(scene, { phase: 'Degraded', weight: 0, aborted: true }) ||
        shows(scene, { phase: 'Healthy', weight: 0, stableImage: this.#image }),
    );
    return stableImage.slice(stableImage.lastIndexOf(':') + 1);
  }

  /** The version that served before is asked for again. */
  async takenBackTo(stable: string): Promise<string> {
    await this.#traffic.session.apply(rolloutOf(this.#traffic, stable, this.#kind));
    const image = imageOf(stable, this.#kind);
    await until(this.#traffic, { phase: 'Healthy', weight: 0, canaryImage: image, stableImage: image });
    return stable;
  }

  async #healthy(): Promise<string> {
    await until(this.#traffic, { phase: 'Healthy', weight: 0, stableImage: this.#image });
    return this.version;
  }

  get #image(): string {
    return imageOf(this.version, this.#kind);
  }
}
