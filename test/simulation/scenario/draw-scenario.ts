/**
 * Which kind of Rollout a history is about, and what its user knows to do with it.
 */
import type { Random } from '../random.ts';
import type { WeightedActions } from './action.ts';
import { CANARY_ACTIONS } from './actions.ts';
import { BLUE_GREEN_ACTIONS, SWITCHING_ACTIONS } from './blue-green-actions.ts';
import { drawBlueGreenScenario } from './blue-green-spec.ts';
import {
  ACTIVE_SERVICE,
  drawCanaryScenario,
  drawSwitchingCanary,
  STABLE_SERVICE,
  withSelectedRole,
  type Scenario,
} from './rollout-spec.ts';

interface DrawnScenario {
  readonly scenario: Scenario;
  readonly actions: WeightedActions;
}

export function drawScenario(random: Random): DrawnScenario {
  const kind = random.split('strategy').weighted([
    [70, 'canary'],
    [24, 'blue-green'],
    [6, 'switching'],
  ]);
  if (kind === 'canary') {
    return { scenario: withSelectedRole(random, drawCanaryScenario(random), STABLE_SERVICE), actions: CANARY_ACTIONS };
  }
  if (kind === 'blue-green') {
    const scenario = withSelectedRole(random, drawBlueGreenScenario(random), ACTIVE_SERVICE);
    return { scenario, actions: BLUE_GREEN_ACTIONS };
  }
  const isBornBlueGreen = random.split('born').chance(0.5);
  const scenario = isBornBlueGreen ? drawBlueGreenScenario(random) : drawSwitchingCanary(random);
  return { scenario, actions: SWITCHING_ACTIONS };
}
