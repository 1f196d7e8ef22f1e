/** The AnalysisRuns and Experiments that a course makes. */
import type { AnalysisRun } from '../api/schema/analysis-run.ts';
import type { Experiment } from '../api/schema/experiment.ts';
import { LABELS } from '../api/words/labels.ts';
import { effectiveCountOf, isEndless, limitsOf } from '../core/analysis/limits.ts';
import type { Metric } from '../core/analysis/provider.ts';
import { prepareRun } from '../core/analysis/prepare-run.ts';
import type { KubeObject } from '../kube/objects.ts';
import { ANALYSIS_RUNS, EXPERIMENTS } from '../kube/resources.ts';
import { parseTime } from '../kube/time.ts';
import type { Store } from './model/store.ts';
import type { Stage } from './stages.ts';

interface PlannedMetric {
  readonly name: string;
  /** Such as `prometheus`; '' when the metric names none. */
  readonly provider: string;
  /** `null`: it is measured until the run is ended. */
  readonly count: number | null;
  /** As written; '' when absent. */
  readonly interval: string;
  /** So many successes in a row are enough; 0: every measurement counts. */
  readonly successes: number;
}

export interface PlannedTrial {
  readonly kind: 'AnalysisRun' | 'Experiment';
  readonly name: string;
  /** Of a run: `Step`, `Background`, `PrePromotion` or `PostPromotion`; '' where it has none. */
  readonly type: string;
  /** See Stage. */
  readonly stage: string;
  /** In the fast course, milliseconds since the release began. */
  readonly earliestMs: number;
  /** How long it takes when every measurement is successful; `null` when it goes on until the release ends it. */
  readonly takesMs: number | null;
  readonly metrics: readonly PlannedMetric[];
  /** How it ends, where that is not a success; '' otherwise. */
  readonly problem: string;
}

/** `store` is that of the end. */
export function plannedTrials(stages: readonly Stage[], store: Store): readonly PlannedTrial[] {
  const beganAt = stages[0]?.moments[0]?.at ?? 0;
  return stages.flatMap(({ key, moments }) =>
    moments.flatMap(({ made, at }) =>
      made.flatMap(({ write, after, before }): readonly PlannedTrial[] => {
        if (after === undefined || before !== undefined) return [];
        const place = { stage: key, earliestMs: at - beganAt };
        if (write.resource === ANALYSIS_RUNS) return [{ ...runOf(after, store), ...place }];
        return write.resource === EXPERIMENTS ? [{ ...experimentOf(after, store), ...place }] : [];
      }),
    ),
  );
}

type Trial = Omit<PlannedTrial, 'stage' | 'earliestMs'>;

function runOf(made: KubeObject, store: Store): Trial {
  const { name, labels = {} } = made.metadata;
  const run = store.latest(ANALYSIS_RUNS, made as AnalysisRun) ?? (made as AnalysisRun);
  const prepared = prepareRun(run.spec);
  const metrics = 'problem' in prepared ? [] : prepared.metrics.map(({ metric }) => metric);
  const { phase = '', message = '', startedAt, completedAt } = run.status ?? {};
  const ended = parseTime(completedAt);
  return {
    kind: 'AnalysisRun',
    name,
    type: labels[LABELS.rolloutType] ?? '',
    takesMs:
      ended === null || run.spec.terminate === true || metrics.some(isEndless)
        ? null
        : ended - (parseTime(startedAt) ?? ended),
    metrics: metrics.map(metricOf),
    problem: phase === 'Failed' || phase === 'Error' ? message : '',
  };
}

function metricOf(metric: Metric): PlannedMetric {
  const [provider = ''] = Object.keys(metric.provider ?? {});
  const { name, interval = '' } = metric;
  return { name, provider, count: effectiveCountOf(metric), interval, successes: limitsOf(metric).consecutiveSuccess };
}

function experimentOf(made: KubeObject, store: Store): Trial {
  const { name } = made.metadata;
  const { spec, status = {} } = store.latest(EXPERIMENTS, made as Experiment) ?? (made as Experiment);
  const conditions = status.conditions ?? [];
  const ended = parseTime(conditions.find(({ reason }) => reason === 'ExperimentCompleted')?.lastTransitionTime);
  const began = parseTime(made.metadata.creationTimestamp);
  return {
    kind: 'Experiment',
    name,
    type: '',
    takesMs: ended === null || began === null || spec.terminate === true ? null : ended - began,
    metrics: [],
    problem: status.phase === 'Failed' || status.phase === 'Error' ? (status.message ?? '') : '',
  };
}
