/** What a strategy calls progress beside the numbers of pods: the clock of the progress deadline starts again (spec 3.2). */
import { expect, test } from 'vitest';
import { stepHash } from '../../../src/api/schema/step-hash.ts';
import { strategyOf } from '../../../src/core/strategies/strategies.ts';
import { blueGreen, buildSituation, hashOf, type WorldOptions } from '../build-world.ts';

const STEPS = [{ setWeight: 20 }, { pause: {} }];
const CANARY: WorldOptions = { strategy: { steps: STEPS } };
const HELD: WorldOptions = { replicas: 3, blueGreen: blueGreen({ autoPromotionEnabled: false }) };
const REVISIONS = { stable: 'v1', revisions: [{ version: 'v1', size: 3 }, { version: 'v2' }] };
const ACTIVE = { activeSelector: hashOf('v1'), previewSelector: hashOf('v2') };

test.each<WorldOptions & { readonly name: string; readonly moves: boolean }>([
  { name: 'a canary at its step', ...CANARY, moves: false },
  {
    name: 'a canary that goes on to its next step',
    ...CANARY,
    replicas: 5,
    revisions: [
      { version: 'v1', size: 4 },
      { version: 'v2', size: 1 },
    ],
    status: { currentStepIndex: 0 },
    moves: true,
  },
  {
    name: 'a canary with other steps',
    ...CANARY,
    status: { currentStepHash: stepHash([{ setWeight: 1 }]) },
    moves: true,
  },
  { name: 'a canary that was blue-green', ...CANARY, status: { currentStepHash: '', blueGreen: ACTIVE }, moves: true },
  { name: 'blue-green at its gate', ...HELD, moves: false },
  {
    name: 'blue-green whose preview Service follows',
    ...HELD,
    status: { blueGreen: { ...ACTIVE, previewSelector: 'former' } },
    moves: true,
  },
  {
    name: 'blue-green whose active Service follows',
    ...HELD,
    status: { blueGreen: { ...ACTIVE, activeSelector: 'former' } },
    moves: true,
  },
  { name: 'blue-green that was a canary', ...HELD, status: { currentStepHash: stepHash(STEPS) }, moves: true },
])('$name: $moves', ({ name: _name, moves, ...options }) => {
  const situation = buildSituation({ ...REVISIONS, ...options });
  expect(strategyOf(situation.rollout).decide(situation).standing.hasMoved).toBe(moves);
});
