/** Blue-green as the rest of the core knows it. */
import type { Situation } from '../../observed/situation.ts';
import type { Strategy, StrategyView } from '../strategy.ts';
import { blueGreenSpecOf } from './blue-green-spec.ts';
import { decideBlueGreen } from './blue-green.ts';
import { pauseEnd } from './gate.ts';
import { holdBlueGreen } from './held.ts';
import { BLUE_GREEN_FIELDS } from './memory.ts';

export const blueGreenStrategy: Strategy = {
  name: 'blueGreen',
  decide: decideBlueGreen,
  hold: holdBlueGreen,
  ownFields: BLUE_GREEN_FIELDS,
  view,
  skipSteps: () => ({}),
  pausesAgain: () => false,
};

/** All requests go to one of the two revisions, without steps in between. */
function view(situation: Situation): StrategyView {
  const pauseEndsAt = pauseEnd(blueGreenSpecOf(situation), situation.status.pauseConditions ?? []);
  const { activeSelector, previewSelector } = situation.status.blueGreen ?? {};
  return {
    steps: [],
    stepsDone: 0,
    pauseEndsAt,
    totalWeight: 100,
    askedWeight: null,
    // Once promoted, the preview Service follows the active one.
    rolesOf: (hash) => (hash === activeSelector ? ['active'] : hash === previewSelector ? ['preview'] : []),
  };
}
