/** Which of many things are in view, so that only those are drawn, however many there are. */
import { useLayoutEffect, useState } from 'preact/hooks';
import type { RefObject } from 'preact';

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

/** The element's style says how wide and how high things are: `--least-width`, `--pitch`, `--gap`, in pixels. */
export function useWindow(element: RefObject<HTMLElement | null>, count: number): WindowOfThings {
  const [seen, setSeen] = useState<WindowOfThings>({ columns: 1, pitch: 100, first: 0, end: Math.min(count, 30) });
  useLayoutEffect(() => {
    const look = (): void => {
      const own = element.current;
      if (own === null) return;
      const { top, width } = own.getBoundingClientRect();
      const style = getComputedStyle(own);
      const pixels = (name: string) => Number.parseFloat(style.getPropertyValue(name));
      const [least, gap, pitch] = [pixels('--least-width'), pixels('--gap'), pixels('--pitch')];
      const columns = Number.isNaN(least) ? 1 : Math.max(1, Math.floor((width + gap) / (least + gap)));
      const next = windowOf(count, { columns, pitch }, top, innerHeight);
      setSeen((before) => (isSame(before, next) ? before : next));
    };
    look();
    addEventListener('scroll', look, { passive: true });
    addEventListener('resize', look);
    return () => {
      removeEventListener('scroll', look);
      removeEventListener('resize', look);
    };
  });
  return seen;
}

function isSame(a: WindowOfThings, b: WindowOfThings): boolean {
  return a.columns === b.columns && a.pitch === b.pitch && a.first === b.first && a.end === b.end;
}
