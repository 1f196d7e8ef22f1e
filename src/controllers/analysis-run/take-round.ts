/** The middle of a look at an AnalysisRun: what is due is measured with the values of Secrets, which are read for it. */
import type { AnalysisRun } from '../../api/schema/analysis-run.ts';
import { decideRun, type DecisionTools, type RoundOutcome } from '../../core/analysis/decide-run.ts';
import { endedTogether } from '../../core/analysis/end-of-round.ts';
import { prepareRun } from '../../core/analysis/prepare-run.ts';
import type { Metric, MetricProvider } from '../../core/analysis/provider.ts';
import { dueMeasurements, endingTasks, type OpenRound, openRound, type Round } from '../../core/analysis/round.ts';
import { isRunTerminating } from '../../core/analysis/schedule.ts';
import type { SecretData } from '../../core/analysis/secrets.ts';
import type { Client } from '../../runtime/client.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Interruption } from './interruptions.ts';
import { measureSideBySide, withLeftover } from './measure.ts';
import { MissingRight } from '../missing-right.ts';
import { readSecrets } from './secrets.ts';

export interface TakeRoundOptions {
  readonly client: Pick<Client, 'get'>;
  readonly clock: Clock;
  readonly providerOf: (metric: Metric) => MetricProvider | undefined;
  /** The metrics of a run whose unfinished measurement is known to have ended. */
  readonly endedMetricsOf: (run: AnalysisRun) => ReadonlySet<string>;
  readonly toolsAt: (now: number) => DecisionTools;
}

const NOTHING: RoundOutcome = { readings: [], redact: (text) => text, problem: null };

/**
 * No readings when nothing is due. Rejects with the ApiError of a Secret that could not be read, and with the reason of
 * a signal.
 */
export async function takeRound(
  options: TakeRoundOptions,
  run: AnalysisRun,
  { dropped, ended }: Interruption,
  stop: AbortSignal,
): Promise<RoundOutcome> {
  const { clock, client, endedMetricsOf } = options;
  const round = dueMeasurements(run, clock.now(), endedMetricsOf(run));
  if (round.due.length === 0) return NOTHING;
  const signal = AbortSignal.any([stop, dropped]);
  try {
    const secrets = await readSecrets(client, run.metadata.namespace ?? '', round.secrets, signal);
    return await measured(options, run, round, secrets, { signal, ended });
  } catch (error) {
    if (!(error instanceof MissingRight)) throw error;
    const onlyTerminates = round.due.every(({ act }) => act === 'terminate');
    if (onlyTerminates) return measured(options, run, round, new Map(), { signal, ended });
    return unreadable(options, run, round, error.message, { signal, ended });
  }
}

interface Signals {
  readonly signal: AbortSignal;
  readonly ended: AbortSignal;
}

async function measured(
  options: TakeRoundOptions,
  run: AnalysisRun,
  round: Round,
  secrets: SecretData,
  signals: Signals,
): Promise<RoundOutcome> {
  const { clock, providerOf } = options;
  const opened = openRound(run, round, secrets, clock.now());
  const readings = await measureSideBySide(opened.tasks, {
    ...signals,
    clock,
    providerOf: ({ order }) => providerOf(order.metric),
    isDecided: decidedBy(options, run, opened),
  });
  return { ...opened, readings: endedTogether(readings) };
}

/** A metric that is lost ends the run, so that a slow one beside it does not put off the way back. */
function decidedBy(
  { toolsAt, clock }: TakeRoundOptions,
  run: AnalysisRun,
  { tasks, redact, problem }: OpenRound,
): (readings: RoundOutcome['readings']) => boolean {
  const prepared = prepareRun(run.spec);
  const metrics = 'problem' in prepared ? [] : prepared.metrics;
  if (problem !== null || isRunTerminating(run, metrics)) return () => false;
  return (readings) => {
    if (readings.length === tasks.length) return false;
    const { status } = decideRun(run, { readings, redact, problem }, toolsAt(clock.now()));
    return isRunTerminating({ spec: run.spec, status }, metrics);
  };
}

/**
 * The right may be granted at any time, so the run does not end yet: these count as errors, and are made again. What one
 * of them has begun in an outside system ends with it.
 */
async function unreadable(
  { clock, providerOf }: TakeRoundOptions,
  run: AnalysisRun,
  { due }: Round,
  message: string,
  signals: Signals,
): Promise<RoundOutcome> {
  const endings = await measureSideBySide(endingTasks(run, due, clock.now()), {
    ...signals,
    clock,
    providerOf: ({ order }) => providerOf(order.metric),
    isDecided: () => false,
  });
  const now = clock.now();
  const readings = due.flatMap((one) => {
    const metric = run.spec.metrics[one.index];
    const ending = endings.find((taken) => taken.due.index === one.index)?.reading;
    const reading = { kind: 'verdict', phase: 'Error', message: withLeftover(message, ending) } as const;
    return metric === undefined ? [] : [{ due: one, metric, startedAt: now, finishedAt: now, reading }];
  });
  return { ...NOTHING, readings };
}
