/**
 * The controller of AnalysisRuns in the model: the decision that ships, with providers that always answer "successful" at
 * once. So each run takes as long as its counts and intervals say. A metric that is measured without an end is measured
 * once: what follows would change nothing.
 */
import type { AnalysisRun } from '../../api/schema/analysis-run.ts';
import { decideRun, type DecisionTools } from '../../core/analysis/decide-run.ts';
import { isEndless } from '../../core/analysis/limits.ts';
import { isOutcome } from '../../core/analysis/phases.ts';
import { prepareRun } from '../../core/analysis/prepare-run.ts';
import { dueMeasurements } from '../../core/analysis/round.ts';
import { runPlan } from '../../core/analysis/run-writes.ts';
import { nextWakeAt, resultOf, type DueMeasurement } from '../../core/analysis/schedule.ts';
import { ANALYSIS_RUNS } from '../../kube/resources.ts';
import { parseTime } from '../../kube/time.ts';
import type { Store } from './store.ts';

const SUCCESS = { kind: 'verdict', phase: 'Successful' } as const;

export function settleAnalysisRuns(store: Store): void {
  for (const run of store.list<AnalysisRun>(ANALYSIS_RUNS)) {
    if (isOutcome(run.status?.phase)) continue;
    const { now } = store;
    const due = dueMeasurements(run, now).due.filter((one) => !isRepeated(run, one));
    const readings = due.flatMap((one) => {
      const metric = run.spec.metrics[one.index];
      return metric === undefined ? [] : [{ due: one, metric, startedAt: now, finishedAt: now, reading: SUCCESS }];
    });
    const decision = decideRun(run, { readings, redact: (text) => text, problem: null }, toolsAt(now));
    for (const write of runPlan(run, decision, now).writes) store.make(write);
  }
}

/** When the next measurement that changes anything is due; `null` when none is. */
export function nextMeasurementAt(store: Store): number | null {
  const times = store.list<AnalysisRun>(ANALYSIS_RUNS).flatMap(({ spec, status }) => {
    const prepared = prepareRun(spec);
    if ('problem' in prepared || isOutcome(status?.phase)) return [];
    const counted = prepared.metrics.filter(({ metric }) => !isEndless(metric));
    return nextWakeAt(counted, status?.metricResults, parseTime(status?.startedAt), store.now) ?? [];
  });
  const next = Math.min(...times.filter((time) => time > store.now));
  return next === Infinity ? null : next;
}

function isRepeated({ spec, status }: AnalysisRun, { index, act, metric: name }: DueMeasurement): boolean {
  const metric = spec.metrics[index];
  const count = resultOf(status?.metricResults, name)?.count ?? 0;
  return act === 'measure' && metric !== undefined && isEndless(metric) && count > 0;
}

function toolsAt(now: number): DecisionTools {
  return { judge: () => ({ phase: 'Successful' }), describe: () => undefined, now };
}
