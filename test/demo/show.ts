/**
 * Keeps a display up to date: shows a scene after every change that is seen and, because times pass,
 * every second.
 */
import type { RolloutView } from '../../src/core/rollout/view.ts';
import type { Advice } from './advice.ts';
import type { Chapter } from './chapter.ts';
import type { Display, KeyHint } from './scene.ts';
import type { Sight } from './sight.ts';

const TICK_MS = 1000;
/** Several objects change at once; one picture is enough for them. */
const GATHER_MS = 30;

/** What is shown beside the cluster. */
export interface Prompt {
  readonly advice: readonly Advice[];
  readonly keys: readonly KeyHint[];
}

export class Show {
  readonly #display: Display;
  readonly #sight: Sight;
  readonly #prompt: (view: RolloutView | null) => Prompt;
  readonly #chapters: Chapter[] = [];
  readonly #forget: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(display: Display, sight: Sight, prompt: (view: RolloutView | null) => Prompt) {
    this.#display = display;
    this.#sight = sight;
    this.#prompt = prompt;
    this.#forget = sight.onChange(() => this.#showIn(GATHER_MS));
    this.#show();
  }

  /** A part of the story is over. */
  tell(chapter: Chapter): void {
    this.#chapters.push(chapter);
    this.#show();
    this.#display.tell(chapter);
  }

  close(): void {
    this.#forget();
    clearTimeout(this.#timer);
    this.#display.close();
  }

  #show(): void {
    const now = Date.now();
    const view = this.#sight.view(now);
    this.#display.show({ now, view, events: this.#sight.events, chapters: this.#chapters, ...this.#prompt(view) });
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
