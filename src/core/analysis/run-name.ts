/**
 * The name of a new run when its own is taken (spec B.8, collision): the run that is there is used when it is the same
 * and still runs; otherwise `.1`, `.2` and so on are appended.
 */
import type { AnalysisRun, AnalysisRunSpec } from '../../api/schema/analysis-run.ts';
import { deepEqual } from '../../kube/merge-patch.ts';
import type { KubeObject } from '../../kube/objects.ts';
import type { CreateWrite } from '../../kube/plan.ts';
import { isControlledBy } from '../../kube/owners.ts';
import { isTerminating as isBeingDeleted } from '../../kube/terminating.ts';
import { isOutcome } from './phases.ts';
import { runObject, type NewRun } from './new-run.ts';
import type { Trial } from './run-history.ts';
import { createRun } from './run-writes.ts';

export interface PlacedRun {
  readonly name: string;
  /** `null` when the run exists. */
  readonly write: CreateWrite | null;
}

/** What has a name: a run, something that cannot be read as one, or nothing that is known. */
export type NameHolder = AnalysisRun | 'unreadable' | undefined;

/**
 * Where the run is, or is to be created. `holderOf` knows the runs of the namespace by name; when the API server says that the
 * name is taken although it is not known, read that run and ask again.
 */
export function placeRun(run: NewRun, holderOf: (name: string) => NameHolder, why: string): PlacedRun {
  const isSame = (present: AnalysisRun | 'unreadable'): boolean => present !== 'unreadable' && isSameRun(present, run);
  const { name, isTaken } = freeName(run.baseName, '.', holderOf, isSame);
  return { name, write: isTaken ? null : createRun(runObject(run, name), run.namespace, name, why) };
}

/** The first name that is free, or under which there is the same already. */
export function freeName<Present>(
  baseName: string,
  separator: '.' | '-',
  named: (name: string) => Present | undefined,
  isSame: (present: Present) => boolean,
): { readonly name: string; readonly isTaken: boolean } {
  for (let suffix = 0; ; suffix++) {
    const name = suffix === 0 ? baseName : `${baseName}${separator}${suffix}`;
    const present = named(name);
    if (present === undefined) return { name, isTaken: false };
    if (isSame(present)) return { name, isTaken: true };
  }
}

/** Of the Rollout's own runs the one that is this already, also where a lower number than its own has become free. */
export function sameRunAmong(runs: readonly AnalysisRun[], run: NewRun): AnalysisRun | null {
  return sameAmong(runs, run.baseName, '.', (present) => isSameRun(present, run));
}

/** Of those of one owner the one that is the same, also where a lower number than its own has become free. */
export function sameAmong<Present extends KubeObject>(
  own: readonly Present[],
  baseName: string,
  separator: '.' | '-',
  isSame: (present: Present) => boolean,
): Present | null {
  const isNumber = (suffix: string): boolean =>
    suffix === '' || (suffix.startsWith(separator) && /^\d+$/.test(suffix.slice(1)));
  const isNamedSo = (name: string): boolean => name.startsWith(baseName) && isNumber(name.slice(baseName.length));
  return own.find((one) => isNamedSo(one.metadata.name) && isSame(one)) ?? null;
}

function isSameRun(present: AnalysisRun, wanted: NewRun): boolean {
  return isStillOf(present, wanted.owner.uid) && sameMeasurements(present.spec, wanted.spec);
}

/** Goes on for that owner. What was asked to end does not measure what a new one would. */
export function isStillOf(present: Trial, ownerUid: string): boolean {
  return (
    !isOutcome(present.status?.phase) &&
    present.spec.terminate !== true &&
    !isBeingDeleted(present) &&
    isControlledBy(present, ownerUid)
  );
}

/** By meaning: the API server removes null, and an empty list says as much as none. */
function sameMeasurements(a: AnalysisRunSpec, b: AnalysisRunSpec): boolean {
  return (['metrics', 'args', 'dryRun', 'measurementRetention'] as const).every((field) =>
    deepEqual(withoutNulls(a[field] ?? []), withoutNulls(b[field] ?? [])),
  );
}

/** By meaning: the API server removes null. */
export function withoutNulls(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutNulls);
  const entries = Object.entries(value).filter(([, item]) => item !== null);
  return Object.fromEntries(entries.map(([key, item]) => [key, withoutNulls(item)]));
}
