/** The tree of a rollout: its revisions, newest first, each with its ReplicaSet, Experiments and AnalysisRuns. */
import { isControlledBy } from '../../kube/owners.ts';
import { byRevision, templateHashOf } from '../observed/replica-sets.ts';
import type { Situation } from '../observed/situation.ts';
import type { StrategyView } from '../strategies/strategy.ts';
import { analysisRunView, byNewest, type AnalysisRunView } from './analysis-run.ts';
import { experimentView, type ExperimentView } from './experiment.ts';
import { replicaSetView, type ReplicaSetView } from './replica-set.ts';
import type { Surroundings } from './surroundings.ts';

export interface RevisionTree {
  /** 0 holds what does not say which revision it belongs to. */
  readonly revision: number;
  readonly replicaSets: readonly ReplicaSetView[];
  readonly experiments: readonly ExperimentView[];
  readonly analysisRuns: readonly AnalysisRunView[];
}

/** Of the Rollout itself, newest revision first. */
export function replicaSetViews(
  { all, status }: Situation,
  { rolesOf }: StrategyView,
  around: Surroundings,
): readonly ReplicaSetView[] {
  return all.toSorted(byRevision).map((one) => {
    const hash = templateHashOf(one);
    const stable = hash === status.stableRS ? ['stable'] : [];
    return replicaSetView(one, [...stable, ...rolesOf(hash)], around);
  });
}

export function revisionTrees(
  situation: Situation,
  strategy: StrategyView,
  around: Surroundings,
): readonly RevisionTree[] {
  const { rollout } = situation;
  const replicaSets = replicaSetViews(situation, strategy, around);
  const experiments = around.experiments.toSorted(byNewest).map((one) => experimentView(one, around));
  const runs = around.runs.filter((one) => isControlledBy(one, rollout.metadata.uid));
  const analysisRuns = runs.toSorted(byNewest).map(analysisRunView);
  const numbers = [...replicaSets, ...experiments, ...analysisRuns].map(({ revision }) => revision);
  return [...new Set(numbers)]
    .toSorted((a, b) => b - a)
    .map((revision) => ({
      revision,
      replicaSets: replicaSets.filter((one) => one.revision === revision),
      experiments: experiments.filter((one) => one.revision === revision),
      analysisRuns: analysisRuns.filter((one) => one.revision === revision),
    }));
}
