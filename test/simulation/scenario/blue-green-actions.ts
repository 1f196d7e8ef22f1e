/**
 * What a user does with a Rollout that is blue-green, beside what users of both strategies do.
 */
import { productionService } from '../../../src/api/schema/named-services.ts';
import type { JsonObject } from '../../../src/kube/json.ts';
import { INGRESSES } from '../../../src/kube/resources.ts';
import type { Action, WeightedActions } from './action.ts';
import { COMMON_ACTIONS, stripSelector } from './actions.ts';
import { drawBlueGreen } from './blue-green-spec.ts';
import {
  ACTIVE_SERVICE,
  CANARY_SERVICE,
  drawSteps,
  nginxRouting,
  PREVIEW_SERVICE,
  STABLE_INGRESSES,
  STABLE_SERVICE,
} from './rollout-spec.ts';

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

/** Either strategy is written in place of the other, with the same Services; where Ingresses lead to them, a canary may use these. */
const switchStrategy: Action = ({ user, random, ledger, cluster }) => {
  ledger.noteUpheaval('routing');
  const production = productionService(user.rollout);
  const [first, second] =
    production === STABLE_SERVICE ? [STABLE_SERVICE, CANARY_SERVICE] : [ACTIVE_SERVICE, PREVIEW_SERVICE];
  if (user.rollout.spec.strategy?.blueGreen === undefined) {
    const { previewService, ...blueGreen } = drawBlueGreen(random);
    const services = { activeService: first, ...(previewService === undefined ? {} : { previewService: second }) };
    user.edit({ strategy: { canary: null, blueGreen: { ...blueGreen, ...services } } });
    return 'makes the canary blue-green';
  }
  const isRouted = cluster.store.list(INGRESSES.plural).length > 0 && random.chance(0.7);
  const nginx = nginxRouting(STABLE_INGRESSES.slice(0, 1));
  const routing = isRouted ? { trafficRouting: { nginx, managedRoutes: [{ name: 'preview' }] } } : {};
  const dynamic = isRouted && random.chance(0.3) ? { dynamicStableScale: true } : {};
  const steps = drawSteps(random, isRouted);
  user.edit({
    strategy: {
      blueGreen: null,
      canary: { stableService: first, canaryService: second, ...routing, ...dynamic, steps },
    },
  });
  return `makes blue-green a canary${isRouted ? ' with a router' : ''}`;
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
