/**
 * One look at one AnalysisRun: what is due is measured, and what came of it is written. The core decides;
 * core/analysis/decide-run.ts says what it counts on.
 */
import type { AnalysisRun } from '../../api/schema/analysis-run.ts';
import { decideRun, type DecisionTools, type RoundOutcome } from '../../core/analysis/decide-run.ts';
import type { MeasurementMetadata, Metric } from '../../core/analysis/provider.ts';
import type { Judge } from '../../core/analysis/record.ts';
import { mayStillBeWritten } from '../../core/analysis/round.ts';
import { runPlan } from '../../core/analysis/run-writes.ts';
import { splitKey } from '../../kube/object-key.ts';
import type { Plan } from '../../kube/plan.ts';
import { ANALYSIS_RUNS } from '../../kube/resources.ts';
import { isApiError } from '../../runtime/api-error.ts';
import type { Applied, Applier } from '../../runtime/applier.ts';
import { subjectOf } from '../../runtime/event-recorder.ts';
import type { ReadableCache } from '../../runtime/object-cache.ts';
import type { OwnWrites } from '../../runtime/own-writes.ts';
import type { Outcome, Reconcile } from '../../runtime/worker.ts';
import { readRun } from '../caches.ts';
import type { Interruptions } from './interruptions.ts';
import { removeOld } from './remove-old.ts';
import { takeRound, type TakeRoundOptions } from './take-round.ts';

interface ReconcileOptions extends Omit<TakeRoundOptions, 'toolsAt'> {
  readonly runs: ReadableCache<AnalysisRun>;
  readonly applier: Pick<Applier, 'apply'>;
  readonly ownWrites: OwnWrites;
  readonly interruptions: Interruptions;
  readonly judge: Judge;
}

type Options = ReconcileOptions & TakeRoundOptions;
type Run = Parameters<Reconcile>[1];

/**
 * The event of our own write wakes the run, so this is for one that never comes. It is long because it is the server
 * that is late then, for all runs at once, and looking ten times a second at each of them would keep it late.
 */
const STALE: Outcome = { kind: 'stale', retryAfterMs: 1_000 };
const DONE: Outcome = { kind: 'done' };
const CONFLICT: Outcome = { kind: 'conflict' };

export function createReconcile(given: ReconcileOptions): Reconcile {
  const { runs, ownWrites, interruptions, judge, providerOf } = given;
  const describe = (metric: Metric): MeasurementMetadata | undefined => {
    try {
      return providerOf(metric)?.describe?.(metric);
    } catch {
      // The measurement says what is wrong with the metric.
      return undefined;
    }
  };
  const toolsAt = (now: number): DecisionTools => ({ judge, describe, now });
  const options = { ...given, toolsAt };
  return async (key, run) => {
    if (ownWrites.isBehind(key, (plural) => (plural === ANALYSIS_RUNS.plural ? runs : undefined))) return STALE;
    const { namespace, name } = splitKey(key);
    const seen = runs.get(namespace, name);
    if (seen === undefined) {
      ownWrites.forget(key);
      return DONE;
    }
    const interruption = interruptions.begin(seen);
    try {
      return await record(options, key, seen, await takeRound(options, seen, interruption, run.signal), run);
    } catch (error) {
      // A deletion has put the key back into the queue, and a process that stops takes no key any more.
      if (interruption.dropped.aborted) return DONE;
      throw error;
    } finally {
      interruption.close();
    }
  };
}

/**
 * Writes what came of the round. When another writer was faster, and only asked the run to end or changed its metadata,
 * it is written all the same, decided once more with that request in it.
 */
async function record(options: Options, key: string, seen: AnalysisRun, outcome: RoundOutcome, run: Run) {
  const first = await write(options, key, seen, outcome, run);
  if (first.applied.outcome !== 'conflict') return outcomeOf(first);
  const latest = await latestOf(options, seen, run.signal);
  if (latest === null || !mayStillBeWritten(seen, latest)) return CONFLICT;
  return outcomeOf(await write(options, key, latest, outcome, run));
}

interface Written {
  readonly plan: Plan;
  readonly applied: Applied;
}

async function write(
  { clock, toolsAt, applier, providerOf }: Options,
  key: string,
  current: AnalysisRun,
  outcome: RoundOutcome,
  run: Run,
): Promise<Written> {
  const decision = decideRun(current, outcome, toolsAt(clock.now()));
  await removeOld(current, decision.removeOld, { clock, providerOf, ...run });
  const plan = runPlan(current, decision, clock.now());
  if (plan.writes.length === 0) return { plan, applied: { outcome: 'applied' } };
  return { plan, applied: await applier.apply(plan, { key, subject: subjectOf(ANALYSIS_RUNS, current), ...run }) };
}

function outcomeOf({ plan: { requeueAfterMs }, applied }: Written): Outcome {
  switch (applied.outcome) {
    case 'applied':
      return requeueAfterMs === undefined ? DONE : { kind: 'done', requeueAfterMs };
    case 'gone':
      return DONE;
    case 'conflict':
    case 'exists':
      return CONFLICT;
    case 'refused':
      return { kind: 'refused', errors: applied.refused.map(({ error }) => error) };
  }
}

/** `null` when there is none any more. */
async function latestOf(
  { client }: Options,
  { metadata: { namespace = '', name } }: AnalysisRun,
  signal: AbortSignal,
): Promise<AnalysisRun | null> {
  try {
    return readRun(await client.get(ANALYSIS_RUNS, { namespace, name }, { signal }));
  } catch (error) {
    if (isApiError(error, 'notFound')) return null;
    throw error;
  }
}
