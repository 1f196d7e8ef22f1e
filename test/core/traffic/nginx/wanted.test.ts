/** What proxies are asked for, and what their answer does to a wait (ADR 29). */
import { describe, expect, test } from 'vitest';
import { heldWhileSettling } from '../../../../src/core/acts/settling.ts';
import { stateOf, wantedOfProxies } from '../../../../src/core/traffic/nginx/wanted.ts';
import { ingressesIn } from '../../../../src/core/traffic/nginx/observed.ts';
import { nginxRouter } from '../../../../src/core/traffic/nginx/router.ts';
import { proxyWaitOf, removableAt } from '../../../../src/core/traffic/routers.ts';
import type { Situation } from '../../../../src/core/observed/situation.ts';
import { buildSituation, NAMESPACE, NOW, routed, type WorldOptions } from '../../build-world.ts';
import { withIngresses } from '../../routed-ingresses.ts';

const AT = NOW - 1_000;
const KNOWN = AT + 6_000;

/** The former revision is to go. */
const PROMOTED: WorldOptions = {
  revisions: [
    { version: 'v1', size: 5 },
    { version: 'v2', size: 5 },
  ],
  stable: 'v2',
};

function waiting(options: WorldOptions = {}): Situation {
  return buildSituation({
    strategy: routed(),
    split: { weight: 20, headerRoutes: [] },
    splitWrittenAt: AT,
    ...PROMOTED,
    ...options,
  });
}

function shown(situation: Situation, settledAt: number, state = stateOf(situation)): Situation {
  return { ...situation, world: { ...situation.world, proxiesShow: { state, settledAt } } };
}

describe('proxies are asked', () => {
  test('for the weight and the ports of each canary Ingress, until the known time is over', () => {
    const situation = waiting();
    const wait = proxyWaitOf(situation);
    expect(wait?.until).toBe(KNOWN);
    expect(wait?.wanted.routes).toMatchObject([
      {
        namespace: NAMESPACE,
        name: 'web',
        className: 'nginx',
        stableService: 'web-stable',
        canaryService: 'web-canary',
        weight: 20,
        weightTotal: null,
        leadsByRule: false,
      },
    ]);
    expect(wait?.wanted.routes[0]?.ports).toHaveLength(1);
    expect(wait?.wanted.services.map(({ name }) => name)).toEqual(['web-stable', 'web-canary']);
  });

  test.each<{ readonly name: string; readonly options: WorldOptions }>([
    { name: 'once the known time is over', options: { splitWrittenAt: NOW - 60_000 } },
    { name: 'where the operator has set a time', options: { propagationMs: 60_000 } },
    {
      name: 'where the author of the Rollout has set a time',
      options: { annotations: { 'serin.dev/traffic-propagation-time': '1m' } },
    },
    { name: 'where nothing was written', options: { split: null } },
    { name: 'where no revision is to lose all of its pods', options: { stable: 'v1' } },
    { name: 'without a router', options: { strategy: { steps: [] } } },
  ])('for nothing $name', ({ options }) => {
    expect(proxyWaitOf(waiting(options))).toBeNull();
  });

  test('still, when they have shown it: what they have shown stays known until the known time is over', () => {
    const situation = waiting();
    expect(proxyWaitOf(shown(situation, NOW - 1))).toEqual(proxyWaitOf(situation));
  });

  test('for a header rule as well, which no view can prove', () => {
    const headerRoutes = [{ name: 'testers', matches: [{ headerName: 'X-Tester', headerValue: { exact: 'yes' } }] }];
    const wanted = wantedOfProxies(waiting({ split: { weight: 20, headerRoutes } }));
    expect(wanted?.routes).toMatchObject([{ leadsByRule: true }]);
  });
});

describe('what all proxies have shown', () => {
  test('lets a whole revision be removed early, and pods of one that serves no earlier', () => {
    expect(nginxRouter.settledAt(shown(waiting(), NOW - 1))).toBe(KNOWN);
    const situation = waiting();
    const [one] = situation.all;
    if (one === undefined) throw new Error('there is a revision');
    const to = (replicas: number) => [{ replicaSet: one, replicas, why: 'test' }];
    const held = (sizes: ReturnType<typeof to>, emptyAt: number) =>
      heldWhileSettling(situation, KNOWN, sizes, emptyAt).length === 0;
    expect(held(to(0), NOW)).toBe(false);
    expect(held(to(0), NOW + 1)).toBe(true);
    expect(held(to(1), NOW)).toBe(true);
    expect(held(to(9), NOW + 1)).toBe(false);
  });

  test('ends the wait of one that serves no more early', () => {
    expect(removableAt(shown(waiting(), NOW + 500))).toBe(NOW + 500);
  });

  test('never makes it longer', () => {
    expect(removableAt(shown(waiting(), KNOWN + 5_000))).toBe(KNOWN);
  });

  test('proves nothing once an Ingress has another version', () => {
    const before = waiting();
    const ingresses = [...ingressesIn(before.world).values()].map((one) => ({
      ...one,
      metadata: { ...one.metadata, resourceVersion: `${one.metadata.resourceVersion}1` },
    }));
    const after = shown({ ...before, world: withIngresses(before.world, ingresses) }, NOW, stateOf(before));
    expect(removableAt(after)).toBe(KNOWN);
  });

  test('proves nothing once a pod joins a Service', () => {
    const after = waiting({ endpoints: { 'web-stable': [{ podName: 'web-new', ready: true, terminating: false }] } });
    expect(removableAt(shown(after, NOW, stateOf(waiting())))).toBe(KNOWN);
  });

  test('is the same in whichever order and slices the endpoints come', () => {
    const [one, other] = ['a', 'b'].map((podName) => ({ podName, ready: true, terminating: false }));
    if (one === undefined || other === undefined) throw new Error('two endpoints');
    const of = (endpoints: readonly (typeof one)[]) => stateOf(waiting({ endpoints: { 'web-stable': endpoints } }));
    expect(of([one, other])).toBe(of([other, one, one]));
  });
});
