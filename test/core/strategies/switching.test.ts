/**
 * Strategy, router and names are changed on a live Rollout, in every state that it may be in (spec 10.7): whatever
 * serves goes on serving, nothing is promoted by an edit, and what the former strategy remembered is forgotten.
 */
import { describe, expect, test } from 'vitest';
import { ANNOTATIONS } from '../../../src/api/words/labels.ts';
import { productionService } from '../../../src/api/schema/named-services.ts';
import type { RolloutSpec } from '../../../src/api/schema/rollout.ts';
import { decideRollout } from '../../../src/core/rollout/decide.ts';
import { templateHashOf } from '../../../src/core/observed/replica-sets.ts';
import type { RolloutWorld } from '../../../src/core/observed/world.ts';
import { ingressesIn } from '../../../src/core/traffic/nginx/observed.ts';
import { blueGreen, buildWorld, hashOf, ingress, routed, type WorldOptions } from '../build-world.ts';
import { BLUE_GREEN_STATES, CANARY_STATES, REPLICAS, STEPS } from '../live-states.ts';
import { routedIngresses } from '../routed-ingresses.ts';
import { selectedIn, selectionsOf, sizesAfter, statusAfter } from '../plan-effects.ts';

const NAMES = { stableService: 'web-stable', canaryService: 'web-canary' };
const BOTH = { activeService: 'web-stable', previewService: 'web-canary' };

type Strategy = NonNullable<RolloutSpec['strategy']>;

const ROUTED: Strategy = { canary: routed({ steps: STEPS }) };
const UNROUTED: Strategy = { canary: { ...NAMES, steps: STEPS } };
const renamed = (names: object): Strategy => ({ canary: routed({ steps: STEPS, ...names }) });

const TARGETS: Readonly<Record<string, Strategy>> = {
  'blue-green': { blueGreen: blueGreen(BOTH) },
  'blue-green with a small preview': { blueGreen: blueGreen({ ...BOTH, previewReplicaCount: 1 }) },
  'blue-green that asks': { blueGreen: blueGreen({ ...BOTH, autoPromotionEnabled: false }) },
  'a canary without a router': UNROUTED,
  'a canary without a router or steps': { canary: NAMES },
  'a canary with smaller steps, without a router': { canary: { ...NAMES, steps: [{ setWeight: 10 }, { pause: {} }] } },
  'a canary through nginx': ROUTED,
  'another stable Ingress': renamed({ trafficRouting: { nginx: { stableIngress: 'front' } } }),
  'another canary Service': renamed({ canaryService: 'web-trial' }),
  'another stable Service': renamed({
    stableService: 'web-main',
    trafficRouting: { nginx: { stableIngress: 'front' } },
  }),
};

const SOURCES: Readonly<Record<string, readonly [Strategy, Readonly<Record<string, WorldOptions>>]>> = {
  'a canary through nginx': [ROUTED, CANARY_STATES],
  'a canary without a router': [UNROUTED, CANARY_STATES],
  'blue-green': [{ blueGreen: blueGreen(BOTH) }, BLUE_GREEN_STATES],
  'blue-green that asks': [{ blueGreen: blueGreen({ ...BOTH, autoPromotionEnabled: false }) }, BLUE_GREEN_STATES],
};

const EDITS = Object.entries(SOURCES).flatMap(([from, [source, states]]) =>
  Object.entries(states).flatMap(([state, options]) =>
    Object.entries(TARGETS)
      .filter(([, target]) => target !== source)
      .map(([to, target]) => ({ name: `${from}, ${state}, becomes ${to}`, source, options, target })),
  ),
);

/** What is there when the user has written another strategy; Services and Ingresses of new names are there as well. */
function edited(source: Strategy, options: WorldOptions, target: Strategy): RolloutWorld {
  const worldOf = ({ canary, blueGreen: both }: Strategy, more: WorldOptions) =>
    buildWorld({
      replicas: REPLICAS,
      ...more,
      ...(canary === undefined ? {} : { strategy: canary }),
      ...(both === undefined ? {} : { blueGreen: both }),
    });
  const before = worldOf(source, { version: 'v2', ...options, ...versionOf(options) });
  const untaken = { 'web-main': null, 'web-trial': null };
  const added = worldOf(target, { revisions: [{ version: 'v1', size: REPLICAS }], split: null, selects: untaken });
  const main = target.canary?.stableService ?? 'web-stable';
  return {
    ...before,
    services: new Map([...added.services, ...before.services]),
    endpoints: new Map([...added.endpoints, ...before.endpoints]),
    routed: routedIngresses([...ingressesIn(added).values(), frontOf(main), ...ingressesIn(before).values()]),
    rollout: {
      ...before.rollout,
      metadata: { ...before.rollout.metadata, generation: 8 },
      spec: { ...before.rollout.spec, strategy: target },
    },
  };
}

function versionOf({ revisions = [] }: WorldOptions): WorldOptions {
  return { version: revisions.at(-1)?.version ?? 'v1' };
}

function frontOf(service: string) {
  const backend = { service: { name: service, port: { name: 'http' } } };
  const paths = [{ path: '/', pathType: 'Prefix', backend }];
  return ingress('front', {
    spec: { ingressClassName: 'nginx', rules: [{ host: 'front.example.com', http: { paths } }] },
  });
}

function sendsToCanary(world: RolloutWorld): boolean {
  return [...ingressesIn(world).values()].some(({ metadata }) =>
    Object.entries(metadata.annotations ?? {}).some(([key, value]) => key.endsWith('canary-weight') && value !== '0'),
  );
}

describe.each(EDITS)('$name', ({ source, options, target }) => {
  const world = edited(source, options, target);
  const { writes } = decideRollout(world);
  const status = statusAfter(world, writes);

  test('is a valid edit, and promotes nothing that has a gate before it', () => {
    expect(status.message ?? '').not.toContain('InvalidSpec');
    const { canary, blueGreen: both } = target;
    const isGated = canary?.steps !== undefined || both?.autoPromotionEnabled === false || source.canary !== undefined;
    const hasSwitched = selectedIn(world, 'web-stable') === hashOf('v2') && both !== undefined;
    const before = world.rollout.status?.stableRS;
    expect(isGated && !hasSwitched ? status.stableRS : before).toBe(before);
  });

  test('takes no pods from where requests are sent', () => {
    const weighted = sendsToCanary(world);
    // Where production leads to now is what the user has just written.
    const production = productionService(world.rollout);
    const serving = [selectedIn(world, production), ...(weighted ? [selectedIn(world, 'web-canary')] : [])];
    const sizes = sizesAfter(world, writes);
    expect(sizes.reduce((sum, { to, available }) => sum + Math.min(to, available), 0)).toBeGreaterThanOrEqual(8);
    // Without a router the pods are the traffic, and one of them has to stay.
    const isBasic = target.blueGreen === undefined && target.canary?.trafficRouting === undefined;
    const taken = sizes.filter(({ from, to }) => to < (isBasic ? Math.min(1, from) : from));
    expect(taken.filter(({ hash }) => serving.includes(hash))).toEqual([]);
  });

  test('moves the Service of production to the stable revision, if anywhere', () => {
    const named = JSON.stringify(target).includes('web-stable');
    const hashes = selectionsOf(writes, 'web-stable');
    expect(hashes.filter((hash) => hash !== (named ? status.stableRS : null))).toEqual([]);
  });

  test('points the Service that a canary Ingress still leads to at no other revision', () => {
    const [selected, selections] = [selectedIn(world, 'web-canary'), selectionsOf(writes, 'web-canary')];
    const isTried = (hash: string | null) => hash !== selected && hash !== null && hash !== status.stableRS;
    expect(sendsToCanary(world) ? selections.filter(isTried) : []).toEqual([]);
  });

  test('remembers nothing of the strategy before', () => {
    const former = target.blueGreen === undefined ? ['blueGreen'] : ['canary', 'currentStepIndex', 'currentStepHash'];
    expect(Object.keys(status).filter((field) => former.includes(field))).toEqual([]);
    const reasons = (status.pauseConditions ?? []).map(({ reason }) => reason);
    expect(reasons).not.toContain(target.blueGreen === undefined ? 'BlueGreenPause' : 'CanaryPauseStep');
  });

  test('keeps a former revision for the delay that it was promised', () => {
    const waiting = world.replicaSets.filter(
      ({ metadata }) => metadata.annotations?.[ANNOTATIONS.scaleDownDeadline] !== undefined,
    );
    // Without a router pods are the traffic, and a former revision has no delay.
    const promised = target.canary?.trafficRouting !== undefined || target.blueGreen !== undefined;
    const gone = sizesAfter(world, writes).filter(
      ({ hash, from, to }) => to < from && waiting.some((one) => templateHashOf(one) === hash),
    );
    expect(promised ? gone : []).toEqual([]);
  });
});

test('a router that is removed at a pause lets go of its requests first, and looks again', () => {
  const target = TARGETS['a canary with smaller steps, without a router'] ?? {};
  const { writes, requeueAfterMs } = decideRollout(edited(ROUTED, CANARY_STATES['at a pause'] ?? {}, target));
  const [emptied, ...more] = writes.filter(({ resource }) => resource.plural === 'ingresses');
  expect(emptied).toMatchObject({ op: 'apply', name: 'web-web-canary' });
  expect(more).toEqual([]);
  expect(requeueAfterMs).toBeLessThanOrEqual(6000);
});
