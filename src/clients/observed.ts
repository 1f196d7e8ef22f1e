/** What a view of a Rollout or an Experiment is made from: which objects, and how they are put together. */
import { parseAnalysisRun, type AnalysisRun } from '../api/schema/analysis-run.ts';
import { parseExperiment, type Experiment } from '../api/schema/experiment.ts';
import { lookupIn } from '../core/observed/lookup.ts';
import { gather } from '../core/rollout/gather.ts';
import { routesFor } from '../core/traffic/routers.ts';
import type { ReportedEvent } from '../core/view/other-writers.ts';
import { surroundingsOf, surroundingsOfExperiment } from '../core/view/surroundings.ts';
import { byNewest } from '../core/view/analysis-run.ts';
import { experimentView, type ExperimentView } from '../core/view/experiment.ts';
import { viewRollout, type RolloutView } from '../core/view/view.ts';
import type { KubeObject } from '../kube/objects.ts';
import { ANALYSIS_RUNS, EXPERIMENTS, ROLLOUTS, type Resource } from '../kube/resources.ts';
import type { Lookup } from '../core/observed/lookup.ts';
import { parseRollout, type Rollout } from '../api/schema/rollout.ts';
import type { ReferencedWorkload } from '../core/observed/world.ts';
import { AROUND, type ListOf } from './around.ts';

export interface Watched extends ListOf {
  readonly isReadable: (object: unknown) => boolean;
  readonly isClusterWide?: true;
  /** What of an object is kept while it is watched; all of it when absent. */
  readonly trim?: (object: KubeObject) => KubeObject;
}

export const ROLLOUT: Watched = { resource: ROLLOUTS, isReadable: (one) => 'rollout' in parseRollout(one) };

/** By plural; of other objects every one can be read. */
const READABLE: Readonly<Record<string, Watched['isReadable']>> = {
  [ANALYSIS_RUNS.plural]: (one) => 'run' in parseAnalysisRun(one),
  [EXPERIMENTS.plural]: (one) => 'experiment' in parseExperiment(one),
};

/** Beside the Rollout itself. */
export const WATCHED: readonly Watched[] = AROUND.map((one) => ({
  ...one,
  isReadable: READABLE[one.resource.plural] ?? (() => true),
}));

/** What a Rollout needs beside it: the routes and the like that it leads through. */
export function watchedBeside(rollout: Rollout): readonly Watched[] {
  return routesFor(rollout).map((resource) => ({ resource, isReadable: () => true }));
}

export interface Seen {
  readonly rollout: Rollout;
  readonly workload: ReferencedWorkload | null;
  readonly lookup: Lookup;
  /** Of the Rollout, where they have been read. */
  readonly events?: readonly ReportedEvent[];
}

export function viewOf({ rollout, workload, lookup, events = [] }: Seen, now: number): RolloutView {
  const world = { ...gather(lookup, rollout, { now, propagationMs: null }), workload };
  return viewRollout({ ...world, around: { ...surroundingsOf(lookup, rollout), events } });
}

/** Its own AnalysisRuns and those of its Experiments, newest first. */
export function runsOf({ rollout, lookup }: Seen): readonly AnalysisRun[] {
  return surroundingsOf(lookup, rollout).runs.toSorted(byNewest);
}

export function experimentViewOf(experiment: Experiment, lookup: Lookup): ExperimentView {
  return experimentView(experiment, surroundingsOfExperiment(lookup, experiment));
}

/** A lookup in lists by plural; what is not there counts as empty. */
export function lookupInLists(lists: ReadonlyMap<string, readonly KubeObject[]>): Lookup {
  return lookupIn(({ plural }) => lists.get(plural) ?? []);
}

/** The same for lists as they were read, without the objects that cannot be read. */
export function readableIn(lists: ReadonlyMap<string, readonly KubeObject[]>): Lookup {
  const readable = WATCHED.map(({ resource: { plural }, isReadable }): [string, readonly KubeObject[]] => {
    return [plural, (lists.get(plural) ?? []).filter(isReadable)];
  });
  return lookupInLists(new Map(readable));
}

/** The lookup with these lists, by plural, beside what it has. */
export function withLists(lookup: Lookup, lists: ReadonlyMap<string, readonly KubeObject[]>): Lookup {
  const beside = lookupInLists(lists);
  const that = ({ plural }: Resource): Lookup => (lists.has(plural) ? beside : lookup);
  return {
    get: (resource, namespace, name) => that(resource).get(resource, namespace, name),
    find: (index, value) => that(index.resource).find(index, value),
    unreadable: (resource) => that(resource).unreadable(resource),
  };
}
