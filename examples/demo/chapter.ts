/** What the demo has done so far: one line for each part, with the time that it took. */
import { line, span, type Line } from './text.ts';

export interface Chapter {
  readonly title: string;
  readonly ms: number;
  /** What is true now. */
  readonly outcome: string;
}

export function chapterLine({ title, ms, outcome }: Chapter): Line {
  return line(
    ' ',
    span('✓', 'green'),
    ` ${title.padEnd(14)}`,
    span(`${(ms / 1000).toFixed(1).padStart(6)} s`, 'dim'),
    `  ${outcome}`,
  );
}
