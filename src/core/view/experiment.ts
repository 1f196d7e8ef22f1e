/** An Experiment as people are shown it: its ReplicaSets with their pods, and its AnalysisRuns. */
import type { Experiment } from '../../api/schema/experiment.ts';
import { goDurationSeconds } from '../../kube/duration.ts';
import { isControlledBy } from '../../kube/owners.ts';
import { parseTime } from '../../kube/time.ts';
import { templateNameOf } from '../experiment/templates.ts';
import { byAge } from '../observed/replica-sets.ts';
import { analysisRunView, byNewest, type AnalysisRunView } from './analysis-run.ts';
import { imageViews, type ImageView } from './images.ts';
import { replicaSetView, type ReplicaSetView } from './replica-set.ts';
import { numberOfRevision } from './revision-number.ts';
import type { Surroundings } from './surroundings.ts';

export interface ExperimentView {
  readonly namespace: string;
  readonly name: string;
  /** The one of the Rollout that it belongs to; 0 for an Experiment on its own. */
  readonly revision: number;
  /** '' before the controller has looked at it. */
  readonly phase: string;
  readonly message: string;
  /** Milliseconds since the epoch, as all times here. */
  readonly createdAt: number | null;
  /** How long it runs once all pods are available, in seconds; `null`: until it is terminated. */
  readonly durationSeconds: number | null;
  /** When that is over; `null` while that is not known. */
  readonly endsAt: number | null;
  readonly images: readonly ImageView[];
  readonly replicaSets: readonly ReplicaSetView[];
  readonly analysisRuns: readonly AnalysisRunView[];
}

export function experimentView(experiment: Experiment, around: Surroundings): ExperimentView {
  const { metadata, spec, status } = experiment;
  const isOwn = (object: Surroundings['runs' | 'replicaSets'][number]) => isControlledBy(object, metadata.uid);
  const durationSeconds = spec.duration === undefined ? null : goDurationSeconds(spec.duration);
  const availableAt = parseTime(status?.availableAt);
  const replicaSets = around.replicaSets
    .filter(isOwn)
    .toSorted(byAge)
    .map((one) => replicaSetView(one, [`Σ:${templateNameOf(one) ?? ''}`], around));
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    revision: numberOfRevision(experiment),
    phase: status?.phase ?? '',
    message: status?.message ?? '',
    createdAt: parseTime(metadata.creationTimestamp),
    durationSeconds,
    endsAt: durationSeconds === null || availableAt === null ? null : availableAt + durationSeconds * 1000,
    images: imageViews(replicaSets),
    replicaSets,
    analysisRuns: around.runs.filter(isOwn).toSorted(byNewest).map(analysisRunView),
  };
}
