/** The measurements of an AnalysisRun, metric by metric, as a person reads them: values, limits and what came of them. */
export interface MetricView {
  readonly name: string;
  /** '' before the first measurement. */
  readonly phase: string;
  readonly message: string;
  /** It does not affect the outcome of the run. */
  readonly dryRun: boolean;
  /** As the run has them, with its arguments put in; '' when there is none. */
  readonly successCondition: string;
  readonly failureCondition: string;
  /** Where the conditions compare the value with one number: lines for a chart. */
  readonly thresholds: readonly ThresholdView[];
  readonly limits: readonly LimitView[];
  /** What was asked of the provider, without secrets; '' when the run does not say. */
  readonly query: string;
  /** Those that the run still keeps, oldest first. */
  readonly measurements: readonly MeasurementView[];
}

export interface ThresholdView {
  readonly value: number;
  /** Which side of it is good. */
  readonly good: 'below' | 'above';
  /** The comparison as it is written, such as `result[0] < 0.05`. */
  readonly text: string;
}

/** How many measurements ended in one way, against how many may. */
export interface LimitView {
  readonly outcome: 'failed' | 'inconclusive' | 'error' | 'successful';
  readonly count: number;
  /** The metric is decided when there are more; `null` without a limit. */
  readonly allowed: number | null;
}

export interface MeasurementView {
  /** When it ended, or began while it runs; milliseconds since the epoch. */
  readonly at: number | null;
  /** `Successful`, `Failed`, `Inconclusive`, `Error`, `Running`. */
  readonly phase: string;
  /** `null` when the value is not one number. */
  readonly value: number | null;
  /** The value as the status has it; '' when there is none. */
  readonly text: string;
  readonly message: string;
}
