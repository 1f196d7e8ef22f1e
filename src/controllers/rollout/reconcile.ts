/**
 * One look at one Rollout: observe, decide, apply. The core decides; this file turns outcomes into the next look.
 */
import { collisionPlan } from '../../core/acts/collision.ts';
import { decideRollout } from '../../core/rollout/decide.ts';
import { failureEvent } from '../../core/acts/failures.ts';
import { releaseWrites } from '../../core/acts/services.ts';
import { templateDoubt } from '../../core/rollout/template-doubt.ts';
import { situationOf } from '../../core/observed/situation.ts';
import type { RolloutWorld } from '../../core/observed/world.ts';
import { proxyWaitOf } from '../../core/traffic/routers.ts';
import type { ReplicaSet } from '../../kube/objects.ts';
import type { Plan, Write } from '../../kube/plan.ts';
import { ANALYSIS_RUNS, apiVersionOf, EXPERIMENTS, REPLICA_SETS, ROLLOUTS } from '../../kube/resources.ts';
import { isApiError } from '../../runtime/api-error.ts';
import type { Applied, Applier } from '../../runtime/applier.ts';
import type { Client } from '../../runtime/client.ts';
import type { Clock } from '../../runtime/clock.ts';
import { subjectOf, type EventRecorder } from '../../runtime/event-recorder.ts';
import type { OwnWrites } from '../../runtime/own-writes.ts';
import type { Outcome, Reconcile } from '../../runtime/worker.ts';
import type { Caches } from '../caches.ts';
import type { DryRuns } from './dry-runs.ts';
import { observe, type Observation } from './observe.ts';
import { besideExperimentInTheWay, besideRunInTheWay } from '../trials.ts';
import { STALE } from '../outcomes.ts';
import { departuresUnseen } from './departures-unseen.ts';
import { withNamedTrials } from './named-trials.ts';
import type { AskProxies } from './ask-proxies.ts';
import { watchWhatItNeeds } from './watched-on-demand.ts';
import type { Workloads } from './workloads.ts';

interface ReconcileOptions {
  readonly caches: Caches;
  readonly workloads: Pick<Workloads, 'find' | 'cacheOf'>;
  readonly client: Pick<Client, 'get' | 'list'>;
  readonly applier: Pick<Applier, 'apply'>;
  readonly dryRuns: Pick<DryRuns, 'ask'>;
  readonly events: Pick<EventRecorder, 'record'>;
  readonly ownWrites: OwnWrites;
  readonly clock: Clock;
  /** What the operator says that proxies need; see RolloutWorld. */
  readonly propagationMs: number | null;
  /** Absent where no proxy is asked. */
  readonly asking?: Pick<AskProxies, 'shownFor' | 'follow'>;
  /** The core; a test may replace it. */
  readonly decide?: (world: RolloutWorld) => Plan;
}

/** When to look again at what no event reports: a workload that is not watched, a right that is granted. */
const UNWATCHED_MS = 20_000;

type Run = Parameters<Reconcile>[1];

export function createReconcile(options: ReconcileOptions): Reconcile {
  const { caches, clock } = options;
  /** Rollouts whose objects are in the caches, whatever their spec has asked for since the first look. */
  const known = new Set<string>();
  return async (key, run) => {
    await watchWhatItNeeds(caches, key, run.signal);
    const observedAt = clock.monotonic();
    const observation = observe(options, key);
    const outcome = await act(options, key, run, observation, known.has(key));
    if (observation.kind === 'world') known.add(key);
    if (observation.kind === 'absent' && outcome.kind === 'done') known.delete(key);
    return comingBack(outcome, clock.monotonic() - observedAt);
  };
}

/** The time to come back at counts from the observation, and the writes have taken some of it. */
function comingBack(outcome: Outcome, passedMs: number): Outcome {
  if ((outcome.kind !== 'done' && outcome.kind !== 'refused') || outcome.requeueAfterMs === undefined) return outcome;
  return { ...outcome, requeueAfterMs: outcome.requeueAfterMs - passedMs };
}

async function act(
  options: ReconcileOptions,
  key: string,
  run: Run,
  observation: Observation,
  isKnown: boolean,
): Promise<Outcome> {
  switch (observation.kind) {
    case 'stale':
      return STALE;
    case 'absent':
      return release(options, key, run, observation, isKnown);
    case 'world':
      return rollWithWorkload(options, key, run, await withNamedTrials(options.client, observation.world, run.signal));
  }
}

/** While no event reports a change of the workload, it is read again: before its kind is watched, and while it may not be read. */
async function rollWithWorkload(
  options: ReconcileOptions,
  key: string,
  run: Run,
  world: RolloutWorld,
): Promise<Outcome> {
  if (world.rollout.spec.workloadRef === undefined) return roll(options, key, run, world);
  const found = await options.workloads.find(world.rollout, run.signal);
  const outcome = await roll(options, key, run, Object.freeze({ ...world, workload: found?.workload ?? null }));
  if (found === null || found.isWatched || (outcome.kind !== 'done' && outcome.kind !== 'refused')) return outcome;
  return { ...outcome, requeueAfterMs: Math.min(outcome.requeueAfterMs ?? UNWATCHED_MS, UNWATCHED_MS) };
}

async function roll(options: ReconcileOptions, key: string, run: Run, observed: RolloutWorld): Promise<Outcome> {
  const { world, plan } = await decide(options, run, observed);
  options.asking?.follow(key, proxyWaitOf(situationOf(world)));
  const done = lookAgain(world, plan, { kind: 'done' });
  if (plan.writes.length === 0) return done;
  const applied = await options.applier.apply(plan, { key, subject: subjectOf(ROLLOUTS, world.rollout), ...run });
  switch (applied.outcome) {
    case 'applied':
      return done;
    case 'exists':
      return makeWay(options, key, run, world, applied.write);
    case 'conflict':
    case 'gone':
      return { kind: 'conflict' };
    case 'refused':
      return await goOnWithout(options, key, run, world, applied);
  }
}

function lookAgain<T extends Outcome>(
  { analysis, unreadableRouted }: RolloutWorld,
  { requeueAfterMs }: Plan,
  outcome: T,
): T {
  const unseenMs = analysis.unreadable === null && unreadableRouted.size === 0 ? [] : [UNWATCHED_MS];
  const times = requeueAfterMs === undefined ? unseenMs : [requeueAfterMs, ...unseenMs];
  return times.length === 0 ? outcome : { ...outcome, requeueAfterMs: Math.min(...times) };
}

function refusedBy(refused: Extract<Applied, { outcome: 'refused' }>['refused']): Outcome {
  return { kind: 'refused', errors: refused.map(({ error }) => error) };
}

/** Before a ReplicaSet is created for a template that one of ours may carry already, the API server is asked. */
async function decide(
  { dryRuns, decide: decideWorld = decideRollout }: ReconcileOptions,
  run: Run,
  world: RolloutWorld,
): Promise<{ readonly world: RolloutWorld; readonly plan: Plan }> {
  const plan = decideWorld(world);
  const doubt = templateDoubt(world, plan);
  const defaultedTemplate = doubt === null ? null : await dryRuns.ask(doubt, run);
  if (defaultedTemplate === null) return { world, plan };
  const informed = Object.freeze({ ...world, defaultedTemplate });
  return { world: informed, plan: decideWorld(informed) };
}

/** The name of a new object is taken. */
async function makeWay(
  options: ReconcileOptions,
  key: string,
  run: Run,
  world: RolloutWorld,
  write: Write,
): Promise<Outcome> {
  switch (write.resource) {
    case ANALYSIS_RUNS:
    case EXPERIMENTS:
      return rollBeside(options, key, run, world, write);
    case REPLICA_SETS:
      return collide(options, key, run, world, write);
    default:
      // An object of a router. A cache will show it, and the next look says whose it is.
      return { kind: 'conflict' };
  }
}

/** The name of a new run or Experiment is taken: the core chooses another, or finds that it is the same. */
async function rollBeside(
  options: ReconcileOptions,
  key: string,
  run: Run,
  world: RolloutWorld,
  write: Write,
): Promise<Outcome> {
  const informed = await (write.resource === ANALYSIS_RUNS
    ? besideRunInTheWay(options.client, world, write, run.signal)
    : besideExperimentInTheWay(options.client, world, write, run.signal));
  return informed === null ? { kind: 'conflict' } : roll(options, key, run, informed);
}

async function collide(
  options: ReconcileOptions,
  key: string,
  run: Run,
  world: RolloutWorld,
  write: Write,
): Promise<Outcome> {
  const inTheWay = await options.client.get(write.resource, write, { signal: run.signal });
  const plan = collisionPlan(world, inTheWay as ReplicaSet);
  if (plan === null) return { kind: 'conflict' };
  const applied = await options.applier.apply(plan, { key, subject: subjectOf(ROLLOUTS, world.rollout), ...run });
  if (applied.outcome === 'refused') return refusedBy(applied.refused);
  return { kind: 'conflict' };
}

/** Reports what was refused, and decides and writes everything that does not depend on it. */
async function goOnWithout(
  options: ReconcileOptions,
  key: string,
  run: Run,
  world: RolloutWorld,
  { refused, versions }: Extract<Applied, { outcome: 'refused' }>,
): Promise<Outcome> {
  const subject = subjectOf(ROLLOUTS, world.rollout);
  for (const { write, message } of refused) options.events.record(subject, failureEvent(write, message));
  const plan = (options.decide ?? decideRollout)(Object.freeze({ ...world, refused }));
  const applied = await options.applier.apply(plan, { key, subject, ...run }, versions);
  if (applied.outcome !== 'applied' && applied.outcome !== 'refused') return { kind: 'conflict' };
  const all = applied.outcome === 'refused' ? [...refused, ...applied.refused] : refused;
  return lookAgain(world, plan, refusedBy(all));
}

/**
 * The Rollout is gone, or it was never one of ours. Only a live answer proves the first: a Rollout of
 * another instance is not in our caches, and a Service that loses its selector serves every revision.
 */
async function release(
  options: ReconcileOptions,
  key: string,
  run: Run,
  { namespace, name, managedServices, departures }: Extract<Observation, { kind: 'absent' }>,
  isKnown: boolean,
): Promise<Outcome> {
  options.asking?.follow(key, null);
  if (managedServices.length === 0 && departures.length === 0) {
    options.ownWrites.forget(key);
    return { kind: 'done' };
  }
  if (await exists(options.client, namespace, name, run.signal)) return { kind: 'done' };
  const left =
    isKnown || departures.length > 0
      ? departures
      : await departuresUnseen(options.client, { namespace, name }, run.signal);
  // Requests return to the stable Service before it serves every revision.
  const writes = [...left, ...releaseWrites(namespace, name, managedServices, new Set())];
  const subject = { apiVersion: apiVersionOf(ROLLOUTS), kind: ROLLOUTS.kind, namespace, name, uid: '' };
  const applied = await options.applier.apply({ writes }, { key, subject, ...run });
  if (applied.outcome === 'refused') return refusedBy(applied.refused);
  return applied.outcome === 'applied' ? { kind: 'done' } : { kind: 'conflict' };
}

async function exists(
  client: Pick<Client, 'get'>,
  namespace: string,
  name: string,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    // A Rollout that cannot be read exists as well, and its Services must not be touched.
    await client.get(ROLLOUTS, { namespace, name }, { signal });
    return true;
  } catch (error) {
    if (isApiError(error, 'notFound')) return false;
    throw error;
  }
}
