/** A GitOps tool applies the manifests of Git again every second while releases go on, under load. */
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Answer } from '../testbed/data-plane/answers.ts';
import { colour, deploy, imageOf, rolloutOf, until } from './rollout.ts';
import { test } from './test.ts';
import type { Traffic } from './traffic.ts';
import { Walk } from './walk.ts';

const EVERY_MS = 1000;
const AFTERWARDS = 200;

/** Heals what it takes for drift, by client-side apply, as fast as it can without stopping for breath. */
class SelfHeal {
  readonly #traffic: Traffic;
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;
  #version: string;
  #syncs = 0;

  constructor(traffic: Traffic, version: string) {
    this.#traffic = traffic;
    this.#version = version;
    this.#running = this.#run();
  }

  /** Git says this version from now on, and the tool has synced it once. */
  async commit(version: string): Promise<void> {
    this.#version = version;
    await this.#sync();
  }

  /** Resolves with the number of syncs. Rejects when one was refused. */
  async stop(): Promise<number> {
    this.#stopping.abort();
    await this.#running;
    return this.#syncs;
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      await this.#sync();
      await delay(EVERY_MS);
    }
  }

  async #sync(): Promise<void> {
    const { session } = this.#traffic;
    await session.apply(...this.#traffic.routing, rolloutOf(this.#traffic, this.#version));
    this.#syncs += 1;
  }
}

test('promoted, aborted at 50 %, and back', async ({ traffic }) => {
  await deploy(traffic, colour(0));
  const load = await traffic.load();
  const tool = new SelfHeal(traffic, colour(0));
  const wrong: Answer[] = [];
  const answersWith = async (version: string): Promise<void> => {
    await traffic.propagated();
    wrong.push(...(await load.next(AFTERWARDS)).notFrom(version));
  };

  await tool.commit(colour(1));
  const good = await Walk.begin(traffic, colour(1));
  await answersWith(await good.promoted());

  await tool.commit(colour(2));
  const bad = await Walk.begin(traffic, colour(2));
  await bad.arriveAt(1);
  await answersWith(await bad.aborted());
  // What was aborted is still in Git, and is applied again and again.
  await load.next(AFTERWARDS);
  await until(traffic, { phase: 'Degraded', aborted: true, stableService: imageOf(colour(1)) });

  await tool.commit(colour(1));
  await answersWith(await bad.takenBackTo(colour(1)));
  expect(await tool.stop()).toBeGreaterThan(5);
  await traffic.account((await load.stop()).all, {
    scenario: 'synced from Git every second: promoted, aborted, back',
    wrong,
  });
});
