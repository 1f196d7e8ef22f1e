/** A GitOps tool applies the manifests of Git again every second while releases go on, under load. */
import { expect } from 'vitest';
import { routing } from '../apiserver/manifests.ts';
import type { Answer } from '../testbed/data-plane/answers.ts';
import { SelfHeal } from './self-heal.ts';
import { colour, deploy, imageOf, rolloutOf, until } from './rollout.ts';
import { test } from './test.ts';
import { Walk } from './walk.ts';

const AFTERWARDS = 200;

test('promoted, aborted at 50 %, and back', async ({ traffic }) => {
  await deploy(traffic, colour(0));
  const load = await traffic.load();
  const manifests = (version: string) => [...routing(traffic.name), rolloutOf(traffic, version)];
  const tool = new SelfHeal(traffic.session, manifests, colour(0));
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
