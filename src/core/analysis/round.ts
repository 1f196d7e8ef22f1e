/**
 * The first half of a look at a run: what to measure now, and with which orders. The second half is decide-run.ts.
 */
import type { AnalysisRun } from '../../api/schema/analysis-run.ts';
import { deepEqual } from '../../kube/merge-patch.ts';
import { isTerminating as isBeingDeleted } from '../../kube/terminating.ts';
import { parseTime } from '../../kube/time.ts';
import { isOutcome } from './phases.ts';
import { prepareRun, unresolvedText } from './prepare-run.ts';
import type { MeasurementOrder } from './provider.ts';
import { redactor, type Redact } from './redaction.ts';
import { dueNow, type DueMeasurement } from './schedule.ts';
import { argumentValues, secretReferences, type SecretData, type SecretReference } from './secrets.ts';
import { substituteArguments } from './substitution.ts';

export interface Round {
  readonly due: readonly DueMeasurement[];
  /** What has to be read for the orders, each time anew. */
  readonly secrets: readonly SecretReference[];
}

const EMPTY_ROUND: Round = { due: [], secrets: [] };

/**
 * What to ask of the providers now. Nothing for a run that is finished, is being deleted, or has a mistake in its spec;
 * decideRun reports the mistake. `ended` names the metrics whose measurement in flight has ended in the outside system,
 * as the event of a Job says: they are asked for at once.
 */
export function dueMeasurements(run: AnalysisRun, now: number, ended: ReadonlySet<string> = new Set()): Round {
  if (isBeingDeleted(run) || isOutcome(run.status?.phase)) return EMPTY_ROUND;
  const prepared = prepareRun(run.spec);
  const due = 'problem' in prepared ? [] : dueNow(run, prepared.metrics, now, ended);
  return due.length === 0 ? EMPTY_ROUND : { due, secrets: secretReferences(run.spec.args) };
}

export interface MeasurementTask {
  readonly due: DueMeasurement;
  readonly order: MeasurementOrder;
}

export interface OpenRound {
  readonly tasks: readonly MeasurementTask[];
  /** For every text that comes out of the round: what is stored, logged or shown. */
  readonly redact: Redact;
  /** Why the run ends with an error, once the tasks have ended what is in flight; `null` for a run that goes on. */
  readonly problem: string | null;
}

/**
 * The orders of a round, with the values of secrets in them. A missing secret is the message of a run that ends with
 * an error. To terminate what is in flight none is needed, so that nothing keeps running in the outside system: a round
 * that only terminates goes on without, and in any other everything in flight is terminated in place of what is due.
 */
export function openRound(run: AnalysisRun, round: Round, secrets: SecretData, now: number): OpenRound {
  const opened = tasksOf(run, round.due, secrets, now);
  if (!('problem' in opened)) return { ...opened, problem: null };
  const isEnding = round.due.some(({ act }) => act !== 'terminate');
  const { due } = dueMeasurements({ ...run, spec: { ...run.spec, terminate: true } }, now);
  const terminating = tasksOf(run, due, null, now);
  const { tasks, redact } = 'problem' in terminating ? { tasks: [], redact: redactor([]) } : terminating;
  return { tasks, redact, problem: isEnding ? opened.problem : null };
}

/** Orders that end what of `due` is in flight, with placeholders in the place of secrets. */
export function endingTasks(run: AnalysisRun, due: readonly DueMeasurement[], now: number): readonly MeasurementTask[] {
  const inFlight = due
    .filter(({ unfinished }) => unfinished !== undefined)
    .map((one): DueMeasurement => ({ ...one, act: 'terminate' }));
  const opened = tasksOf(run, inFlight, null, now);
  return 'problem' in opened ? [] : opened.tasks;
}

/** `secrets` is `null` for placeholders in the place of secrets. */
function tasksOf(
  { metadata, spec, status }: AnalysisRun,
  measurements: readonly DueMeasurement[],
  secrets: SecretData | null,
  now: number,
): Pick<OpenRound, 'tasks' | 'redact'> | { readonly problem: string } {
  const args = argumentValues(spec.args, secrets);
  if ('problem' in args) return { problem: unresolvedText(args.problem) };
  const metrics = substituteArguments(spec.metrics, args.values);
  if ('problem' in metrics) return { problem: unresolvedText(metrics.problem) };
  const about = {
    run: { namespace: metadata.namespace ?? '', name: metadata.name, uid: metadata.uid },
    runStartedAt: parseTime(status?.startedAt),
    now,
  };
  const tasks = measurements.flatMap((due) => {
    const metric = metrics.value[due.index];
    if (metric === undefined) return [];
    // Providers write the name into objects of their own, so a secret in it stays a placeholder.
    return [{ due, order: { ...about, metric: { ...metric, name: due.metric }, number: due.number } }];
  });
  return { tasks, redact: redactor(args.secretValues) };
}

/**
 * Whether what a look at `seen` decided may still be written to `latest`, a newer version of the run: only its request
 * to end, or its metadata, has changed.
 */
export function mayStillBeWritten(seen: AnalysisRun, latest: AnalysisRun): boolean {
  const { terminate: _, ...spec } = seen.spec;
  const { terminate: __, ...latestSpec } = latest.spec;
  return (
    seen.metadata.uid === latest.metadata.uid &&
    !isBeingDeleted(latest) &&
    deepEqual(seen.status ?? {}, latest.status ?? {}) &&
    deepEqual(spec, latestSpec)
  );
}
