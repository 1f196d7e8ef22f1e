/**
 * One look at one Rollout: observe, decide, apply. Every decision is the core's; this file only turns
 * outcomes into the next look.
 */
import { collisionPlan } from '../../core/rollout/collision.ts';
import { decideRollout } from '../../core/rollout/decide.ts';
import { failureEvent, failurePlan } from '../../core/rollout/failures.ts';
import { releaseWrites } from '../../core/rollout/services.ts';
import type { RolloutWorld } from '../../core/rollout/world.ts';
import type { ReplicaSet } from '../../kube/objects.ts';
import type { Plan, Write } from '../../kube/plan.ts';
import { apiVersionOf, ROLLOUTS } from '../../kube/resources.ts';
import { isApiError } from '../../runtime/api-error.ts';
import type { Applied, Applier } from '../../runtime/applier.ts';
import type { Client } from '../../runtime/client.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { EventRecorder, EventSubject } from '../../runtime/event-recorder.ts';
import type { OwnWrites } from '../../runtime/own-writes.ts';
import type { Outcome, Reconcile } from '../../runtime/worker.ts';
import type { Caches } from './caches.ts';
import { observe, type Observation } from './observe.ts';
import type { Workloads } from './workloads.ts';

interface ReconcileOptions {
  readonly caches: Caches;
  readonly workloads: Workloads;
  readonly client: Client;
  readonly applier: Applier;
  readonly events: EventRecorder;
  readonly ownWrites: OwnWrites;
  readonly clock: Clock;
  /** What the operator says that proxies need; see RolloutWorld. */
  readonly propagationMs: number | null;
}

/** The event that brings the cache up to date wakes the Rollout as well; this is for the event that never comes. */
const STALE: Outcome = { kind: 'stale', retryAfterMs: 100 };

const UNWATCHED_MS = 20_000;

type Run = Parameters<Reconcile>[1];

export function createReconcile(options: ReconcileOptions): Reconcile {
  return async (key, run) => {
    const observation = observe(options, key);
    switch (observation.kind) {
      case 'stale':
        return STALE;
      case 'absent':
        return release(options, key, run, observation);
      case 'world':
        return rollWithWorkload(options, key, run, observation.world);
    }
  };
}

/** Where no event tells of a change of the workload, it is looked for again: before its kind is watched, and while it may not be read. */
async function rollWithWorkload(
  options: ReconcileOptions,
  key: string,
  run: Run,
  world: RolloutWorld,
): Promise<Outcome> {
  if (world.rollout.spec.workloadRef === undefined) return roll(options, key, run, world);
  const found = await options.workloads.find(world.rollout, run.signal);
  const outcome = await roll(options, key, run, Object.freeze({ ...world, workload: found?.workload ?? null }));
  if (found === null || found.isWatched || outcome.kind !== 'done') return outcome;
  return { ...outcome, requeueAfterMs: Math.min(outcome.requeueAfterMs ?? UNWATCHED_MS, UNWATCHED_MS) };
}

async function roll(options: ReconcileOptions, key: string, run: Run, world: RolloutWorld): Promise<Outcome> {
  const plan = decideRollout(world);
  const subject = subjectOf(world);
  const done: Outcome =
    plan.requeueAfterMs === undefined ? { kind: 'done' } : { kind: 'done', requeueAfterMs: plan.requeueAfterMs };
  if (plan.writes.length === 0) return done;
  const applied = await options.applier.apply(plan, { key, subject, ...run });
  switch (applied.outcome) {
    case 'applied':
      return done;
    case 'exists':
      return await collide(options, key, run, world, applied.write);
    case 'conflict':
    case 'gone':
      return { kind: 'conflict' };
    case 'refused':
      await tell(options, key, run, world, plan, applied);
      throw applied.error;
  }
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
  await options.applier.apply(plan, { key, subject: subjectOf(world), ...run });
  return { kind: 'conflict' };
}

/** Says on the Rollout what the API server refused; the error itself goes on to the worker. */
async function tell(
  options: ReconcileOptions,
  key: string,
  run: Run,
  world: RolloutWorld,
  plan: Plan,
  { write, error }: Extract<Applied, { outcome: 'refused' }>,
): Promise<void> {
  const subject = subjectOf(world);
  const note = failureEvent(write, error.message);
  if (note !== null) options.events.record(subject, note);
  const said = failurePlan(world, plan, write, error.message);
  if (said !== null) await options.applier.apply(said, { key, subject, ...run });
}

/**
 * The Rollout is gone, or it was never one of ours. Only a live answer proves the first: a Rollout of
 * another instance is not in our caches, and a Service that loses its selector serves every revision.
 */
async function release(
  options: ReconcileOptions,
  key: string,
  run: Run,
  { namespace, name, managedServices }: Extract<Observation, { kind: 'absent' }>,
): Promise<Outcome> {
  if (managedServices.length === 0) {
    options.ownWrites.forget(key);
    return { kind: 'done' };
  }
  if (await exists(options.client, namespace, name, run.signal)) return { kind: 'done' };
  const writes = releaseWrites(namespace, name, managedServices, new Set());
  const subject = { apiVersion: apiVersionOf(ROLLOUTS), kind: ROLLOUTS.kind, namespace, name, uid: '' };
  const applied = await options.applier.apply({ writes }, { key, subject, ...run });
  return applied.outcome === 'applied' ? { kind: 'done' } : { kind: 'conflict' };
}

async function exists(client: Client, namespace: string, name: string, signal: AbortSignal): Promise<boolean> {
  try {
    // Also one that nobody can read is there, and its Services are not to be touched.
    await client.get(ROLLOUTS, { namespace, name }, { signal });
    return true;
  } catch (error) {
    if (isApiError(error, 'notFound')) return false;
    throw error;
  }
}

function subjectOf({ rollout }: RolloutWorld): EventSubject {
  const { namespace = '', name, uid, resourceVersion } = rollout.metadata;
  return { apiVersion: apiVersionOf(ROLLOUTS), kind: ROLLOUTS.kind, namespace, name, uid, resourceVersion };
}
