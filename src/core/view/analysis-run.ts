/** An AnalysisRun as people are shown it: its phase, how its measurements ended, and the Jobs that measured. */
import type { AnalysisRun, MetricResult } from '../../api/schema/analysis-run.ts';
import { LABELS } from '../../api/words/labels.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { parseTime } from '../../kube/time.ts';
import { numberOfRevision } from './revision-number.ts';

export interface AnalysisRunView {
  readonly name: string;
  /** The one of the Rollout that it measures; 0 when the run does not say. */
  readonly revision: number;
  /** '' before the controller has looked at it. */
  readonly phase: string;
  readonly message: string;
  /** `Step`, `Background`, `PrePromotion` or `PostPromotion`; '' for a run that no Rollout has made. */
  readonly type: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number | null;
  /** How many measurements of all metrics ended in which way. */
  readonly measurements: MeasurementCounts;
  readonly jobs: readonly JobView[];
}

interface MeasurementCounts {
  readonly successful: number;
  readonly failed: number;
  readonly inconclusive: number;
  readonly error: number;
}

export interface JobView {
  readonly name: string;
  readonly metric: string;
  /** Of the measurement. */
  readonly phase: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number | null;
}

/** Where a measurement keeps the name of its Job. */
const JOB_NAME = 'job-name';

export function analysisRunView(run: AnalysisRun): AnalysisRunView {
  const { phase = '', message = '', metricResults = [] } = run.status ?? {};
  const total = (count: (result: MetricResult) => number | undefined) =>
    metricResults.reduce((sum, result) => sum + (count(result) ?? 0), 0);
  return {
    name: run.metadata.name,
    revision: numberOfRevision(run),
    phase,
    message,
    type: run.metadata.labels?.[LABELS.rolloutType] ?? '',
    createdAt: parseTime(run.metadata.creationTimestamp),
    measurements: {
      successful: total((result) => result.successful),
      failed: total((result) => result.failed),
      inconclusive: total((result) => result.inconclusive),
      error: total((result) => result.error),
    },
    jobs: metricResults.flatMap(jobsOf),
  };
}

function jobsOf({ name: metric, measurements = [] }: MetricResult): readonly JobView[] {
  return measurements.flatMap(({ phase, startedAt, metadata }) => {
    const name = metadata?.[JOB_NAME];
    return name === undefined ? [] : [{ name, metric, phase, startedAt: parseTime(startedAt) }];
  });
}

/** The newest first. */
export function byNewest(a: KubeObject, b: KubeObject): number {
  const [first, second] = [a, b].map(({ metadata }) => parseTime(metadata.creationTimestamp) ?? 0);
  return (second ?? 0) - (first ?? 0) || (a.metadata.name < b.metadata.name ? -1 : 1);
}
