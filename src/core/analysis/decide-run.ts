/**
 * What a look at an AnalysisRun leads to. A look of the controller has five stages, and only the second and the fourth
 * have side effects:
 *
 * 1. {@link dueMeasurements} (round.ts): what to measure now, and which Secrets that needs.
 * 2. Read those Secrets live. An error of the API server ends the look; it is made again later.
 * 3. {@link openRound}: the orders; with a problem that ends the run, those that end what is in flight.
 * 4. Ask the providers, side by side. What a provider throws is a verdict `Error` with its message.
 * 5. {@link decideRun}: the new status, its events, and when to look again. `runPlan` (run-writes.ts) makes the writes
 *    of it, after the providers have removed what `removeOld` names.
 *
 * All five see the same snapshot of the run. For the counts to be right, the controller guarantees that
 *
 * - one key has one look at a time;
 * - no look begins while the cache holds an older resourceVersion than the controller's last write of this run, also
 *   when a timer or the end of a Job asks for it: it would measure once more what is already recorded;
 * - the patch carries the resourceVersion of the snapshot. After a conflict the look is made again from the newer run.
 *   Only where {@link mayStillBeWritten} says so, as when `spec.terminate` was set meanwhile, may the same patch be sent
 *   with the newer resourceVersion: no measurement is lost by that, and none is counted twice.
 *
 * A controller that dies between the stages leaves the run as it was. The next look makes the same round with the same
 * numbers, so that a provider knows a measurement that it has already begun.
 */
import type { AnalysisRun, AnalysisRunStatus, MetricResult } from '../../api/schema/analysis-run.ts';
import { events } from '../../api/events.ts';
import type { EventNote } from '../../kube/plan.ts';
import { isTerminating as isBeingDeleted } from '../../kube/terminating.ts';
import { formatTime, parseTime } from '../../kube/time.ts';
import { assessResult, assessRun, type RunAssessment } from './assess-run.ts';
import { deleteAtOf } from './expiry.ts';
import { isOutcome } from './phases.ts';
import { prepareRun, type PreparedMetric } from './prepare-run.ts';
import type { MeasurementMetadata, Metric } from './provider.ts';
import { measurementOf, recordMeasurement, type Judge, type TakenReading } from './record.ts';
import type { OpenRound } from './round.ts';
import { isRunTerminating, nextWakeAt, resultOf } from './schedule.ts';

/** What came of the round: readings of its tasks, and the problem that openRound found. */
export interface RoundOutcome extends Pick<OpenRound, 'redact' | 'problem'> {
  readonly readings: readonly TakenReading[];
}

export interface DecisionTools {
  readonly judge: Judge;
  /** What a provider says about a metric, for the result; it sees placeholders in the place of secrets. */
  readonly describe: (metric: Metric) => MeasurementMetadata | undefined;
  /** Milliseconds since the epoch, after the measurements. */
  readonly now: number;
}

export interface RunDecision {
  readonly status: AnalysisRunStatus;
  /** About the run, in order, once the status is written. */
  readonly events: readonly EventNote[];
  /** Look again then, in milliseconds since the epoch; never before now. `null` only for a run that is finished or being deleted. */
  readonly wakeAt: number | null;
  /** Delete the run then, perhaps at once; `null` when it stays. */
  readonly deleteAt: number | null;
  /** Measurements that leave the status: the provider removes what they left in the outside system, before the status is written. */
  readonly removeOld: readonly { readonly metric: string; readonly keep: number }[];
}

export function decideRun(run: AnalysisRun, outcome: RoundOutcome, tools: DecisionTools): RunDecision {
  const { spec, status = {} } = run;
  if (isBeingDeleted(run)) return unchanged(status, null);
  if (isOutcome(status.phase)) {
    const finished = withCompletion(run, tools.now);
    return unchanged(finished, deleteAtOf(spec, finished));
  }
  const prepared = prepareRun(spec);
  if ('problem' in prepared) return ended(run, [], prepared.problem, tools.now);
  if (outcome.problem === null) return decided(run, prepared.metrics, outcome, tools);
  // Only what was in flight has been asked for, to end it. The other metrics stay as they are.
  const results = recorded(status, prepared.metrics, outcome, tools).map(({ prepared: of, result, isTaken }) =>
    isTaken ? assessResult(of, result, true) : result,
  );
  return ended(run, results, outcome.problem, tools.now);
}

function decided(
  { spec, status = {} }: AnalysisRun,
  metrics: readonly PreparedMetric[],
  outcome: RoundOutcome,
  tools: DecisionTools,
): RunDecision {
  const { now } = tools;
  // As the round was: a metric that is lost in this round ends the run in the next one, after what is in flight.
  const isTerminating = isRunTerminating({ spec, status }, metrics);
  const results = recorded(status, metrics, outcome, tools).map(({ prepared, result }) =>
    assessResult(prepared, result, isTerminating),
  );
  const assessment = assessRun(metrics, results, { isTerminating, isTerminateAsked: spec.terminate === true });
  const kept = results.map((result) => withinRetention(result, metrics));
  const next = nextStatus(status, kept, assessment, now);
  return {
    status: next,
    events: eventsOf(status, next),
    wakeAt: wakeAtOf({ spec, status: next }, metrics, now),
    deleteAt: deleteAtOf(spec, next),
    removeOld: results.flatMap((result, index) =>
      kept[index] === result ? [] : [{ metric: result.name, keep: kept[index]?.measurements?.length ?? 0 }],
    ),
  };
}

interface RecordedResult {
  readonly prepared: PreparedMetric;
  readonly result: MetricResult;
  /** It holds a reading of this round. */
  readonly isTaken: boolean;
}

/** The results with the readings of the round in them, not assessed yet. */
function recorded(
  { metricResults }: AnalysisRunStatus,
  metrics: readonly PreparedMetric[],
  { readings, redact }: RoundOutcome,
  { judge, describe }: DecisionTools,
): readonly RecordedResult[] {
  return metrics.flatMap((prepared, index): readonly RecordedResult[] => {
    const { metric, isDryRun } = prepared;
    const before = resultOf(metricResults, metric.name);
    const taken = readings.find(({ due }) => due.index === index);
    if (taken === undefined) return before === undefined ? [] : [{ prepared, result: before, isTaken: false }];
    const measurement = measurementOf(taken, judge, redact);
    const result = recordMeasurement(before ?? newResult(metric, isDryRun, describe), measurement, taken.due.act);
    return [{ prepared, result, isTaken: true }];
  });
}

/** A run that ends in the next round has it at once. */
function wakeAtOf(
  run: { readonly spec: AnalysisRun['spec']; readonly status: AnalysisRunStatus },
  metrics: readonly PreparedMetric[],
  now: number,
): number | null {
  const { phase, metricResults, startedAt } = run.status;
  if (isOutcome(phase)) return null;
  if (isRunTerminating(run, metrics)) return now;
  return nextWakeAt(metrics, metricResults, parseTime(startedAt), now) ?? now;
}

function newResult(metric: Metric, isDryRun: boolean, describe: DecisionTools['describe']): MetricResult {
  const metadata = describe(metric);
  return {
    name: metric.name,
    phase: 'Running',
    ...(isDryRun ? { dryRun: true } : {}),
    ...(metadata === undefined || Object.keys(metadata).length === 0 ? {} : { metadata }),
  };
}

/** Counters are not affected. */
function withinRetention(result: MetricResult, metrics: readonly PreparedMetric[]): MetricResult {
  const { measurements = [] } = result;
  const retention = metrics.find(({ metric }) => metric.name === result.name)?.retention ?? measurements.length;
  return measurements.length <= retention ? result : { ...result, measurements: measurements.slice(-retention) };
}

function nextStatus(
  status: AnalysisRunStatus,
  metricResults: readonly MetricResult[],
  { phase, message, runSummary, dryRunSummary }: RunAssessment,
  now: number,
): AnalysisRunStatus {
  const { message: before, ...rest } = status;
  const said = phase === status.phase ? (before ?? '') : message;
  return {
    ...rest,
    phase,
    ...(said === '' ? {} : { message: said }),
    startedAt: status.startedAt ?? formatTime(now),
    ...(isOutcome(phase) ? { completedAt: formatTime(now) } : {}),
    ...(metricResults.length === 0 ? {} : { metricResults }),
    runSummary,
    dryRunSummary,
  };
}

function eventsOf(before: AnalysisRunStatus, after: AnalysisRunStatus): readonly EventNote[] {
  const ofMetrics = (after.metricResults ?? []).flatMap(({ name, phase }) =>
    isOutcome(phase) && !isOutcome(resultOf(before.metricResults, name)?.phase)
      ? [events.metricCompleted(name, phase)]
      : [],
  );
  return isOutcome(after.phase) ? [...ofMetrics, events.analysisRunCompleted(after.phase)] : ofMetrics;
}

/** A run that ends before it can be measured is complete too, so that its time to live begins (G-38). */
function ended(
  { spec, status = {} }: AnalysisRun,
  results: readonly MetricResult[],
  message: string,
  now: number,
): RunDecision {
  const metricResults = results.length === 0 ? {} : { metricResults: results };
  const next = { ...status, ...metricResults, phase: 'Error', message, completedAt: formatTime(now) };
  return { ...unchanged(next, deleteAtOf(spec, next)), events: eventsOf(status, next) };
}

/** Another controller of this API leaves runs that end early without the time of their completion. */
function withCompletion({ spec, status = {} }: AnalysisRun, now: number): AnalysisRunStatus {
  return status.completedAt === undefined && spec.ttlStrategy !== undefined
    ? { ...status, completedAt: formatTime(now) }
    : status;
}

function unchanged(status: AnalysisRunStatus, deleteAt: number | null): RunDecision {
  return { status, events: [], wakeAt: null, deleteAt, removeOld: [] };
}
