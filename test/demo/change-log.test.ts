/** What is written where nothing can be redrawn: news, and measurements now and then. */
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import type { RolloutView } from '../../src/core/view/view.ts';
import type { AnalysisView } from '../../examples/demo/analysis.ts';
import { ChangeLog } from '../../examples/demo/change-log.ts';
import type { Reading } from '../../examples/demo/meter.ts';

const REVISION = {
  replicaSet: 'web-a',
  hash: 'a',
  revision: 1,
  images: ['demo:blue'],
  desired: 1,
  ready: 1,
  available: 1,
  scaleDownAt: null,
};

const VIEW: RolloutView = {
  namespace: 'default',
  name: 'web',
  phase: 'Paused',
  message: '',
  progress: 'underWay',
  replicas: 1,
  steps: [],
  weight: { lowest: 20, highest: 20, total: 100 },
  stable: REVISION,
  canary: { ...REVISION, images: ['demo:green'] },
  retired: [],
  services: [],
  routes: [],
  waitsFor: null,
  commands: [],
};

function linesAfter(moments: readonly { readonly now: number; readonly traffic: Reading | null }[]): readonly string[] {
  const out = new PassThrough({ encoding: 'utf8' });
  const log = new ChangeLog(out);
  for (const { now, traffic } of moments) {
    log.show({
      now,
      traffic,
      view: VIEW,
      analysis: null,
      pageUrl: null,
      events: [],
      advice: [],
      chapters: [],
      keys: [],
    });
  }
  const text = (out.read() ?? '') as string;
  return text
    .split('\n')
    .filter((line) => line.includes('measured'))
    .map((line) => line.replace(/^.*measured +/, ''));
}

function reading(green: number, answered: number, failed = 0): Reading {
  return { counted: 200, percentOf: { blue: 100 - green, green }, answered, failed };
}

test('a share that changes is told every ten seconds, one that stays is not', () => {
  const now = 1_000_000;
  const lines = linesAfter([
    { now, traffic: reading(0, 200) },
    { now: now + 1_000, traffic: reading(5, 220) },
    { now: now + 10_000, traffic: reading(20.4, 400) },
    { now: now + 20_000, traffic: reading(19.6, 600) },
  ]);
  expect(lines).toEqual([
    'stable 100.0 %  canary 0.0 %  of the last 200; 200 requests, 0 failed',
    'stable 79.6 %  canary 20.4 %  of the last 200; 400 requests, 0 failed',
  ]);
});

test('a failure is told at once', () => {
  const now = 1_000_000;
  const lines = linesAfter([
    { now, traffic: reading(20, 200) },
    { now: now + 1_000, traffic: reading(20, 220, 1) },
    { now: now + 2_000, traffic: reading(20, 240, 1) },
  ]);
  expect(lines.map((line) => line.split('; ')[1])).toEqual(['200 requests, 0 failed', '220 requests, 1 failed']);
});

test('an analysis is told when it begins, when the outcome of its measurements changes, and when it ends', () => {
  const measured = (outcome: 'Successful' | 'Failed', percent: number) =>
    ({ at: 0, outcome, percent, requests: 20, message: '' }) as const;
  const begun: AnalysisView = {
    run: 'web-a-2',
    hash: 'a',
    revision: 2,
    version: 'green',
    phase: 'Running',
    limitPercent: 10,
    measurements: [],
    message: '',
  };
  const good = [measured('Successful', 0)];
  const bad = [...good, measured('Failed', 35)];
  const out = new PassThrough({ encoding: 'utf8' });
  const log = new ChangeLog(out);
  for (const analysis of [
    begun,
    { ...begun, measurements: good },
    { ...begun, measurements: [...good, ...good] },
    { ...begun, measurements: bad },
    { ...begun, measurements: bad, phase: 'Failed' as const, message: 'failed (1) > failureLimit (0)' },
  ]) {
    const scene = { now: 0, traffic: null, view: VIEW, analysis, pageUrl: null, events: [], advice: [], keys: [] };
    log.show({ ...scene, chapters: [] });
  }
  const told = ((out.read() ?? '') as string).split('\n').filter((line) => line.includes('analysis'));
  expect(told.map((line) => line.replace(/^.*analysis +/, ''))).toEqual([
    'web-a-2 Running. Serin is about to measure green.',
    'web-a-2 Running. 0.0 % of 20 requests failed, at most 10 % may: Successful. Serin measures green until the release is over.',
    'web-a-2 Running. 35.0 % of 20 requests failed, at most 10 % may: Failed. Serin measures green until the release is over.',
    'web-a-2 Failed. 35.0 % of 20 requests failed, at most 10 % may: Failed. Went back by itself: failed (1) > failureLimit (0). 35.0 % of the requests of green failed, at most 10 % may.',
  ]);
});

test('without requests nothing is measured', () => {
  expect(linesAfter([{ now: 1_000_000, traffic: null }])).toEqual([]);
});
