/** One look of the controller of Rollouts at the model: what it observes, what the core decides, and the writes made. */
import type { AnalysisRun } from '../api/schema/analysis-run.ts';
import type { Experiment } from '../api/schema/experiment.ts';
import type { Rollout } from '../api/schema/rollout.ts';
import { workloadResource } from '../api/schema/workload-ref.ts';
import { collisionPlan } from '../core/acts/collision.ts';
import { lookupIn, type Lookup } from '../core/observed/lookup.ts';
import type { ReferencedWorkload, RolloutWorld } from '../core/observed/world.ts';
import { decideRollout } from '../core/rollout/decide.ts';
import { gather } from '../core/rollout/gather.ts';
import { templateDoubt } from '../core/rollout/template-doubt.ts';
import { surroundingsOf } from '../core/view/surroundings.ts';
import { viewRollout, type RolloutView } from '../core/view/view.ts';
import type { KubeObject, ReplicaSet } from '../kube/objects.ts';
import type { EventNote, EvictWrite, Plan, Write } from '../kube/plan.ts';
import { ANALYSIS_RUNS, EXPERIMENTS, REPLICA_SETS, ROLLOUTS } from '../kube/resources.ts';
import { workloadOf } from '../kube/workload.ts';
import { evictionsBeyond, type Store } from './model/store.ts';

/** A write that changed something, with the object before and after it. */
export interface MadeWrite {
  readonly write: Write;
  readonly before: KubeObject | undefined;
  readonly after: KubeObject | undefined;
}

export interface Look {
  readonly made: readonly MadeWrite[];
  readonly events: readonly EventNote[];
  /** Milliseconds since the epoch; `null` when only an event can change anything. */
  readonly wakeAt: number | null;
  /** Only the API server can say whether the template is that of an earlier revision. */
  readonly isInDoubt: boolean;
}

/** Throws when there is no such Rollout. */
export function rolloutIn(store: Store, name: string): Rollout {
  const rollout = store.get<Rollout>(ROLLOUTS, name);
  if (rollout === undefined) throw new Error(`The model has no Rollout ${name}`);
  return rollout;
}

export function viewIn(store: Store, name: string): RolloutView {
  const lookup = lookupOf(store);
  return viewRollout({ ...worldIn(store, name), around: surroundingsOf(lookup, rolloutIn(store, name)) });
}

export function lookAtRollout(store: Store, name: string): Look {
  return act(store, worldIn(store, name));
}

export function worldIn(store: Store, name: string): RolloutWorld {
  const rollout = rolloutIn(store, name);
  const world = gather(lookupOf(store), rollout, { now: store.now, propagationMs: null });
  return Object.freeze({ ...world, workload: workloadIn(store, rollout) });
}

function lookupOf(store: Store): Lookup {
  return lookupIn((resource) => store.list(resource));
}

function workloadIn(store: Store, { spec: { workloadRef } }: Rollout): ReferencedWorkload | null {
  const resource = workloadRef === undefined ? null : workloadResource(workloadRef);
  if (resource === null) return null;
  const { name = '' } = workloadRef ?? {};
  const object = store.get(resource, name);
  return object === undefined ? { missing: `${resource.plural} "${name}" not found` } : workloadOf(object);
}

/** Decides once more where the name of a new object is taken, as the controller does. */
function act(store: Store, world: RolloutWorld): Look {
  const plan = decideRollout(world);
  const isInDoubt = templateDoubt(world, plan) !== null;
  const made: MadeWrite[] = [];
  const events: EventNote[] = [];
  const skipped = evictionsBeyond(plan.writes.filter((write): write is EvictWrite => write.op === 'evict'));
  for (const write of plan.writes) {
    if (skipped.has(write)) continue;
    const before = store.get(write.resource, write.name);
    const { version } = store;
    if (store.make(write) === 'exists') {
      const rest = actBeside(store, world, write, before);
      return { ...rest, made: [...made, ...rest.made], events: [...events, ...rest.events], isInDoubt };
    }
    events.push(...(write.events ?? []));
    if (store.version !== version) made.push({ write, before, after: store.get(write.resource, write.name) });
  }
  return { made, events, wakeAt: wakeAtOf(store, plan), isInDoubt };
}

function wakeAtOf({ now }: Store, { requeueAfterMs }: Plan): number | null {
  return requeueAfterMs === undefined ? null : now + requeueAfterMs;
}

const NOTHING: Look = { made: [], events: [], wakeAt: null, isInDoubt: false };

function actBeside(store: Store, world: RolloutWorld, { resource }: Write, inTheWay: KubeObject | undefined): Look {
  switch (resource) {
    case ANALYSIS_RUNS: {
      const runs = [...world.analysis.inTheWay, inTheWay as AnalysisRun];
      return act(store, { ...world, analysis: { ...world.analysis, inTheWay: runs } });
    }
    case EXPERIMENTS: {
      const experiments = [...world.experiments.inTheWay, inTheWay as Experiment];
      return act(store, { ...world, experiments: { ...world.experiments, inTheWay: experiments } });
    }
    case REPLICA_SETS:
      for (const write of collisionPlan(world, inTheWay as ReplicaSet)?.writes ?? []) store.make(write);
      return NOTHING;
    default:
      return NOTHING;
  }
}
