/** What each side of a rollout really gets, in percent of the requests. */
import type { RevisionView, RolloutView } from '../../src/core/view/view.ts';
import { versionOfImage } from './manifests.ts';
import type { Reading } from './meter.ts';

export interface MeasuredSides {
  /** `null` when there is no such side, no answer yet, or both sides say the same. */
  readonly stable: number | null;
  readonly canary: number | null;
}

export function measuredSides({ stable, canary }: RolloutView, { counted, percentOf }: Reading): MeasuredSides {
  const [ofStable, ofCanary] = [versionOf(stable), versionOf(canary)];
  if (counted === 0 || ofStable === ofCanary) return { stable: null, canary: null };
  const percent = (version: string | null): number | null => (version === null ? null : (percentOf[version] ?? 0));
  return { stable: percent(ofStable), canary: percent(ofCanary) };
}

function versionOf(revision: RevisionView | null): string | null {
  return revision === null ? null : versionOfImage(revision.images[0] ?? '');
}

/** With one decimal, because no proxy gives exactly what was asked for. */
export function percentText(percent: number | null): string {
  return percent === null ? '–' : `${percent.toFixed(1)} %`;
}

/** `1,234 requests, 0 failed`. */
export function requestsText({ answered, failed }: Reading): string {
  return `${grouped(answered)} requests, ${grouped(failed)} failed`;
}

function grouped(count: number): string {
  return count.toLocaleString('en');
}
