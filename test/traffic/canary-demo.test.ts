/** The demo that people start with, with real requests: what the weights say is what users get, and no request is lost. */
import { describe, expect } from 'vitest';
import { promote } from '../apiserver/commands.ts';
import type { Load } from '../testbed/data-plane/load.ts';
import { test } from './test.ts';
import type { Traffic } from './traffic.ts';

const ENOUGH = 2_000;
/** This case is the longest of the short form, and at 200 a second counting alone would take half a minute of it. */
const PER_SECOND = 400;

async function firstDeploy(traffic: Traffic): Promise<void> {
  await traffic.applyExamples('canary-demo-services.yaml', 'canary-demo-ingress.yaml', 'canary-demo-rollout.yaml');
  await traffic.session.until('canary-demo', { phase: 'Healthy', weight: 0 });
}

async function measuredShare(traffic: Traffic, load: Load): Promise<number> {
  await traffic.propagated();
  return (await load.next(ENOUGH)).percentOf('green');
}

describe('canary-demo', () => {
  test('20, 50 and 70 % are what users get, and after the promotion only the new version answers', async ({
    traffic,
  }) => {
    const { session } = traffic;
    await firstDeploy(traffic);
    await using load = await traffic.load({ perSecond: PER_SECOND });
    await traffic.applyExamples('canary-demo-rollout-green.yaml');
    const shares: number[] = [];
    for (const { index, weight } of [
      { index: 1, weight: 20 },
      { index: 3, weight: 50 },
      { index: 5, weight: 70 },
    ]) {
      await session.until('canary-demo', { phase: 'Paused', index, weight });
      const share = await measuredShare(traffic, load);
      expect(Math.abs(share - weight)).toBeLessThanOrEqual(traffic.tolerance(weight, ENOUGH));
      shares.push(share);
      await promote(session, 'canary-demo');
    }
    await session.until('canary-demo', { phase: 'Healthy', index: 6, weight: 0 });
    await traffic.propagated();
    const after = await load.next(500);
    await traffic.account((await load.stop()).all, {
      scenario: 'canary-demo, 20, 50, 70 %, promoted',
      wrong: after.notFrom('green'),
      note: `measured ${shares.map((share) => share.toFixed(1)).join(', ')} %`,
    });
  });
});
