/**
 * Shows scenes where nothing can be redrawn, in a pipe or a file: a line for each change.
 */
import type { Writable } from 'node:stream';
import type { RolloutView } from '../../src/core/view/view.ts';
import type { Advice } from './advice.ts';
import { analysisSentence, measurementSentence, type AnalysisView } from './analysis.ts';
import { chapterLine, type Chapter } from './chapter.ts';
import { timeOfDay } from './duration.ts';
import { measuredSides, percentText, requestsText } from './measured.ts';
import type { Reading } from './meter.ts';
import type { Display, Scene } from './scene.ts';
import { shellLines } from './shell.ts';
import { textOf } from './text.ts';

/** After this long all that is measured is new. */
const MEASURE_EVERY_MS = 10_000;

export class ChangeLog implements Display {
  readonly #out: Writable;
  #told = '';
  #advised = '';
  #analysed = '';
  #measured = '';
  #measuredAt = 0;
  #failed = 0;

  constructor(out: Writable) {
    this.#out = out;
  }

  show({ view, traffic, analysis, now, advice }: Scene): void {
    if (view === null) return;
    const text = summaryOf(view);
    if (text !== this.#told) this.#out.write(`${timeOfDay(now)}  ${text}\n`);
    this.#told = text;
    if (traffic !== null) this.#measure(view, traffic, now);
    if (analysis !== null) this.#analyse(analysis, now);
    this.#advise(advice);
  }

  tell(chapter: Chapter): void {
    this.#out.write(`${textOf(chapterLine(chapter))}\n`);
  }

  /** There is nothing to restore. */
  close(): void {}

  /** From time to time when it has changed, and at once when a request has failed. */
  #measure(view: RolloutView, traffic: Reading, now: number): void {
    const { stable, canary } = measuredSides(view, traffic);
    const shares = [stable, canary].map((share) => (share === null ? '' : Math.round(share))).join('/');
    const isNews = shares !== this.#measured && now >= this.#measuredAt + MEASURE_EVERY_MS;
    if (traffic.answered === 0 || !(isNews || traffic.failed > this.#failed)) return;
    const sides = `measured     stable ${percentText(stable)}  canary ${percentText(canary)}`;
    this.#out.write(`${timeOfDay(now)}  ${sides}  of the last ${traffic.counted}; ${requestsText(traffic)}\n`);
    this.#measured = shares;
    this.#measuredAt = now;
    this.#failed = traffic.failed;
  }

  /** At its start and its end, and when a measurement has another outcome than the one before. */
  #analyse(analysis: AnalysisView, now: number): void {
    const { run, phase, measurements } = analysis;
    const last = measurements.at(-1);
    const news = [run, phase, last?.outcome].join(' ');
    if (news === this.#analysed) return;
    const sentences = [`${run} ${phase}.`, ...(last === undefined ? [] : [measurementSentence(analysis, last)])];
    this.#out.write(`${timeOfDay(now)}  analysis     ${[...sentences, analysisSentence(analysis)].join(' ')}\n`);
    this.#analysed = news;
  }

  #advise(advice: readonly Advice[]): void {
    const text = advice
      .flatMap(({ title, commands }) => [
        `  ${title}`,
        ...commands.flatMap((words) => shellLines(words, Infinity).map((one) => `    ${one}`)),
      ])
      .join('\n');
    if (text !== this.#advised && text !== '') this.#out.write(`${text}\n`);
    this.#advised = text;
  }
}

/** Where a rollout stands, in one line without times. */
export function summaryOf(view: RolloutView): string {
  const { steps, weight, stable, canary, waitsFor } = view;
  const current = steps.findIndex(({ state }) => state === 'current');
  const step = current < 0 ? '' : `step ${current + 1}/${steps.length} ${steps[current]?.text ?? ''}`;
  return [
    view.phase.padEnd(11),
    step.padEnd(23),
    `weight ${weight === null ? '-' : weight.highest}`.padEnd(10),
    `stable ${stable === null ? '-' : `${stable.ready}/${stable.desired}`}`.padEnd(10),
    `canary ${canary === null ? '-' : `${canary.ready}/${canary.desired}`}`.padEnd(10),
    waitsFor?.message ?? '',
  ]
    .join('  ')
    .trimEnd();
}
