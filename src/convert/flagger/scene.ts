/** What all parts of the translation of one Canary know about it. */
import { goDurationSeconds } from '../../kube/duration.ts';
import type { Refusals } from '../conversion.ts';
import type { InputObject, InputSet } from '../input.ts';
import type { Workload } from '../workload.ts';
import type { FlaggerAnalysis, FlaggerMatch, FlaggerSpec } from './schema.ts';

export interface FlaggerScene {
  readonly set: InputSet;
  readonly source: InputObject;
  readonly name: string;
  readonly namespace: string | undefined;
  readonly spec: FlaggerSpec;
  /** `spec.analysis`, or the older `spec.canaryAnalysis`. */
  readonly analysis: FlaggerAnalysis;
  /** Path of it. */
  readonly path: string;
  readonly workload: Workload;
  readonly stableService: string;
  readonly canaryService: string;
  /** Name of the Ingress; empty without one. */
  readonly ingress: string;
  readonly mode: Mode;
  readonly refusals: Refusals;
}

/** How a release goes: by weights, for requests with a header, or switched after a number of checks. */
export type Mode =
  | { readonly kind: 'weights'; readonly weights: readonly number[] }
  | { readonly kind: 'match'; readonly iterations: number; readonly matches: readonly FlaggerMatch[] }
  | { readonly kind: 'blueGreen'; readonly iterations: number };

const DEFAULT_INTERVAL = '60s';
const SHORTEST_SECONDS = 10;

/** Flagger counts nothing below ten seconds, and what it cannot read as a minute. */
export function intervalOf({ interval = '' }: FlaggerAnalysis): string {
  const seconds = goDurationSeconds(interval);
  if (seconds === null || seconds === 0) return DEFAULT_INTERVAL;
  return seconds < SHORTEST_SECONDS ? `${SHORTEST_SECONDS}s` : interval;
}

/** How many bad checks Flagger tolerates: the next one sends the release back. */
export function tolerated({ threshold = 0 }: FlaggerAnalysis): number {
  return Math.max(threshold, 1) - 1;
}
