/**
 * A controller of one AnalysisRun in virtual time: it makes the looks that decide-run.ts describes, with providers that
 * a test answers for, and writes what comes of them to the run.
 */
import type { AnalysisRun, MetricResult } from '../../../src/api/schema/analysis-run.ts';
import { decideRun, type RunDecision } from '../../../src/core/analysis/decide-run.ts';
import type { MeasurementMetadata, Metric, Reading } from '../../../src/core/analysis/provider.ts';
import type { Judge } from '../../../src/core/analysis/record.ts';
import { dueMeasurements, openRound, type MeasurementTask, type Round } from '../../../src/core/analysis/round.ts';
import { runPlan } from '../../../src/core/analysis/run-writes.ts';
import type { SecretData } from '../../../src/core/analysis/secrets.ts';
import type { Plan } from '../../../src/kube/plan.ts';
import { NOW } from './build-run.ts';

/** What a provider says to an order; `null` when the controller hears nothing of it. */
export type Answer = (task: MeasurementTask, now: number) => Reading | null;

export interface Tools {
  readonly answer: Answer;
  readonly judge?: Judge;
  readonly secrets?: SecretData;
  readonly describe?: (metric: Metric) => MeasurementMetadata;
}

export interface Look {
  readonly round: Round;
  readonly decision: RunDecision;
  readonly plan: Plan;
}

const STRICT: Judge = (_conditions, result) => ({
  phase: result.type === 'float' && result.value > 0.9 ? 'Successful' : 'Failed',
});

export function value(number: number): Reading {
  return { kind: 'value', result: { type: 'float', value: number }, text: String(number) };
}

export function verdict(phase: 'Successful' | 'Failed' | 'Inconclusive' | 'Error', message?: string): Reading {
  return { kind: 'verdict', phase, ...(message === undefined ? {} : { message }) };
}

export class AnalysisHistory {
  run: AnalysisRun;
  now = NOW;
  isDeleted = false;
  readonly events: string[] = [];
  readonly tasks: MeasurementTask[] = [];
  readonly #tools: Tools;

  constructor(run: AnalysisRun, tools: Tools) {
    this.run = run;
    this.#tools = tools;
  }

  get status(): NonNullable<AnalysisRun['status']> {
    return this.run.status ?? {};
  }

  /** A look without its writes, as of a controller that dies before it. */
  lookOnly(): Look {
    const { answer, judge = STRICT, secrets = new Map(), describe = () => ({}) } = this.#tools;
    const round = dueMeasurements(this.run, this.now);
    const opened = openRound(this.run, round, secrets, this.now);
    const tools = { judge, describe, now: this.now };
    this.tasks.push(...opened.tasks);
    const readings = opened.tasks.flatMap((task) => {
      const reading = answer(task, this.now);
      const { due, order } = task;
      return reading === null
        ? []
        : [{ due, metric: order.metric, startedAt: this.now, finishedAt: this.now, reading }];
    });
    return this.#planned(round, decideRun(this.run, { ...opened, readings }, tools));
  }

  #planned(round: Round, decision: RunDecision): Look {
    return { round, decision, plan: runPlan(this.run, decision, this.now) };
  }

  look(): Look {
    const look = this.lookOnly();
    for (const write of look.plan.writes) {
      this.events.push(...(write.events ?? []).map(({ type, message }) => `${type} ${message}`));
      if (write.op === 'delete') this.isDeleted = true;
      if (write.op !== 'patch') continue;
      const { metadata } = this.run;
      if (write.resourceVersion !== metadata.resourceVersion) throw new Error('the patch has another version');
      const resourceVersion = String(Number(metadata.resourceVersion) + 1);
      this.run = { ...merged(this.run, write.patch), metadata: { ...metadata, resourceVersion } };
    }
    return look;
  }

  /** Looks whenever the one before asks for it, until it asks for nothing or the time is over. */
  lookOn(seconds = Infinity): this {
    const end = this.now + seconds * 1000;
    for (let count = 0; count < 10_000; count++) {
      const { requeueAfterMs } = this.look().plan;
      if (requeueAfterMs === undefined || this.isDeleted || this.now + requeueAfterMs > end) return this;
      this.now += requeueAfterMs;
    }
    throw new Error('the looks find no end');
  }

  edit(spec: Partial<AnalysisRun['spec']>): this {
    this.run = { ...this.run, spec: { ...this.run.spec, ...spec } };
    return this;
  }

  result(name: string): MetricResult | undefined {
    return this.status.metricResults?.find((result) => result.name === name);
  }
}

/** RFC 7386, as the API server merges. */
function merged<T>(target: T, patch: unknown): T {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch as T;
  const result: Record<string, unknown> =
    typeof target === 'object' && target !== null && !Array.isArray(target) ? { ...target } : {};
  for (const [key, item] of Object.entries(patch)) {
    if (item === null) delete result[key];
    else result[key] = merged(result[key], item);
  }
  return result as T;
}
