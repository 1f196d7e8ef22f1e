/** What a view of a Rollout or an Experiment is made from: which objects, and how they are put together. */
import { parseAnalysisRun } from '../api/schema/analysis-run.ts';
import { parseExperiment, type Experiment } from '../api/schema/experiment.ts';
import { LABELS } from '../api/words/labels.ts';
import { lookupIn } from '../core/observed/lookup.ts';
import { gather } from '../core/rollout/gather.ts';
import { watchedFor } from '../core/traffic/routers.ts';
import type { ReportedEvent } from '../core/view/other-writers.ts';
import { surroundingsOf, surroundingsOfExperiment } from '../core/view/surroundings.ts';
import { experimentView, type ExperimentView } from '../core/view/experiment.ts';
import { viewRollout, type RolloutView } from '../core/view/view.ts';
import type { KubeObject } from '../kube/objects.ts';
import {
  ANALYSIS_RUNS,
  EXPERIMENTS,
  INGRESSES,
  PODS,
  REPLICA_SETS,
  ROLLOUTS,
  SERVICES,
  type Resource,
} from '../kube/resources.ts';
import type { Lookup } from '../core/observed/lookup.ts';
import { parseRollout, type Rollout } from '../api/schema/rollout.ts';
import type { ReferencedWorkload } from '../core/observed/world.ts';

export interface Watched {
  readonly resource: Resource;
  readonly labelSelector?: string;
  readonly isReadable: (object: unknown) => boolean;
}

export const ROLLOUT: Watched = { resource: ROLLOUTS, isReadable: (one) => 'rollout' in parseRollout(one) };

/** Only what belongs to a Rollout or an Experiment carries this label. */
const OF_ROLLOUTS = { labelSelector: LABELS.podTemplateHash };

/** Beside the Rollout itself. */
export const WATCHED: readonly Watched[] = [
  { resource: REPLICA_SETS, ...OF_ROLLOUTS, isReadable: () => true },
  { resource: PODS, ...OF_ROLLOUTS, isReadable: () => true },
  { resource: ANALYSIS_RUNS, isReadable: (one) => 'run' in parseAnalysisRun(one) },
  { resource: EXPERIMENTS, isReadable: (one) => 'experiment' in parseExperiment(one) },
  { resource: SERVICES, isReadable: () => true },
  { resource: INGRESSES, isReadable: () => true },
];

/** What a Rollout needs beside it: the routes of the Gateway API that it leads through. */
export function watchedBeside(rollout: Rollout): readonly Watched[] {
  return watchedFor(rollout).map((resource) => ({ resource, isReadable: () => true }));
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

export function experimentViewOf(experiment: Experiment, lookup: Lookup): ExperimentView {
  return experimentView(experiment, surroundingsOfExperiment(lookup, experiment));
}

/** A lookup in lists by plural; what is not there counts as empty. */
export function lookupInLists(lists: ReadonlyMap<string, readonly KubeObject[]>): Lookup {
  return lookupIn(({ plural }) => lists.get(plural) ?? []);
}
