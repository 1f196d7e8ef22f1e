/**
 * What a real Traefik shows of a canary (answers/README.md), and what it is found to lack. Each answer is of one state of
 * the cluster, and is held against the others as well: no wait may end by an answer to something else.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { traefikLacks, traefikViewOf, type TraefikView } from '../../../../src/core/traffic/nginx/traefik-view.ts';
import type { ReadyAddresses, WantedRoute } from '../../../../src/core/traffic/wanted-of-proxies.ts';

const STATES = ['weight-20', 'weight-0', 'header', 'terminating', 'no-canary-pods'] as const;
type State = (typeof STATES)[number];

function answer(state: State): unknown {
  return JSON.parse(readFileSync(join(import.meta.dirname, 'answers', `traefik-${state}.json`), 'utf8'));
}

function viewOf(state: State): TraefikView {
  const view = traefikViewOf(answer(state));
  if (view === null) throw new Error(`${state} is no view`);
  return view;
}

const ROUTE: WantedRoute = {
  namespace: 'shop',
  name: 'web',
  className: 'nginx',
  stableService: 'web',
  canaryService: 'web-canary',
  ports: ['80'],
  weight: 20,
  weightTotal: null,
  leadsByRule: false,
};

function addresses(stable: readonly string[], canary: readonly string[]): ReadyAddresses {
  return new Map([
    ['web', stable],
    ['web-canary', canary],
  ]);
}

const BOTH = ['10.0.0.1', '10.0.0.2'];
const CANARY = ['10.0.0.3'];

/** What each answer shows; header rules, pods that leave and a canary without pods are never shown. */
const SHOWN: readonly { readonly state: State; readonly route: WantedRoute; readonly ready: ReadyAddresses }[] = [
  { state: 'weight-20', route: ROUTE, ready: addresses(BOTH, CANARY) },
  { state: 'weight-0', route: { ...ROUTE, weight: 0 }, ready: addresses(CANARY, CANARY) },
];

describe.each(SHOWN)('after $state', ({ state, route, ready }) => {
  test('its own answer lacks nothing', () => {
    expect(traefikLacks(viewOf(state), route, ready)).toBeNull();
  });

  test.each(STATES.filter((one) => one !== state))('the answer after %s does not do', (other) => {
    expect(traefikLacks(viewOf(other), route, ready)).not.toBeNull();
  });
});

describe('an answer does not do', () => {
  const lackOf = (route: Partial<WantedRoute>, ready = addresses(BOTH, CANARY), state: State = 'weight-20') =>
    traefikLacks(viewOf(state), { ...ROUTE, ...route }, ready);

  test.each<{
    readonly name: string;
    readonly route?: Partial<WantedRoute>;
    readonly ready?: ReadyAddresses;
    readonly why: string;
  }>([
    { name: 'for another weight', route: { weight: 21 }, why: 'does not show the weight 21 of 100' },
    { name: 'for another total', route: { weightTotal: 200 }, why: 'does not show the weight 20 of 200' },
    {
      name: 'for another Ingress',
      route: { name: 'api' },
      why: 'has no route to the weighted service shop-api-web-80-wrr',
    },
    { name: 'for another port', route: { ports: ['80', 'admin'] }, why: 'has no route to the weighted service' },
    { name: 'for no port', route: { ports: [] }, why: 'has no path for the stable Service' },
    { name: 'for an endpoint more', ready: addresses([...BOTH, '10.0.0.4'], CANARY), why: 'the 3 ready endpoints' },
    { name: 'for an endpoint fewer', ready: addresses(['10.0.0.1'], CANARY), why: 'the 1 ready endpoints' },
    {
      name: 'for another endpoint of the canary',
      ready: addresses(BOTH, ['10.0.0.4']),
      why: 'of shop-web-web-80-canary',
    },
    { name: 'where the endpoints are not known', ready: new Map(), why: 'does not list shop-web-web-80' },
    { name: 'for a rule', route: { leadsByRule: true }, why: 'has rules for headers or cookies' },
  ])('$name', ({ route = {}, ready, why }) => {
    expect(lackOf(route, ready)).toContain(why);
  });

  test('while a rule of before leads to the canary beside the weight', () => {
    expect(lackOf({}, addresses(BOTH, CANARY), 'header')).toBe('still has a route to shop-web-web-80-canary alone');
  });

  test('without a pod of the canary: then the proxy has no canary at all', () => {
    const route = { weight: 150, weightTotal: 200 };
    expect(lackOf(route, addresses(['10.0.0.1'], []), 'no-canary-pods')).toContain(
      'has no route to the weighted service',
    );
  });

  test('while a pod that leaves is kept for its clients', () => {
    expect(lackOf({}, addresses(['10.0.0.1'], CANARY), 'terminating')).toContain('does not show the 1 ready endpoints');
  });

  test.each([{}, null, [], { routers: {} }, 'text', { routers: [], services: {} }])('of another form: %j', (other) => {
    expect(traefikViewOf(other)).toBeNull();
  });
});
