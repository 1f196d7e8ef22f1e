/** When the demo takes a rollout for paused. */
import { expect, test } from 'vitest';
import { waitsForPromotion } from '../../examples/demo/pause.ts';
import type { Rollout } from '../../src/api/schema/rollout.ts';
import type { RolloutView } from '../../src/core/view/view.ts';

const NEEDS_PERSON = { needsPerson: true } as RolloutView['waitsFor'];

function viewWith(highest: number | null, waitsFor = NEEDS_PERSON): RolloutView {
  const weight = highest === null ? null : { lowest: highest, highest, total: 100 };
  return { phase: 'Paused', waitsFor, weight } as RolloutView;
}

function reporting(weight: number): Rollout {
  const canary = { weights: { canary: { weight }, stable: { weight: 100 - weight } } };
  return { status: { canary } } as Rollout;
}

test.each([
  { when: 'its weight is seen', view: viewWith(50), rollout: reporting(50), waits: true },
  { when: 'the Ingress of the step before is still seen', view: viewWith(20), rollout: reporting(50), waits: false },
  { when: 'no router carries weights', view: viewWith(null), rollout: {} as Rollout, waits: true },
  { when: 'the pause ends by itself', view: viewWith(50, null), rollout: reporting(50), waits: false },
])('$when: waits for a promotion: $waits', ({ view, rollout, waits }) => {
  expect(waitsForPromotion(view, rollout)).toBe(waits);
});
