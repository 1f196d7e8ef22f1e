/** Every strategy there is, in its kinds, held to the contract. */
import type { BlueGreenStrategy } from '../../src/api/schema/blue-green.ts';
import type { CanaryStrategy } from '../../src/api/schema/canary.ts';
import type { CanaryStep } from '../../src/api/schema/steps.ts';
import { blueGreenStrategy } from '../../src/core/strategies/blue-green/blue-green-strategy.ts';
import { recallBlueGreen } from '../../src/core/strategies/blue-green/memory.ts';
import { canaryStrategy } from '../../src/core/strategies/canary/canary-strategy.ts';
import { recallCanary } from '../../src/core/strategies/canary/memory.ts';
import { blueGreen, buildSituation, routed } from '../core/build-world.ts';
import { strategyContract } from './strategy.ts';

const STEPS: CanaryStep[] = [{ setWeight: 20 }, { pause: {} }, { setWeight: 60 }, { pause: { duration: 10 } }];
const HEADERS: CanaryStep[] = [
  { setCanaryScale: { replicas: 1 } },
  { setHeaderRoute: { name: 'testers', match: [{ headerName: 'X-Tester', headerValue: { exact: 'yes' } }] } },
  { pause: {} },
];

const CANARIES: Readonly<Record<string, CanaryStrategy>> = {
  'canary without steps': {},
  'canary with steps': { steps: STEPS },
  'canary with Services': { steps: STEPS, stableService: 'web-stable', canaryService: 'web-canary' },
  'canary through nginx': routed({ steps: STEPS }),
  'canary through nginx without steps': routed(),
  'canary by header': routed({
    steps: HEADERS,
    trafficRouting: { nginx: { stableIngress: 'web' }, managedRoutes: [{ name: 'testers' }] },
  }),
  'canary whose stable side shrinks': routed({ steps: STEPS, dynamicStableScale: true }),
  'canary with an empty router': { ...routed({ steps: STEPS }), trafficRouting: {} },
};

for (const [name, strategy] of Object.entries(CANARIES)) {
  strategyContract(name, {
    strategy: canaryStrategy,
    recall: recallCanary,
    situation: (scene) => buildSituation({ ...scene, strategy }),
    maxWeight: 100,
    stepCount: strategy.steps?.length ?? 0,
  });
}

const BLUE_GREENS: Readonly<Record<string, BlueGreenStrategy>> = {
  'blue-green by itself': blueGreen(),
  'blue-green by a person': blueGreen({ autoPromotionEnabled: false }),
  'blue-green by time': blueGreen({ autoPromotionSeconds: 60 }),
  'blue-green with a small preview': blueGreen({ autoPromotionEnabled: false, previewReplicaCount: 1 }),
  'blue-green without a preview Service': { activeService: 'web' },
  'blue-green without delays': blueGreen({ scaleDownDelaySeconds: 0, abortScaleDownDelaySeconds: 0 }),
};

for (const [name, strategy] of Object.entries(BLUE_GREENS)) {
  strategyContract(name, {
    strategy: blueGreenStrategy,
    recall: recallBlueGreen,
    situation: (scene) => buildSituation({ ...scene, blueGreen: strategy }),
    maxWeight: 0,
    stepCount: 0,
  });
}
