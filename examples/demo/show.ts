/**
 * Keeps displays up to date: shows a scene after every change and, because of the times in it, every second.
 */
import type { RolloutView } from '../../src/core/view/view.ts';
import type { Advice } from './advice.ts';
import { newestAnalysis } from './analysis.ts';
import type { Chapter } from './chapter.ts';
import type { Display, KeyHint, Scene } from './scene.ts';
import type { Sight } from './sight.ts';
import type { Traffic } from './traffic.ts';

const TICK_MS = 1000;
/** Several objects change at once; one picture is enough for them. */
const GATHER_MS = 30;

/** What is shown beside the cluster. */
export interface Prompt {
  readonly advice: readonly Advice[];
  readonly keys: readonly KeyHint[];
}

export interface ShowParts {
  readonly displays: readonly Display[];
  readonly sight: Sight;
  readonly traffic: Traffic | null;
  readonly pageUrl: string | null;
  readonly prompt: (view: RolloutView | null) => Prompt;
}

export class Show {
  readonly #parts: ShowParts;
  readonly #chapters: Chapter[] = [];
  readonly #forget: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: ShowParts) {
    this.#parts = parts;
    this.#forget = parts.sight.onChange(() => this.#showIn(GATHER_MS));
    this.#show();
  }

  /** A part of the story is over. */
  tell(chapter: Chapter): void {
    this.#chapters.push(chapter);
    this.#show();
    for (const display of this.#parts.displays) display.tell(chapter);
  }

  close(): void {
    this.#forget();
    clearTimeout(this.#timer);
    for (const display of this.#parts.displays) display.close();
  }

  #show(): void {
    const { displays, sight, traffic, pageUrl, prompt } = this.#parts;
    const now = Date.now();
    const view = sight.view(now);
    const scene: Scene = {
      now,
      view,
      traffic: traffic?.reading(now) ?? null,
      analysis: newestAnalysis(sight.runs),
      pageUrl,
      events: sight.events,
      chapters: this.#chapters,
      ...prompt(view),
    };
    for (const display of displays) display.show(scene);
    this.#gathering = false;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#show(), TICK_MS);
  }

  #gathering = false;

  #showIn(ms: number): void {
    if (this.#gathering) return;
    this.#gathering = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#show(), ms);
  }
}
