/** The pictures of rollouts and experiments, line by line. */
import { describe, expect, test } from 'vitest';
import type { AnalysisRunView } from '../../src/core/view/analysis-run.ts';
import type { ReplicaSetView } from '../../src/core/view/replica-set.ts';
import type { RolloutView } from '../../src/core/view/view.ts';
import { stateSpan, runSpan } from '../../src/cli/print/icons.ts';
import { rolloutLines } from '../../src/cli/print/rollout.ts';
import { aligned } from '../../src/cli/print/table.ts';
import { line, painted, span } from '../../src/cli/print/text.ts';
import { OUTLINE } from '../core/view/sample-view.ts';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const CREATED = NOW - 3 * 60_000;

function replicaSet(name: string, change: Partial<ReplicaSetView>): ReplicaSetView {
  return {
    name,
    hash: name,
    revision: 1,
    status: 'Healthy',
    createdAt: CREATED,
    roles: [],
    images: ['web:1'],
    desired: 1,
    current: 1,
    ready: 1,
    available: 1,
    scaleDownAt: null,
    pods: [],
    ...change,
  };
}

const RUN: AnalysisRunView = {
  name: 'web-2-pre',
  revision: 2,
  phase: 'Successful',
  message: '',
  type: 'PrePromotion',
  createdAt: CREATED,
  measurements: { successful: 3, failed: 0, inconclusive: 0, error: 1 },
  jobs: [{ name: '0f.smoke.1', metric: 'smoke', phase: 'Successful', startedAt: NOW - 60_000 }],
};

const POD = {
  name: 'web-b-x1',
  status: 'CrashLoopBackOff',
  createdAt: CREATED,
  readyContainers: 0,
  containers: 1,
  restarts: 4,
};

const VIEW: RolloutView = {
  ...OUTLINE,
  namespace: 'shop',
  name: 'web',
  createdAt: CREATED,
  phase: 'Paused',
  message: 'CanaryPauseStep',
  progress: 'underWay',
  replicas: 2,
  steps: [
    { text: 'setWeight: 20', state: 'done', endsAt: null },
    { text: 'pause', state: 'current', endsAt: null },
  ],
  stepsDone: 1,
  share: { asked: 20, observed: { lowest: 0, highest: 20, total: 100 } },
  weight: null,
  images: [
    { image: 'web:1', roles: ['active', 'stable'] },
    { image: 'web:2', roles: [] },
  ],
  stable: null,
  canary: null,
  retired: [],
  revisions: [
    {
      revision: 2,
      replicaSets: [replicaSet('web-b', { roles: ['canary'], status: 'Progressing', pods: [POD] })],
      experiments: [],
      analysisRuns: [RUN],
    },
    {
      revision: 1,
      replicaSets: [replicaSet('web-a', { roles: ['stable', 'active'], scaleDownAt: NOW + 22_000 })],
      experiments: [],
      analysisRuns: [],
    },
  ],
  services: [],
  routes: [],
  waitsFor: { reason: 'PausedAtStep', message: 'paused at step 2', since: null, until: null, needsPerson: true },
  commands: ['promote', 'promoteFull', 'abort'],
};

function picture(view: RolloutView): string {
  return rolloutLines(view, NOW)
    .map((one) => painted(one, 'none'))
    .join('\n');
}

test('a rollout, whole', () => {
  expect(picture(VIEW)).toBe(`Name:            web
Namespace:       shop
Status:          ॥ Paused
Message:         CanaryPauseStep
Waits for:       paused at step 2 (a person: promote, promote --full, abort)
Strategy:        Canary
  Step:          1/2
  SetWeight:     20
  ActualWeight:  0 to 20
Images:          web:1 (active, stable)
                 web:2
Replicas:
  Desired:       2
  Current:       2
  Updated:       1
  Ready:         2
  Available:     2

NAME                   KIND         STATUS              AGE  INFO
⟳ web                  Rollout      ॥ Paused            3m
├──# revision:2
│  ├──⧉ web-b          ReplicaSet   ◌ Progressing       3m   canary
│  │  └──□ web-b-x1    Pod          ✖ CrashLoopBackOff  3m   ready:0/1,restarts:4
│  └──α web-2-pre      AnalysisRun  ✔ Successful        3m   ✔ 3,⚠ 1
│     └──⊞ 0f.smoke.1  Job          ✔ Successful        60s
└──# revision:1
   └──⧉ web-a          ReplicaSet   ✔ Healthy           3m   stable,active,delay:22s`);
});

describe('what it waits for', () => {
  test.each([
    { name: 'nothing', waitsFor: null, says: null },
    {
      name: 'a time',
      waitsFor: { reason: 'r', message: 'paused', since: null, until: NOW + 30_000, needsPerson: false },
      says: 'Waits for:       paused (ends in 30s)',
    },
    {
      name: 'the cluster, as the message says already',
      waitsFor: { reason: 'r', message: 'CanaryPauseStep', since: null, until: null, needsPerson: false },
      says: null,
    },
  ])('$name', ({ waitsFor, says }) => {
    const lines = picture({ ...VIEW, waitsFor }).split('\n');
    expect(lines.find((one) => one.startsWith('Waits for:')) ?? null).toBe(says);
  });
});

test.each([
  ['Running', '✔'],
  ['ContainerCreating', '◌'],
  ['Init:0/2', '◌'],
  ['Init:CrashLoopBackOff', '⚠'],
  ['ImagePullBackOff', '⚠'],
  ['ErrImagePull', '⚠'],
  ['CrashLoopBackOff', '✖'],
  ['ExitCode:3', '✖'],
  ['ScaledDown', '•'],
])('a pod or ReplicaSet that is %s: %s', (state, icon) => {
  expect(stateSpan(state).text).toBe(`${icon} ${state}`);
});

test.each([
  ['', '◷ Pending'],
  ['Running', '◌ Running'],
  ['Inconclusive', '? Inconclusive'],
  ['Error', '⚠ Error'],
  ['Failed', '✖ Failed'],
])('a run that is "%s": %s', (phase, text) => {
  expect(runSpan(phase).text).toBe(text);
});

describe('lines', () => {
  test('are aligned by what they show, and end without blanks', () => {
    const rows = aligned([
      [line('a'), line(span('long', 'good')), line('x')],
      [line('bcd'), line(), line()],
    ]);
    expect(rows.map((one) => painted(one, 'none'))).toEqual(['a    long  x', 'bcd']);
  });

  test('have the colours that a terminal has', () => {
    const one = line('is ', span('good', 'good'));
    expect(painted(one, 'many')).toBe('is \u001B[38;5;28mgood\u001B[0m');
    expect(painted(one, 'basic')).toBe('is \u001B[32mgood\u001B[0m');
    expect(painted(one, 'none')).toBe('is good');
  });

  test('are cut where a terminal would wrap them', () => {
    expect(painted(line('is ', span('very good', 'good')), 'none', 8)).toBe('is very…');
    expect(painted(line('is good'), 'none', 7)).toBe('is good');
  });
});
