/**
 * What an AnalysisRun of the demo's template has measured, for people to see. It reads the run and nothing else: what is
 * shown is what Serin measured, not what the demo counted.
 */
import { z } from 'zod';
import type { AnalysisRun, Measurement } from '../../src/api/schema/analysis-run.ts';
import { ANNOTATIONS, LABELS } from '../../src/api/words/labels.ts';
import { ANALYSIS_OUTCOMES, type AnalysisOutcome } from '../../src/api/words/reasons.ts';
import { parseTime } from '../../src/kube/time.ts';
import { versionOfImage } from './manifests.ts';
import { percentText } from './measured.ts';

export interface AnalysisView {
  /** Name of the AnalysisRun. */
  readonly run: string;
  /** Template hash and number of the revision that it measures, and what its pods answer. */
  readonly hash: string;
  readonly revision: number;
  readonly version: string;
  /** `Running` until it has come to an outcome. */
  readonly phase: 'Running' | AnalysisOutcome;
  /** More failed requests than this are a bad measurement; `null` when the run does not say. */
  readonly limitPercent: number | null;
  /** Oldest first. */
  readonly measurements: readonly MeasuredValue[];
  /** Why it has come to that outcome, in the words of the run; '' when there is nothing to say. */
  readonly message: string;
}

export interface MeasuredValue {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly outcome: AnalysisOutcome;
  /** Of the failed requests, and of how many; `null` when nothing could be measured. */
  readonly percent: number | null;
  readonly requests: number | null;
  /** Why nothing could be measured; '' otherwise. */
  readonly message: string;
}

/** The run that began last, `null` without any. */
export function newestAnalysis(runs: readonly AnalysisRun[]): AnalysisView | null {
  const newest = runs.toSorted((a, b) => revisionOf(a) - revisionOf(b) || createdAt(a) - createdAt(b)).at(-1);
  return newest === undefined ? null : analysisView(newest);
}

function revisionOf({ metadata }: AnalysisRun): number {
  return Number(metadata.annotations?.[ANNOTATIONS.revision] ?? 0);
}

function createdAt({ metadata }: AnalysisRun): number {
  return parseTime(metadata.creationTimestamp) ?? 0;
}

function analysisView(run: AnalysisRun): AnalysisView {
  const { metadata, spec, status } = run;
  const argument = (name: string): string | undefined => spec.args?.find((one) => one.name === name)?.value;
  const limit = argument('maximum-failed-percent');
  return {
    run: metadata.name,
    hash: metadata.labels?.[LABELS.podTemplateHash] ?? '',
    revision: revisionOf(run),
    version: versionOfImage(argument('image') ?? ''),
    phase: outcomeOf(status?.phase) ?? 'Running',
    limitPercent: limit === undefined ? null : Number(limit),
    measurements: (status?.metricResults ?? []).flatMap(({ measurements = [] }) => measurements.flatMap(measuredValue)),
    message: status?.message ?? '',
  };
}

function measuredValue(measurement: Measurement): readonly MeasuredValue[] {
  const at = parseTime(measurement.finishedAt);
  const outcome = outcomeOf(measurement.phase);
  if (at === null || outcome === undefined) return [];
  const { failedPercent, requests } = numbersIn(measurement.value);
  return [{ at, outcome, percent: failedPercent, requests, message: measurement.message ?? '' }];
}

const numbers = z.object({ requests: z.number(), failedPercent: z.number().nullable() });

function numbersIn(value: string | undefined): { failedPercent: number | null; requests: number | null } {
  try {
    return numbers.parse(JSON.parse(value ?? ''));
  } catch {
    return { failedPercent: null, requests: null };
  }
}

function outcomeOf(phase: string | undefined): AnalysisOutcome | undefined {
  return ANALYSIS_OUTCOMES.find((one) => one === phase);
}

/** What came of it, in a sentence or two. */
export function analysisSentence(analysis: AnalysisView): string {
  const { phase, message, version } = analysis;
  switch (phase) {
    case 'Running':
      return analysis.measurements.length === 0
        ? `Serin is about to measure ${version}.`
        : `Serin measures ${version} until the release is over.`;
    case 'Successful':
      return `The release of ${version} is over. Serin has not aborted it.`;
    case 'Inconclusive':
      return `Paused, because the numbers do not show how ${version} does: ${message}.`;
    case 'Error':
      return `Went back by itself, because ${version} could not be measured: ${message}.`;
    case 'Failed':
      return `Went back by itself: ${message}. ${badValues(analysis)}`;
  }
}

/** One measurement and its outcome. */
export function measurementSentence(
  { limitPercent }: AnalysisView,
  { percent, requests, outcome, message }: MeasuredValue,
): string {
  const value =
    percent === null
      ? message || 'There was no request'
      : `${percentText(percent)} of ${requests ?? 0} requests failed, at most ${limitPercent ?? 0} % may`;
  return `${value}: ${outcome}.`;
}

function badValues({ measurements, version, limitPercent }: AnalysisView): string {
  const bad = measurements.filter(({ outcome }) => outcome === 'Failed').map(({ percent }) => percentText(percent));
  return `${listed(bad)} of the requests of ${version} failed, at most ${limitPercent ?? 0} % may.`;
}

/** `a, b and c`. */
function listed(words: readonly string[]): string {
  const [last = '', ...rest] = words.toReversed();
  return rest.length === 0 ? last : `${rest.toReversed().join(', ')} and ${last}`;
}
