/**
 * The fault of a held promotion that brings its pods, in a history of its own: by chance it is found in one of several
 * thousand. Pods come one by one past the last step, and an analysis shows nothing while they do.
 */
import { expect, test } from 'vitest';
import { decideRollout } from '../../../src/core/rollout/decide.ts';
import type { Decide } from '../controller/process.ts';
import { calmHistory } from '../calm-history.ts';
import { Violation } from '../invariants/violation.ts';
import { HELD_PROMOTION_BRINGS_PODS } from './wrong-analyses.ts';

const STRATEGY = {
  canary: {
    maxSurge: 1,
    maxUnavailable: 0,
    analysis: { templates: [{ templateName: 'endless' }], startingStep: 2 },
    steps: [{ setWeight: 20 }, { pause: {} }, { setWeight: 25 }],
  },
};

/** The invariant that does not hold; `null`: all do, and the promotion is held. */
async function found(decide: Decide): Promise<string | null> {
  const history = await calmHistory(STRATEGY, { decide, replicas: 20 });
  try {
    history.user.setImage('');
    await history.runToRest();
    history.cluster.decreeTrials('Inconclusive');
    history.user.readForPromote()();
    await history.runToRest();
  } catch (error) {
    if (error instanceof Violation) return error.invariant;
    throw error;
  }
  const { pauseConditions = [], currentStepIndex } = history.user.status;
  expect(pauseConditions.map(({ reason }) => reason)).toEqual(['InconclusiveAnalysisRun']);
  expect(currentStepIndex).toBe(STRATEGY.canary.steps.length);
  return null;
}

test('the core holds it', async () => {
  expect(await found(decideRollout)).toBeNull();
});

test.each([HELD_PROMOTION_BRINGS_PODS])('$name: $caughtBy', async ({ decide, caughtBy }) => {
  expect(await found(decide)).toBe(caughtBy);
});
