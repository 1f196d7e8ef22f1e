/** Everything that one picture of the demo is made from, and where it is shown. Values and one interface only. */
import type { RolloutView } from '../../src/core/view/view.ts';
import type { Advice } from './advice.ts';
import type { AnalysisView } from './analysis.ts';
import type { Chapter } from './chapter.ts';
import type { Reading } from './meter.ts';
import type { RolloutEvent } from './sight.ts';

export interface Scene {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Absent until the Rollout is there. */
  readonly view: RolloutView | null;
  /** What users get; `null` when no requests are sent. */
  readonly traffic: Reading | null;
  /** What Serin measured last; `null` until there is an AnalysisRun. */
  readonly analysis: AnalysisView | null;
  /** Address of the page, if there is one. */
  readonly pageUrl: string | null;
  /** In the order in which they happened. */
  readonly events: readonly RolloutEvent[];
  /** For a person; empty in an unattended demo. */
  readonly advice: readonly Advice[];
  /** Of an unattended demo. */
  readonly chapters: readonly Chapter[];
  readonly keys: readonly KeyHint[];
}

/** A key and what it does; `useful` when it does something now, else perhaps with the reason. */
export interface KeyHint {
  readonly key: string;
  readonly does: string;
  readonly useful: boolean;
  readonly whyNot?: string;
}

export interface Display {
  show(scene: Scene): void;
  /** Something that can be read after the end as well. */
  tell(chapter: Chapter): void;
  /** The terminal is as it was before when this returns. Further scenes are not shown. */
  close(): void;
}
