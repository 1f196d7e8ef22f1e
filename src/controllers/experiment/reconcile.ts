/**
 * One look at one Experiment: observe, decide, apply. The core decides; this file turns outcomes into the next look.
 */
import type { Experiment } from '../../api/schema/experiment.ts';
import { decideExperiment } from '../../core/experiment/decide.ts';
import { gatherExperiment } from '../../core/experiment/gather.ts';
import { templateNameOf } from '../../core/experiment/templates.ts';
import type { ExperimentWorld } from '../../core/experiment/world.ts';
import { splitKey } from '../../kube/object-key.ts';
import type { ReplicaSet } from '../../kube/objects.ts';
import { isControlledBy } from '../../kube/owners.ts';
import type { CreateWrite, Plan, Refusal, Write } from '../../kube/plan.ts';
import { ANALYSIS_RUNS, EXPERIMENTS, REPLICA_SETS } from '../../kube/resources.ts';
import type { Applied, Applier } from '../../runtime/applier.ts';
import type { Client } from '../../runtime/client.ts';
import type { Clock } from '../../runtime/clock.ts';
import { subjectOf } from '../../runtime/event-recorder.ts';
import type { OwnWrites } from '../../runtime/own-writes.ts';
import type { Outcome, Reconcile } from '../../runtime/worker.ts';
import { informerOf, type Caches } from '../caches.ts';
import { lookupInCaches } from '../lookup.ts';
import { isMissingRight, MissingRight } from '../missing-right.ts';
import { besideRunInTheWay, withNamedRuns } from '../trials.ts';
import { STALE } from '../outcomes.ts';

interface ReconcileOptions {
  readonly caches: Caches;
  readonly client: Pick<Client, 'get'>;
  readonly applier: Pick<Applier, 'apply'>;
  readonly ownWrites: OwnWrites;
  readonly clock: Clock;
}

type Run = Parameters<Reconcile>[1];
type Refused = Extract<Applied, { outcome: 'refused' }>;

const CONFLICT: Outcome = { kind: 'conflict' };

export function createReconcile(options: ReconcileOptions): Reconcile {
  const { caches, client, ownWrites, clock } = options;
  const lookup = lookupInCaches(caches);
  return async (key, run) => {
    if (ownWrites.isBehind(key, (plural) => informerOf(caches, plural)?.cache)) return STALE;
    const { namespace, name } = splitKey(key);
    const experiment = lookup.get<Experiment>(EXPERIMENTS, namespace, name);
    if (experiment === undefined) {
      ownWrites.forget(key);
      return { kind: 'done' };
    }
    const seen = gatherExperiment(lookup, experiment, clock.now());
    const names = (experiment.status?.analysisRuns ?? []).map(({ analysisRun }) => analysisRun);
    const world = await withNamedRuns(
      client,
      seen,
      experiment,
      names.filter((one) => one !== ''),
      run.signal,
    );
    return go(options, key, run, world);
  };
}

async function go(options: ReconcileOptions, key: string, run: Run, world: ExperimentWorld): Promise<Outcome> {
  const plan = decideExperiment(world);
  const done = lookAgain(plan, { kind: 'done' });
  if (plan.writes.length === 0) return done;
  const applied = await options.applier.apply(plan, { key, subject: subjectOf(EXPERIMENTS, world.experiment), ...run });
  switch (applied.outcome) {
    case 'applied':
      return done;
    case 'exists':
      return goBeside(options, key, run, world, applied.write);
    case 'conflict':
    case 'gone':
      return CONFLICT;
    case 'refused':
      return report(options, key, run, world, applied);
  }
}

/** The name of a new object is taken: the core chooses another, or finds that it is ours. */
async function goBeside(
  options: ReconcileOptions,
  key: string,
  run: Run,
  world: ExperimentWorld,
  write: Write,
): Promise<Outcome> {
  if (write.resource === ANALYSIS_RUNS) {
    const informed = await besideRunInTheWay(options.client, world, write, run.signal);
    return informed === null ? CONFLICT : go(options, key, run, informed);
  }
  // A Service of that name is in the cache by the next look.
  if (write.resource !== REPLICA_SETS || write.op !== 'create') return CONFLICT;
  const inTheWay = (await options.client.get(write.resource, write, { signal: run.signal })) as ReplicaSet;
  if (isSame(world, inTheWay, write)) return CONFLICT;
  const takenNames = new Set([...world.takenNames, write.name]);
  return go(options, key, run, Object.freeze({ ...world, takenNames }));
}

/** Ours, which the cache has not shown yet. */
function isSame({ experiment }: ExperimentWorld, inTheWay: ReplicaSet, { body }: CreateWrite): boolean {
  return (
    isControlledBy(inTheWay, experiment.metadata.uid) &&
    templateNameOf(inTheWay) === templateNameOf(body as unknown as ReplicaSet)
  );
}

/** The status says what was refused; everything else of the plan is done. */
async function report(
  options: ReconcileOptions,
  key: string,
  run: Run,
  world: ExperimentWorld,
  { refused, versions }: Refused,
): Promise<Outcome> {
  const plan = decideExperiment(Object.freeze({ ...world, refused: refused.map(explained) }));
  const subject = subjectOf(EXPERIMENTS, world.experiment);
  const applied = await options.applier.apply(plan, { key, subject, ...run }, versions);
  if (applied.outcome !== 'applied' && applied.outcome !== 'refused') return CONFLICT;
  return lookAgain(plan, { kind: 'refused', errors: refused.map(({ error }) => error) });
}

/** A missing right in words that say what grants it. */
function explained({ write, message, error }: Refused['refused'][number]): Refusal {
  const { op, resource, namespace } = write;
  const isRight = isMissingRight(error) && (op === 'create' || op === 'patch' || op === 'delete');
  return { write, message: isRight ? new MissingRight({ verb: op, resource, namespace }, error).message : message };
}

function lookAgain<T extends Outcome>(plan: Plan, outcome: T): T {
  return plan.requeueAfterMs === undefined ? outcome : { ...outcome, requeueAfterMs: plan.requeueAfterMs };
}
