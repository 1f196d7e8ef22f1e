/** Styled text as values: spans make a line. Every character is taken to be one column wide. */

/** What a colour means, not which one it is. */
export type Style = 'good' | 'bad' | 'waiting' | 'moving' | 'dim' | 'bold';

export interface Span {
  readonly text: string;
  readonly style?: Style | undefined;
}

export type Line = readonly Span[];

export type Colours = 'none' | 'basic' | 'many';

/** With 256 colours: of middle brightness, so that they can be read on black and on white. */
const MANY: Readonly<Record<Style, string>> = {
  good: '38;5;28',
  bad: '38;5;160',
  waiting: '38;5;136',
  moving: '38;5;32',
  dim: '2',
  bold: '1',
};

const BASIC: Readonly<Record<Style, string>> = {
  good: '32',
  bad: '31',
  waiting: '33',
  moving: '34',
  dim: '2',
  bold: '1',
};

export function span(text: string, style?: Style): Span {
  return { text, style };
}

export function line(...parts: readonly (Span | string)[]): Line {
  return parts.map((part) => (typeof part === 'string' ? { text: part } : part));
}

export function widthOf(spans: Line): number {
  return spans.reduce((sum, { text }) => sum + text.length, 0);
}

/** What is sent for a line, without blanks at its end; `width` is that of a terminal that would wrap a longer one. */
export function painted(spans: Line, colours: Colours, width = Number.POSITIVE_INFINITY): string {
  const codes = colours === 'many' ? MANY : BASIC;
  return trimmed(cut(spans, width))
    .map(({ text, style }) =>
      style === undefined || colours === 'none' || text === '' ? text : `\u001B[${codes[style]}m${text}\u001B[0m`,
    )
    .join('');
}

function cut(spans: Line, width: number): Line {
  if (widthOf(spans) <= width) return spans;
  const kept: Span[] = [];
  let left = width - 1;
  for (const { text, style } of spans) {
    if (left <= 0) break;
    const clipped = text.slice(0, left);
    left -= clipped.length;
    kept.push({ text: clipped, style });
  }
  return [...kept, { text: '…' }];
}

function trimmed(spans: Line): Line {
  const last = spans.at(-1);
  if (last === undefined) return spans;
  const text = last.text.trimEnd();
  return text === '' ? trimmed(spans.slice(0, -1)) : [...spans.slice(0, -1), { ...last, text }];
}
