/**
 * What is true of every run, whatever is measured and whenever the controller dies: random lives, each from a seed.
 */
import { expect, test } from 'vitest';
import type { AnalysisRun, MetricResult } from '../../../src/api/schema/analysis-run.ts';
import { isOutcome } from '../../../src/core/analysis/phases.ts';
import type { Metric, Reading } from '../../../src/core/analysis/provider.ts';
import type { Judge } from '../../../src/core/analysis/record.ts';
import { deepEqual } from '../../../src/kube/merge-patch.ts';
import { parseTime } from '../../../src/kube/time.ts';
import { Random } from '../../simulation/random.ts';
import { metric, run } from './build-run.ts';
import { AnalysisHistory, verdict, type Answer } from './looks.ts';

const SECRET = 'hunter2"<secret>';
const OUTCOMES = ['Successful', 'Failed', 'Error', 'Inconclusive'] as const;

const judge: Judge = ({ successCondition = '' }, result) =>
  result.type === 'float' && result.value > 0.3
    ? { phase: 'Successful' }
    : { phase: 'Failed', message: `not ${successCondition}` };

function drawMetric(random: Random, name: string): Metric {
  const interval = random.chance(0.7) ? { interval: random.pick(['1ms', '1s', '30s', '10m']) } : {};
  const consecutiveSuccessLimit = random.chance(0.3) ? random.between(1, 3) : 0;
  const failureLimit = consecutiveSuccessLimit > 0 && random.chance(0.3) ? -1 : random.between(0, 2);
  return metric(name, {
    ...interval,
    ...(random.chance(0.3) ? { initialDelay: random.pick(['0s', '5s', '2m', '500h']) } : {}),
    ...('interval' in interval && random.chance(0.6) ? { count: random.between(5, 12) } : {}),
    failureLimit: 'interval' in interval ? failureLimit : Math.min(failureLimit, 0),
    inconclusiveLimit: 'interval' in interval ? random.between(0, 2) : 0,
    ...(random.chance(0.3) ? { consecutiveErrorLimit: random.between(0, 3) } : {}),
    ...('interval' in interval || failureLimit === -1 ? { consecutiveSuccessLimit } : {}),
    successCondition: 'result == "{{args.token}}"',
  });
}

function drawRun(random: Random): AnalysisRun {
  const names = ['a', 'b', 'c'].slice(0, random.between(1, 3));
  return run({
    metrics: names.map((name) => drawMetric(random, name)),
    args: [{ name: 'token', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }],
    ...(random.chance(0.3) ? { dryRun: [{ metricName: random.pick(names) }] } : {}),
    ...(random.chance(0.3) ? { measurementRetention: [{ metricName: '.*', limit: random.between(1, 4) }] } : {}),
    ...(random.chance(0.3) ? { ttlStrategy: { secondsAfterCompletion: random.between(0, 100) } } : {}),
  });
}

function drawReading(random: Random, now: number): Reading {
  const metadata = { echo: `token ${SECRET}` };
  return random.weighted<() => Reading>([
    [
      5,
      () => ({
        kind: 'value',
        result: { type: 'float', value: random.next() },
        text: JSON.stringify(SECRET),
        metadata,
      }),
    ],
    [2, () => ({ ...verdict(random.pick(OUTCOMES), SECRET), metadata })],
    [2, () => ({ kind: 'unfinished', resumeAt: now + random.pick([0, NaN, -1, 700, 20_000]), metadata: { id: 'j' } })],
  ])();
}

/** What was measured to the end, by metric, as the provider saw it. */
type Taken = Map<string, string[]>;

/** What the counters and measurements say of what was measured, more or less than that. */
function countProblems(result: MetricResult, outcomes: readonly string[], retention: number): readonly string[] {
  const count = (phase: string) => outcomes.filter((outcome) => outcome === phase).length;
  const inARow = (phase: string) => outcomes.length - 1 - outcomes.findLastIndex((outcome) => outcome !== phase);
  const expected = {
    count: outcomes.length - count('Error'),
    successful: count('Successful'),
    failed: count('Failed'),
    inconclusive: count('Inconclusive'),
    error: count('Error'),
    consecutiveSuccess: inARow('Successful'),
    consecutiveError: inARow('Error'),
  };
  const { measurements = [] } = result;
  const ended = measurements.filter(({ finishedAt }) => finishedAt !== undefined).map(({ phase }) => phase);
  return broken({
    ...Object.fromEntries(
      Object.entries(expected).map(([name, number]) => [
        `${name} is ${number}`,
        (result[name as keyof typeof expected] ?? 0) === number,
      ]),
    ),
    'no more measurements are kept than asked for': measurements.length <= retention,
    'the newest measurements are kept': deepEqual(ended, outcomes.slice(outcomes.length - ended.length)),
    'at most one measurement is in flight': measurements.length - ended.length <= 1,
  }).map((problem) => `${result.name}: ${problem}`);
}

/** The names of what does not hold. */
function broken(rules: Readonly<Record<string, boolean>>): readonly string[] {
  return Object.keys(rules).filter((name) => rules[name] === false);
}

interface Life {
  readonly history: AnalysisHistory;
  readonly random: Random;
  readonly taken: Taken;
  /** What the providers said in the last look: the metric, the number, and how the measurement ended, if it did. */
  readonly heard: { readonly metric: string; readonly number: number; readonly phase: string | null }[];
}

/** How a reading ends its measurement, told without the code under test. */
function endOf(reading: Reading, act: string): string | null {
  if (reading.kind === 'verdict') return reading.phase;
  if (reading.kind === 'unfinished') return act === 'terminate' ? 'Inconclusive' : null;
  return reading.result.type === 'float' && reading.result.value > 0.3 ? 'Successful' : 'Failed';
}

/** One look, and what is wrong after it. The controller dies before the write now and then, and the life goes on as if nothing was. */
function lookProblems({ history, random, taken, heard }: Life): readonly string[] {
  const before = history.status;
  if (random.chance(0.15)) {
    history.lookOnly();
    return [];
  }
  heard.length = 0;
  const { decision, plan } = history.look();
  for (const { metric: name, phase } of heard) {
    if (phase !== null) taken.set(name, [...(taken.get(name) ?? []), phase]);
  }
  const { status, now } = history;
  const isOver = isOutcome(status.phase);
  const retention = history.run.spec.measurementRetention?.[0]?.limit ?? 10;
  const results = status.metricResults ?? [];
  const isKept = ({ name, phase, ...rest }: MetricResult) =>
    !isOutcome(phase) || deepEqual({ name, phase, ...rest }, history.result(name));
  return [
    ...results.flatMap((result) => countProblems(result, taken.get(result.name) ?? [], retention)),
    ...broken({
      'a complete metric stays as it is': (before.metricResults ?? []).every(isKept),
      'a finished run stays as it is': !isOutcome(before.phase) || deepEqual(status, before),
      'a run has not begun later than now': (parseTime(status.startedAt) ?? Infinity) <= now,
      'a run has an end when it is over': (status.completedAt !== undefined) === isOver,
      'a finished run has finished metrics': !isOver || results.every(({ phase }) => isOutcome(phase)),
      'a run wakes up until it is over': (decision.wakeAt === null) === isOver,
      'nothing is to be done in the past': (decision.wakeAt ?? now) >= now && (plan.requeueAfterMs ?? 0) >= 0,
      'no secret is stored': !JSON.stringify(status).includes('hunter2'),
    }),
  ];
}

/** Wakes up when the run asks for it: then something is due, or the run ends. Other events wake it at any time. */
function wakeProblems({ history, random }: Life): readonly string[] {
  const { decision, plan } = history.lookOnly();
  if (random.chance(0.3)) {
    history.now += random.between(0, 5_000);
    return [];
  }
  // An alarm of a look that is not written yet does not count.
  if (decision.wakeAt === null || plan.writes.length > 0) return [];
  history.now = decision.wakeAt;
  const next = history.lookOnly();
  return broken({ 'no alarm is in vain': next.round.due.length > 0 || isOutcome(next.decision.status.phase) });
}

function newLife(seed: number, lateAnswers?: (random: Random, now: number) => Reading): Life {
  const random = new Random(seed);
  const readings = random.split('readings');
  const heard: Life['heard'] = [];
  const answer: Answer = ({ due, order }, now) => {
    if (readings.chance(0.05)) return null;
    const late = due.act === 'terminate' ? lateAnswers : undefined;
    const reading = late === undefined ? drawReading(readings, now) : late(readings, now);
    heard.push({ metric: due.metric, number: order.number, phase: endOf(reading, due.act) });
    return reading;
  };
  const secrets = new Map([['s', { k: SECRET }]]);
  return {
    history: new AnalysisHistory(drawRun(random.split('spec')), { answer, judge, secrets }),
    random,
    taken: new Map(),
    heard,
  };
}

const SEEDS = Array.from({ length: 250 }, (_, seed) => seed);

test.each(SEEDS)('seed %d: counters, measurements, phases and alarms agree at every look', (seed) => {
  const life = newLife(seed);
  const { history, random } = life;
  const endsAt = random.chance(0.4) ? random.between(0, 20) : Infinity;
  const problems: string[] = [];
  for (let count = 0; count < 60 && !history.isDeleted; count++) {
    if (count >= endsAt) history.edit({ terminate: true });
    problems.push(...lookProblems(life), ...wakeProblems(life));
  }
  expect(problems).toEqual([]);
});

test.each(SEEDS)('seed %d: a run that is ended is over soon, and did not fail by that alone', (seed) => {
  const life = newLife(seed, (random, now) =>
    random.pick<Reading>([
      verdict('Inconclusive'),
      verdict('Successful'),
      { kind: 'unfinished', resumeAt: now, metadata: {} },
    ]),
  );
  const { history, random } = life;
  const looks = random.between(0, 12);
  for (let count = 0; count < looks; count++) {
    history.look();
    history.now += random.between(0, 40_000);
  }
  const dry = new Set(history.status.metricResults?.filter(({ dryRun }) => dryRun === true).map(({ name }) => name));
  const wasLost = (history.status.metricResults ?? []).some(
    ({ name, phase }) => !dry.has(name) && (phase === 'Failed' || phase === 'Error'),
  );
  history.edit({ terminate: true });
  const begun = history.tasks.length;
  for (let count = 0; count < 20 && !isOutcome(history.status.phase); count++) history.look();
  expect(history.tasks.slice(begun).every(({ due }) => due.act === 'terminate')).toBe(true);
  expect(isOutcome(history.status.phase)).toBe(true);
  expect(wasLost || ['Successful', 'Inconclusive'].includes(history.status.phase ?? '')).toBe(true);
});

test.each(SEEDS.slice(0, 100))(
  'seed %d: a measurement has a number of its own, and keeps it until it is recorded',
  (seed) => {
    const { history, heard } = newLife(seed);
    const next = new Map<string, number>();
    for (let count = 0; count < 40 && !isOutcome(history.status.phase); count++) {
      heard.length = 0;
      const { decision } = history.look();
      for (const { metric: name, number, phase } of heard) {
        expect(number).toBe(next.get(name) ?? 1);
        next.set(name, phase === null ? number : number + 1);
      }
      history.now = decision.wakeAt ?? history.now;
    }
    expect(next.size).toBeGreaterThan(0);
  },
);
