/** What the page is told about a scene. */
import { expect, test } from 'vitest';
import type { RolloutView } from '../../../src/core/view/view.ts';
import type { Scene } from '../../../examples/demo/scene.ts';
import { pageAnswer, pageStateOf } from '../../../examples/demo/page/state.ts';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);

const STABLE = {
  replicaSet: 'web-a',
  hash: 'a',
  revision: 1,
  images: ['demo:blue'],
  desired: 2,
  ready: 2,
  available: 2,
  scaleDownAt: null,
};

const VIEW: RolloutView = {
  namespace: 'default',
  name: 'web',
  phase: 'Paused',
  message: '',
  progress: 'underWay',
  replicas: 2,
  steps: [
    { text: 'setWeight: 25', state: 'done', endsAt: null },
    { text: 'pause: 30s', state: 'current', endsAt: NOW + 18_000 },
  ],
  weight: { lowest: 250, highest: 250, total: 1000 },
  stable: STABLE,
  canary: { ...STABLE, revision: 2, images: ['demo:bad-green'], ready: 0 },
  retired: [],
  services: [],
  routes: [],
  waitsFor: {
    reason: 'PausedAtStep',
    message: 'paused at step 2',
    since: NOW - 12_000,
    until: null,
    needsPerson: true,
  },
  commands: ['promote', 'abort'],
};

const SCENE: Scene = {
  now: NOW,
  view: VIEW,
  traffic: { counted: 200, percentOf: { blue: 74, green: 26 }, answered: 1234, failed: 3 },
  analysis: null,
  pageUrl: null,
  events: [],
  advice: [],
  chapters: [],
  keys: [],
};

test('both sides, with what was asked for and what they get', () => {
  expect(pageStateOf(SCENE)).toMatchObject({
    rollout: 'default/web',
    phase: 'Paused',
    stable: { version: 'blue', revision: 1, ready: 2, desired: 2, asked: 75, measured: 74 },
    canary: { version: 'green', revision: 2, ready: 0, desired: 2, asked: 25, measured: 26 },
    requests: { counted: 200, answered: 1234, failed: 3 },
  });
});

test('steps, the wait and what can be done', () => {
  expect(pageStateOf(SCENE)).toMatchObject({
    steps: [
      { text: 'setWeight: 25', state: 'done', rest: '' },
      { text: 'pause: 30s', state: 'current', rest: '18 s left' },
    ],
    waitsFor: { message: 'paused at step 2', time: 'for 12 s', needsPerson: true },
    commands: ['promote', 'abort'],
  });
});

test.each([
  { image: 'demo:green', asked: ['green'] },
  { image: 'demo:bad-green', asked: [] },
])(
  'with $image the colours that are asked for are $asked, so that a good one can follow a bad one',
  ({ image, asked }) => {
    const view = { ...VIEW, canary: { ...STABLE, images: [image] } };
    const marked = pageStateOf({ ...SCENE, view })?.colours.filter((one) => one.asked);
    expect(marked?.map(({ name }) => name)).toEqual(asked);
  },
);

test('while a release is running no bad version can be released, and the page says why', () => {
  expect(pageStateOf(SCENE)?.whyNoBadVersion).toBe('a release is running');
  const settled = { ...VIEW, progress: 'settled' as const };
  expect(pageStateOf({ ...SCENE, view: settled })?.whyNoBadVersion).toBeNull();
});

test('what was measured, with what was concluded', () => {
  const bad = { at: NOW, outcome: 'Failed' as const, percent: 33.3, requests: 21, message: '' };
  const analysis = {
    run: 'web-a-2',
    hash: 'a',
    revision: 2,
    version: 'green',
    phase: 'Failed' as const,
    limitPercent: 10,
    measurements: [bad],
    message: 'Metric "errors" assessed Failed',
  };
  expect(pageStateOf({ ...SCENE, analysis })?.analysis).toEqual({
    run: 'web-a-2',
    revision: 2,
    version: 'green',
    phase: 'Failed',
    limitPercent: 10,
    measurements: [bad],
    sentence:
      'Went back by itself: Metric "errors" assessed Failed. 33.3 % of the requests of green failed, at most 10 % may.',
  });
});

test('one version alone', () => {
  const view = { ...VIEW, canary: null, waitsFor: null, weight: { lowest: 0, highest: 0, total: 100 } };
  expect(pageStateOf({ ...SCENE, view, traffic: null })).toMatchObject({
    stable: { asked: 100, measured: null },
    canary: null,
    requests: { counted: 0, answered: 0, failed: 0 },
    waitsFor: null,
  });
});

test('two sides that say the same cannot be told apart', () => {
  const view = { ...VIEW, canary: { ...STABLE, images: ['demo:bad-blue'] } };
  expect(pageStateOf({ ...SCENE, view })).toMatchObject({ stable: { measured: null }, canary: { measured: null } });
});

test('before there is a Rollout', () => {
  expect(pageStateOf({ ...SCENE, view: null })).toBeNull();
});

test('a square is a version, or a failure of one', () => {
  const answer = { sentAt: 1, doneAt: 2, version: 'red', fresh: false };
  expect(pageAnswer({ ...answer, status: 200 })).toEqual({ version: 'red', failed: false });
  expect(pageAnswer({ ...answer, status: 500 })).toEqual({ version: 'red', failed: true });
});
