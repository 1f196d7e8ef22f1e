/** Which of many things are in view. */

/** Lines above and below the view that are drawn, so that scrolling shows no gaps. */
const MARGIN_LINES = 6;

export interface Grid {
  readonly columns: number;
  /** Pixels from one line to the next. */
  readonly pitch: number;
}

export interface WindowOfThings extends Grid {
  readonly first: number;
  /** Not drawn any more. */
  readonly end: number;
}

/** `top` is where the first line is, in pixels from the top of the view; `height` is that of the view. */
export function windowOf(count: number, { columns, pitch }: Grid, top: number, height: number): WindowOfThings {
  const lines = Math.ceil(count / columns);
  const firstLine = Math.floor(-top / pitch) - MARGIN_LINES;
  const endLine = Math.ceil((height - top) / pitch) + MARGIN_LINES;
  const first = Math.min(Math.max(0, firstLine), lines) * columns;
  return { columns, pitch, first, end: Math.max(first, Math.min(count, Math.max(0, endLine) * columns)) };
}
