/** Whole releases through objects that routers share with people, decided in virtual time: what is written in which order. */
import { expect, test } from 'vitest';
import type { TrafficRouting } from '../../src/api/schema/traffic-routing.ts';
import type { KubeObject } from '../../src/kube/objects.ts';
import type { ReleasePlan } from '../../src/planning/release.ts';
import { destination, destinationRule, dividedRoute, virtualService } from '../core/istio.ts';
import { traefikService, weightedBackend } from '../core/traefik-services.ts';
import { brief, releasedImage, service, web } from './planned.ts';

function released(trafficRouting: TrafficRouting, ...objects: readonly KubeObject[]): ReleasePlan {
  const canary = {
    stableService: 'web-stable',
    canaryService: 'web-canary',
    trafficRouting,
    steps: [{ setWeight: 25 }, { pause: {} }],
  };
  const base = [service('web-stable'), service('web-canary'), ...objects, web({ strategy: { canary } })];
  return releasedImage('web', base, { longestStartMs: 0 });
}

/** Each write on an object of that kind: when, and what it changes. */
function changesOf({ writes }: ReleasePlan, kind: string): readonly string[] {
  return writes
    .filter((one) => one.kind === kind)
    .flatMap(({ changes, earliestMs }) =>
      changes
        .filter(({ field }) => field.startsWith('spec'))
        .map(
          ({ field, to }) =>
            `${earliestMs / 1000}s ${field.replace(/^spec\./, '')} ${typeof to === 'string' ? to : JSON.stringify(to)}`,
        ),
    );
}

test('a TraefikService gets its weights, and lacks none that its manifest has left out', () => {
  const bare = traefikService('web', [weightedBackend('web-stable'), weightedBackend('web-canary')]);
  const plan = released({ traefik: { weightedTraefikServiceName: 'web' } }, bare);
  expect(changesOf(plan, 'TraefikService')).toEqual([
    '0s weighted.services[web-stable].weight 75',
    '0s weighted.services[web-canary].weight 25',
    '0s weighted.services[web-stable].weight 0',
    '0s weighted.services[web-canary].weight 100',
    '0s weighted.services[web-stable].weight 100',
    '0s weighted.services[web-canary].weight 0',
  ]);
  expect(plan.ending).toBe('healthy');
});

test('behind Istio the weight of a subset waits until the proxies know its pods, and so does the way back from it', () => {
  const subsets = { name: 'web', stableSubsetName: 'stable', canarySubsetName: 'canary' };
  const route = { route: [destination('web:stable', 100), destination('web:canary', 0)] };
  const plan = released(
    { istio: { virtualService: { name: 'web' }, destinationRule: subsets } },
    virtualService('web', dividedRoute(0, 0, route)),
    destinationRule('web', 'web', [{ name: 'stable' }, { name: 'canary' }]),
  );
  const green = plan.to?.hash ?? '';
  const label = 'labels.rollouts-pod-template-hash';
  expect(changesOf(plan, 'DestinationRule').filter((text) => text.endsWith(green))).toEqual([
    `0s subsets[canary].${label} ${green}`,
    `30s subsets[stable].${label} ${green}`,
  ]);
  const weights = changesOf(plan, 'VirtualService').map((text) => [
    text.split(' ')[0],
    ...[...text.matchAll(/"weight":(\d+)/g)].map(([, weight]) => weight),
  ]);
  expect(weights).toEqual([
    ['30s', '75', '25'],
    ['30s', '0', '100'],
    ['60s', '100', '0'],
  ]);
  expect(plan.stages.map(brief)).toEqual([
    'setWeight: 25 4+1 25% 30s-30s',
    'pause 4+1 25% 30s-30s person',
    'promotion 4+4 100% 30s-30s',
    'afterwards 0+4 100% 90s-90s',
  ]);
});
