/**
 * What a user does with a Rollout that is blue-green, beside what users of both strategies do.
 */
import type { JsonObject } from '../../../src/kube/json.ts';
import type { Action, WeightedActions } from './action.ts';
import { COMMON_ACTIONS, stripSelector } from './actions.ts';
import { drawBlueGreen } from './blue-green-spec.ts';
import { ACTIVE_SERVICE, drawSteps, PREVIEW_SERVICE } from './rollout-spec.ts';

const editGate: Action = ({ user, random }) => {
  if (user.rollout.spec.strategy?.blueGreen === undefined) return null;
  const gate = random.pick<JsonObject>([
    { autoPromotionEnabled: false },
    { autoPromotionEnabled: null, autoPromotionSeconds: null },
    { autoPromotionEnabled: null, autoPromotionSeconds: 5 },
    { previewReplicaCount: 1 },
    { previewReplicaCount: null },
  ]);
  user.edit({ strategy: { blueGreen: gate } });
  return `edits the gate: ${JSON.stringify(gate)}`;
};

const editDelays: Action = ({ user, random }) => {
  if (user.rollout.spec.strategy?.blueGreen === undefined) return null;
  const delays = { scaleDownDelaySeconds: random.pick([null, 0, 5]) };
  user.edit({ strategy: { blueGreen: delays } });
  return `edits the delay: ${JSON.stringify(delays)}`;
};

const editRoleMetadata: Action = ({ user, random }) => {
  if (user.rollout.spec.strategy?.blueGreen === undefined) return null;
  const previewMetadata = random.chance(0.4) ? null : { labels: { role: random.pick(['preview', 'trial']) } };
  const activeMetadata = random.chance(0.4) ? null : { labels: { role: 'active' } };
  user.edit({ strategy: { blueGreen: { previewMetadata, activeMetadata } } });
  return 'edits the metadata of roles';
};

/** Either strategy is written in place of the other, with the same Services. */
const switchStrategy: Action = ({ user, random, ledger }) => {
  ledger.noteUpheaval('routing');
  if (user.rollout.spec.strategy?.blueGreen === undefined) {
    user.edit({ strategy: { canary: null, blueGreen: drawBlueGreen(random) } });
    return 'makes the canary blue-green';
  }
  const services = { stableService: ACTIVE_SERVICE, canaryService: PREVIEW_SERVICE };
  user.edit({ strategy: { blueGreen: null, canary: { ...services, steps: drawSteps(random, false) } } });
  return 'makes blue-green a canary';
};

export const BLUE_GREEN_ACTIONS: WeightedActions = [
  ...COMMON_ACTIONS,
  [3, editGate],
  [1, editDelays],
  [1, editRoleMetadata],
  [3, stripSelector],
];

/** The same user changes the strategy in the middle of everything. */
export const SWITCHING_ACTIONS: WeightedActions = [...BLUE_GREEN_ACTIONS, [6, switchStrategy]];
