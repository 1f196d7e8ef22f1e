/** Blue-green under load: switches, aborts and ways back, and nobody but the active revision answers in between. */
import { describe, expect } from 'vitest';
import type { BlueGreenStrategy } from '../../src/api/schema/blue-green.ts';
import { blueGreenRollout, twoServices } from '../apiserver/manifests.ts';
import type { Answer } from '../testbed/data-plane/answers.ts';
import type { Load } from '../testbed/data-plane/load.ts';
import { abort, promote } from './commands.ts';
import { rounds } from './extent.ts';
import { colour, imageOf, until } from './rollout.ts';
import { test } from './test.ts';
import type { Traffic } from './traffic.ts';

const REPLICAS = 4;
const PER_SECOND = 205;
/** How many answers are looked at once the proxy must have heard of everything. */
const AFTERWARDS = 100;

class Stage {
  readonly #traffic: Traffic;
  readonly #strategy: Partial<BlueGreenStrategy>;
  readonly #wrong: Answer[] = [];
  #used = 0;

  constructor(traffic: Traffic, strategy: Partial<BlueGreenStrategy>) {
    this.#traffic = traffic;
    this.#strategy = { autoPromotionEnabled: false, ...strategy };
  }

  /** The first version serves, and the load has begun. */
  async open(): Promise<Load> {
    const { session, name, host, wayIn } = this.#traffic;
    await session.apply(...twoServices(name), wayIn.plainWay(name, host), this.#manifest(colour(0)));
    await this.served(colour(0));
    return await this.#traffic.load({ perSecond: PER_SECOND });
  }

  /** The next version stands beside the active one. */
  async preview(): Promise<string> {
    this.#used += 1;
    const version = colour(this.#used);
    await this.#traffic.session.apply(this.#manifest(version));
    await until(this.#traffic, { phase: 'Paused', preview: imageOf(version) });
    return version;
  }

  async promoted(version: string): Promise<void> {
    await promote(this.#traffic.session, this.#traffic.name);
    await this.served(version);
  }

  async aborted(): Promise<void> {
    await abort(this.#traffic.session, this.#traffic.name);
    await until(this.#traffic, { phase: 'Degraded', aborted: true });
  }

  async takenBackTo(version: string): Promise<void> {
    await this.#traffic.session.apply(this.#manifest(version));
    await this.served(version);
  }

  async served(version: string): Promise<void> {
    await until(this.#traffic, { phase: 'Healthy', active: imageOf(version), preview: imageOf(version) });
  }

  /** From now on, the propagation allowed for, only this version may answer. */
  async answersWith(version: string, load: Load): Promise<void> {
    await this.#traffic.propagated();
    this.#wrong.push(...(await load.next(AFTERWARDS)).notFrom(version));
  }

  async close(scenario: string, load: Load): Promise<void> {
    const answers = await load.stop();
    const note = `${answers.perSecond().toFixed(0)} a second`;
    await this.#traffic.account(answers.all, { scenario, wrong: this.#wrong, note });
  }

  #manifest(version: string) {
    const { name } = this.#traffic;
    return blueGreenRollout({ name, replicas: REPLICAS, image: imageOf(version), blueGreen: this.#strategy });
  }
}

describe.for<{ readonly name: string; readonly strategy: Partial<BlueGreenStrategy> }>([
  { name: 'blue-green', strategy: { scaleDownDelaySeconds: 5 } },
  { name: 'blue-green without a delay', strategy: { scaleDownDelaySeconds: 0 } },
  { name: 'blue-green with a small preview', strategy: { previewReplicaCount: 1, scaleDownDelaySeconds: 5 } },
])('$name', ({ name, strategy }) => {
  test('promotions and aborts', async ({ traffic }) => {
    const stage = new Stage(traffic, { ...strategy, abortScaleDownDelaySeconds: 1 });
    await using load = await stage.open();
    const count = rounds(6);
    let active = colour(0);
    for (let round = 0; round < count; round += 1) {
      const version = await stage.preview();
      await stage.answersWith(active, load);
      if (round % 3 === 2) {
        await stage.aborted();
      } else {
        await stage.promoted(version);
        active = version;
      }
      await stage.answersWith(active, load);
    }
    await stage.close(`${count} switches and aborts, ${name}`, load);
    expect((await traffic.session.look(traffic.name)).stableImage).toBe(imageOf(active));
  });
});

test('back to what was active a moment ago', async ({ traffic }) => {
  const stage = new Stage(traffic, { scaleDownDelaySeconds: 60 });
  await using load = await stage.open();
  const count = rounds(5);
  for (let round = 0; round < count; round += 1) {
    await stage.promoted(await stage.preview());
    await stage.takenBackTo(colour(0));
    await stage.answersWith(colour(0), load);
  }
  await stage.close(`${count} switches and ways back, blue-green`, load);
});
