/**
 * What the analysis asks of a provider of metrics. A provider talks to an outside system and says what it saw; it
 * decides nothing. Whatever it throws becomes a measurement with phase Error (spec B.9, G-45).
 */
import type { z } from 'zod';
import type { Immutable } from '../../api/schema/immutable.ts';
import type { metric } from '../../api/schema/metric.ts';
import type { MetricValue } from './metric-value.ts';

export type Metric = Immutable<z.infer<typeof metric>>;

/** What one measurement is made from. */
export interface MeasurementOrder {
  readonly run: { readonly namespace: string; readonly name: string; readonly uid: string };
  /** When the run began, milliseconds since the epoch; `null` in its first round. */
  readonly runStartedAt: number | null;
  /** With every argument filled in. It may hold secrets: no part of it is stored. */
  readonly metric: Metric;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** 1 for the first measurement of the metric. A repeated one after an error counts on. */
  readonly number: number;
}

/** What a measurement remembers while it takes longer than one call; part of the status. */
export type MeasurementMetadata = Readonly<Record<string, string>>;

export type Reading =
  /** A value; the conditions of the metric decide. `text` is what people read as `value`. */
  | {
      readonly kind: 'value';
      readonly result: MetricValue;
      readonly text: string;
      readonly metadata?: MeasurementMetadata;
    }
  /** The system has judged by itself. */
  | {
      readonly kind: 'verdict';
      readonly phase: 'Successful' | 'Failed' | 'Inconclusive' | 'Error';
      readonly text?: string;
      readonly message?: string;
      readonly metadata?: MeasurementMetadata;
    }
  /** Not finished: to be asked again at `resumeAt`, milliseconds since the epoch. */
  | { readonly kind: 'unfinished'; readonly resumeAt: number; readonly metadata: MeasurementMetadata };

/** An unfinished measurement, as the status has it. */
export interface UnfinishedMeasurement {
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly metadata: MeasurementMetadata;
}

export interface MetricProvider {
  /** Begins a measurement, and finishes it where that takes one call. Rejects soon after the signal is aborted. */
  readonly measure: (order: MeasurementOrder, signal: AbortSignal) => Promise<Reading>;
  /** Only where a measurement can be unfinished. */
  readonly resume?: (
    order: MeasurementOrder,
    unfinished: UnfinishedMeasurement,
    signal: AbortSignal,
  ) => Promise<Reading>;
  /** Ends an unfinished measurement in the outside system. */
  readonly terminate?: (
    order: MeasurementOrder,
    unfinished: UnfinishedMeasurement,
    signal: AbortSignal,
  ) => Promise<Reading>;
  /** Removes what the metric's measurements have left in the outside system, but for the newest `keep`. */
  readonly removeOld?: (order: MeasurementOrder, keep: number, signal: AbortSignal) => Promise<void>;
  /** Metadata of the metric's result, from the metric with placeholders in the place of secrets. */
  readonly describe?: (metric: Metric) => MeasurementMetadata;
}
