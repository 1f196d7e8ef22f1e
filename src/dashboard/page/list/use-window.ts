/** Only what is in view is drawn, however much there is. */
import { useLayoutEffect, useState } from 'preact/hooks';
import type { RefObject } from 'preact';
import { windowOf, type WindowOfThings } from './window-of.ts';

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
