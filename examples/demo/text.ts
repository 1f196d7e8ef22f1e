/**
 * Styled text as values: spans make a line, and a line is painted into a given width, with or without
 * colours. Every character is taken to be one column wide.
 */

export type Style = 'dim' | 'bold' | 'blue' | 'green' | 'yellow' | 'orange' | 'purple' | 'red' | 'cyan';

export interface Span {
  readonly text: string;
  readonly style?: Style | undefined;
}

export type Line = readonly Span[];

const SGR: Readonly<Record<Style, string>> = {
  dim: '2',
  bold: '1',
  blue: '94',
  green: '32',
  yellow: '33',
  orange: '38;5;208',
  purple: '35',
  red: '31',
  cyan: '36',
};

export function span(text: string, style?: Style): Span {
  return { text, style };
}

export function line(...parts: readonly (Span | string)[]): Line {
  return parts.map((part) => (typeof part === 'string' ? { text: part } : part));
}

export const EMPTY: Line = [];

export function textOf(spans: Line): string {
  return spans.map(({ text }) => text).join('');
}

export function widthOf(spans: Line): number {
  return textOf(spans).length;
}

/** The line with blanks up to that width; a longer one is cut. */
function fitted(spans: Line, width: number): Line {
  const cut: Span[] = [];
  let left = width;
  for (const { text, style } of spans) {
    if (left <= 0) break;
    const clipped = text.length <= left ? text : `${text.slice(0, left - 1)}…`;
    cut.push({ text: clipped, style });
    left -= clipped.length;
  }
  return left > 0 ? [...cut, { text: ' '.repeat(left) }] : cut;
}

/** The text in lines of at most that width, broken at blanks; a longer word stays whole. */
export function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

/** Two columns side by side; the left one is that wide. */
export function beside(left: readonly Line[], leftWidth: number, right: readonly Line[]): readonly Line[] {
  return Array.from({ length: Math.max(left.length, right.length) }, (_, row) => [
    ...fitted(left[row] ?? EMPTY, leftWidth),
    ...(right[row] ?? EMPTY),
  ]);
}

/** What is sent to the terminal for a line of at most that width. */
export function painted(spans: Line, width: number, colours: boolean): string {
  return fitted(spans, width)
    .map(({ text, style }) => (style === undefined || !colours ? text : `\u001B[${SGR[style]}m${text}\u001B[0m`))
    .join('')
    .trimEnd();
}
