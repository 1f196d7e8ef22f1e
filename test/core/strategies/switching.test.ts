/**
 * Strategy, router and names are changed on a live Rollout, in every state that it may be in (spec 10.7): whatever
 * serves goes on serving, nothing is promoted by an edit, and what the former strategy remembered is forgotten.
 */
import { describe, expect, test } from 'vitest';
import { ANNOTATIONS, LABELS } from '../../../src/api/labels.ts';
import type { Rollout, RolloutSpec } from '../../../src/api/rollout.ts';
import { productionService } from '../../../src/api/named-services.ts';
import { decideRollout } from '../../../src/core/rollout/decide.ts';
import { templateHashOf } from '../../../src/core/rollout/replica-sets.ts';
import type { RolloutWorld } from '../../../src/core/rollout/world.ts';
import type { JsonObject } from '../../../src/kube/json.ts';
import type { PatchWrite, Write } from '../../../src/kube/plan.ts';
import { formatTime } from '../../../src/kube/time.ts';
import { patched } from '../../simulation/cluster/merge-patch.ts';
import { blueGreen, buildWorld, hashOf, ingress, NOW, routed, type WorldOptions } from '../build-world.ts';

const STEPS = [{ setWeight: 50 }, { pause: {} }];
const NAMES = { stableService: 'web-stable', canaryService: 'web-canary' };
const BOTH = { activeService: 'web-stable', previewService: 'web-canary' };
const V1 = { version: 'v1', size: 10 };
const LONG_AGO = formatTime(NOW - 3_600_000);
const SOON = formatTime(NOW + 20_000);
const WAITING = { [ANNOTATIONS.scaleDownDeadline]: SOON };

type Strategy = NonNullable<RolloutSpec['strategy']>;

const AT_PAUSE = {
  currentStepIndex: 1,
  controllerPause: true,
  canary: { pausedStepIndex: 1 },
  pauseConditions: [{ reason: 'CanaryPauseStep', startTime: LONG_AGO }],
};
const HELD = { controllerPause: true, pauseConditions: [{ reason: 'BlueGreenPause', startTime: LONG_AGO }] };
const PROMOTED = {
  stable: 'v2',
  revisions: [
    { ...V1, annotations: WAITING },
    { version: 'v2', size: 10 },
  ],
};
const ON_TRIAL = { revisions: [V1, { version: 'v2', size: 5 }] };
const WHOLE = { revisions: [V1, { version: 'v2', size: 10 }] };
const ABORTED = { abort: true, abortedAt: LONG_AGO };

const CANARY_STATES: Readonly<Record<string, WorldOptions>> = {
  settled: { revisions: [V1] },
  'coming up': { revisions: [V1, { version: 'v2', size: 5, available: 2 }] },
  'at a pause': { ...ON_TRIAL, split: { weight: 50 }, status: AT_PAUSE },
  'paused by the user at a pause': { ...ON_TRIAL, split: { weight: 50 }, status: AT_PAUSE, spec: { paused: true } },
  aborted: { ...ON_TRIAL, status: { ...ABORTED, currentStepIndex: 0 } },
  'aborted a moment ago': { ...ON_TRIAL, split: { weight: 50 }, status: { abort: true, currentStepIndex: 1 } },
  'promoted, its former revision waits': PROMOTED,
  'superseded at a pause': {
    revisions: [V1, { version: 'v2', size: 5 }, { version: 'v3' }],
    selects: { 'web-canary': 'v2' },
    split: { weight: 50 },
  },
};

const BLUE_GREEN_STATES: Readonly<Record<string, WorldOptions>> = {
  settled: { revisions: [V1] },
  'coming up': { revisions: [V1, { version: 'v2', size: 10, available: 2 }] },
  'before the switch': { ...WHOLE, status: HELD },
  'paused by the user before the switch': { ...WHOLE, status: HELD, spec: { paused: true } },
  'switched, and not written down': { ...WHOLE, selects: { 'web-stable': 'v2' } },
  aborted: { ...WHOLE, status: ABORTED },
  'aborted after the switch': { ...WHOLE, selects: { 'web-stable': 'v2' }, status: ABORTED },
  'after the switch, its former revision waits': PROMOTED,
};

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
      replicas: 10,
      ...more,
      ...(canary === undefined ? {} : { strategy: canary }),
      ...(both === undefined ? {} : { blueGreen: both }),
    });
  const before = worldOf(source, { version: 'v2', ...options, ...versionOf(options) });
  const untaken = { 'web-main': null, 'web-trial': null };
  const added = worldOf(target, { revisions: [V1], split: null, selects: untaken });
  const main = target.canary?.stableService ?? 'web-stable';
  return {
    ...before,
    services: new Map([...added.services, ...before.services]),
    endpoints: new Map([...added.endpoints, ...before.endpoints]),
    ingresses: new Map([...added.ingresses, ['front', frontOf(main)], ...before.ingresses]),
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

function isPatchOf(plural: string) {
  return (write: Write): write is PatchWrite => write.op === 'patch' && write.resource.plural === plural;
}

/** The status once the plan is carried out. */
function statusAfter(world: RolloutWorld, writes: readonly Write[]): NonNullable<Rollout['status']> {
  const rollout = writes
    .filter(isPatchOf('rollouts'))
    .reduce<JsonObject>((seen, { patch }) => patched(seen, patch), world.rollout as unknown as JsonObject);
  return (rollout['status'] ?? {}) as NonNullable<Rollout['status']>;
}

interface Size {
  readonly hash: string;
  readonly from: number;
  readonly to: number;
  readonly available: number;
}

function sizesAfter({ replicaSets }: RolloutWorld, writes: readonly Write[]): readonly Size[] {
  return replicaSets.map((one) => {
    const resized = writes
      .filter(isPatchOf('replicasets'))
      .filter(({ name }) => name === one.metadata.name)
      .flatMap(({ patch }) => (patch['spec'] as { replicas?: number } | undefined)?.replicas ?? []);
    const from = one.spec.replicas ?? 1;
    return { hash: templateHashOf(one), from, to: resized[0] ?? from, available: one.status?.availableReplicas ?? 0 };
  });
}

function selectedIn({ services }: RolloutWorld, service: string): string {
  return services.get(service)?.spec.selector?.[LABELS.podTemplateHash] ?? '';
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
    const weighted = [...world.ingresses.values()].some(({ metadata }) =>
      Object.entries(metadata.annotations ?? {}).some(([key, value]) => key.endsWith('canary-weight') && value !== '0'),
    );
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
    const moves = writes.filter(isPatchOf('services')).filter(({ name }) => name === 'web-stable');
    const named = JSON.stringify(target).includes('web-stable');
    const hashes = moves.flatMap(({ patch }) => {
      const { selector } = (patch['spec'] ?? {}) as { selector?: Record<string, string | null> };
      return selector === undefined ? [] : [selector[LABELS.podTemplateHash]];
    });
    expect(hashes.filter((hash) => hash !== (named ? status.stableRS : null))).toEqual([]);
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
