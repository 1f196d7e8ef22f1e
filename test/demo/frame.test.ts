/**
 * The picture of the demo: it fills the terminal exactly, whatever its size, and leaves out what matters least.
 */
import { describe, expect, test } from 'vitest';
import type { RolloutView } from '../../src/core/view/view.ts';
import type { AnalysisView } from '../../examples/demo/analysis.ts';
import { OUTLINE } from '../core/view/sample-view.ts';
import { frameOf } from '../../examples/demo/frame.ts';
import type { Scene } from '../../examples/demo/scene.ts';
import { painted, textOf } from '../../examples/demo/text.ts';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);

const STABLE = {
  replicaSet: 'web-a',
  hash: '7cddf79c8d',
  revision: 1,
  images: ['demo:blue'],
  desired: 1,
  ready: 1,
  available: 1,
  scaleDownAt: null,
};

const VIEW: RolloutView = {
  ...OUTLINE,
  namespace: 'default',
  name: 'web',
  phase: 'Paused',
  message: 'CanaryPauseStep',
  progress: 'underWay',
  replicas: 1,
  steps: [
    { text: 'setWeight: 25', state: 'done', endsAt: null },
    { text: 'pause: 30s', state: 'current', endsAt: NOW + 18_000 },
    { text: 'setWeight: 50', state: 'next', endsAt: null },
  ],
  weight: { lowest: 25, highest: 25, total: 100 },
  stable: STABLE,
  canary: { ...STABLE, hash: '7cccd8f755', revision: 2, images: ['demo:green'], ready: 0, scaleDownAt: NOW + 72_000 },
  retired: [],
  services: [{ name: 'web', role: 'stable', hash: '7cddf79c8d', selects: 'stable' }],
  routes: [{ name: 'web-canary', says: { 'nginx.ingress.kubernetes.io/canary-weight': '25' } }],
  waitsFor: {
    reason: 'PausedAtStep',
    message: 'paused at step 2',
    since: NOW - 12_000,
    until: NOW + 18_000,
    needsPerson: false,
  },
  commands: ['promote', 'abort'],
};

const SCENE: Scene = {
  now: NOW,
  view: VIEW,
  traffic: null,
  analysis: null,
  pageUrl: null,
  events: Array.from({ length: 60 }, (_, index) => ({
    metadata: { name: `web.${index}`, uid: `${index}`, resourceVersion: `${index}` },
    type: 'Normal',
    reason: 'TrafficWeightUpdated',
    message: `event ${index}`,
    lastTimestamp: '2026-01-02T03:04:05Z',
  })),
  advice: [
    { title: 'promote: go on', commands: [['kubectl', 'patch', 'promote']] },
    { title: 'abort: go back', commands: [['kubectl', 'patch', 'abort']] },
  ],
  chapters: [],
  keys: [
    { key: 'p', does: 'promote', useful: true },
    { key: 'q', does: 'quit', useful: true },
  ],
};

const ANALYSIS: AnalysisView = {
  run: 'web-7cccd8f755-2',
  hash: '7cccd8f755',
  revision: 2,
  version: 'green',
  phase: 'Running',
  limitPercent: 10,
  measurements: [],
  message: 'Metric "failed-requests" assessed Failed due to failed (3) > failureLimit (2)',
};

function textAt(columns: number, rows: number, scene: Scene = SCENE): string {
  return frameOf(scene, { columns, rows })
    .map((row) => painted(row, columns, false))
    .join('\n');
}

describe('sizes', () => {
  test.each([
    [100, 40],
    [220, 60],
    [80, 24],
    [40, 10],
    [20, 3],
    [1, 1],
  ])('%s columns and %s rows are filled, and no row is wider', (columns, rows) => {
    const frame = frameOf(SCENE, { columns, rows });
    expect(frame).toHaveLength(rows);
    expect(Math.max(...frame.map((row) => painted(row, columns, false).length))).toBeLessThanOrEqual(columns);
  });

  test.each([
    { rows: 40, blocks: ['Steps', 'Waits for', 'promote: go on', 'abort: go back', 'Canary Ingress', 'Events'] },
    { rows: 28, blocks: ['Steps', 'Waits for', 'promote: go on', 'abort: go back', 'Canary Ingress'] },
    { rows: 26, blocks: ['Steps', 'Waits for', 'promote: go on', 'abort: go back', 'Events'] },
    { rows: 20, blocks: ['Steps', 'Waits for', 'promote: go on'] },
    { rows: 16, blocks: ['Steps', 'Waits for'] },
  ])('$rows rows show $blocks', ({ rows, blocks }) => {
    const all = ['Steps', 'Waits for', 'promote: go on', 'abort: go back', 'Canary Ingress', 'Events'];
    const text = textAt(100, rows);
    expect(all.filter((block) => text.includes(block))).toEqual(blocks);
  });
});

describe('what is said', () => {
  test('times that pass are counted from now', () => {
    const text = textAt(100, 40);
    expect(text).toContain('pause: 30s  18 s left');
    expect(text).toContain('goes in 1 min 12 s');
    expect(text).toContain('paused at step 2   18 s left');
  });

  test('the weight is a share of the bar', () => {
    const [, stable = '', canary = ''] = /(█+)(▒+)/.exec(textAt(100, 40)) ?? [];
    expect(canary.length / (stable.length + canary.length)).toBe(0.25);
  });

  test('what users get stands beside what was asked for', () => {
    const traffic = { counted: 200, percentOf: { blue: 74.5, green: 25.5 }, answered: 1234, failed: 0 };
    const text = textAt(100, 40, { ...SCENE, traffic, pageUrl: 'http://127.0.0.1:4321/' });
    expect(text).toMatch(/Traffic +1,234 requests, 0 failed\n/);
    expect(text).toMatch(/asked +stable 75 % +canary 25 %\n/);
    expect(text).toMatch(/measured +stable 74\.5 % +canary 25\.5 % +of the last 200\n/);
    expect(text.split('\n')[0]).toContain('http://127.0.0.1:4321/');
  });

  test('before the first answer nothing is measured', () => {
    const traffic = { counted: 0, percentOf: {}, answered: 0, failed: 0 };
    expect(textAt(100, 40, { ...SCENE, traffic })).toMatch(/measured +stable – +canary –\n/);
  });

  test('the last measurement stands beside its limit', () => {
    const measurements = [
      { at: NOW, outcome: 'Failed' as const, percent: 33.3, requests: 21, message: '' },
      { at: NOW, outcome: 'Successful' as const, percent: 4.8, requests: 21, message: '' },
    ];
    expect(textAt(100, 40, { ...SCENE, analysis: { ...ANALYSIS, measurements } })).toMatch(
      /^ Analysis ✓ 4\.8 % {2}at most 10 % /m,
    );
    expect(textAt(100, 40, { ...SCENE, analysis: ANALYSIS })).toMatch(/^ Analysis · – {2}at most 10 % /m);
  });

  test.each([
    { phase: 'Failed' as const, said: /^ Analysis {2}Failed\n {2}Went back by itself: [^]*at most 10 % may\.$/m },
    { phase: 'Inconclusive' as const, said: /^ Analysis {2}Inconclusive\n {2}Paused, because /m },
    { phase: 'Error' as const, said: /^ Analysis {2}Error\n {2}Went back by itself, because green could not/m },
  ])('why a release was given up or paused is said whole, when it is $phase', ({ phase, said }) => {
    const analysis = { ...ANALYSIS, phase };
    const aborted = { ...VIEW, progress: 'aborted' as const };
    const text = textAt(60, 50, { ...SCENE, view: aborted, analysis });
    expect(text).toMatch(said);
    expect(text.replaceAll(/\n {2}/g, ' ')).toContain(ANALYSIS.message);
    const settled = { ...VIEW, progress: 'settled' as const };
    expect(textAt(60, 50, { ...SCENE, view: settled, analysis })).not.toMatch(said);
    expect(textAt(60, 50, { ...SCENE, view: aborted, analysis: { ...analysis, hash: 'other' } })).not.toMatch(said);
  });

  test('why a key does nothing now comes after all keys', () => {
    const keys = [{ key: 'b', does: 'bad version', useful: false, whyNot: 'a release is running' }, ...SCENE.keys];
    const last = textAt(100, 40, { ...SCENE, keys })
      .split('\n')
      .at(-1);
    expect(last).toBe(' b bad version   p promote   q quit   b: a release is running');
    expect(
      textAt(40, 40, { ...SCENE, keys })
        .split('\n')
        .at(-1),
    ).toMatch(/q quit/);
  });

  test('the newest events are at the bottom', () => {
    expect(textAt(100, 40).trimEnd().split('\n').at(-3)).toMatch(/event 59$/);
  });

  test('before there is a Rollout', () => {
    expect(textAt(100, 40, { ...SCENE, view: null })).toContain('does not exist yet');
  });

  test('an unattended demo shows its chapters in the place of commands', () => {
    const text = textAt(100, 40, {
      ...SCENE,
      chapters: [{ title: 'deploy', ms: 2345, outcome: 'blue is Healthy' }],
    });
    expect(text).toMatch(/✓ deploy +2\.3 s {2}blue is Healthy/);
    expect(text).not.toContain('promote: go on');
  });

  test('several canary Ingresses that disagree, and another total', () => {
    const weight = { lowest: 0, highest: 250, total: 1000 };
    const text = textAt(100, 40, { ...SCENE, view: { ...VIEW, weight } });
    expect(text).toContain('stable 750 to 1000 of 1000');
    expect(text).toContain('canary 0 to 250 of 1000');
  });

  test('colours are only in what is sent to a terminal that has them', () => {
    const [header] = frameOf(SCENE, { columns: 100, rows: 40 });
    expect(painted(header ?? [], 100, true)).toContain('\u001B[');
    expect(painted(header ?? [], 100, false)).toBe(textOf(header ?? []).trimEnd());
  });
});
