/** A unified diff in colours. */
import { line, span, type Line, type Style } from './text.ts';

const STYLES: readonly (readonly [start: string, style: Style])[] = [
  ['--- ', 'bold'],
  ['+++ ', 'bold'],
  ['@@', 'moving'],
  ['-', 'bad'],
  ['+', 'good'],
];

export function differenceLines(unified: string): readonly Line[] {
  const lines = unified.replace(/\n$/, '').split('\n');
  return lines.map((text) => line(span(text, STYLES.find(([start]) => text.startsWith(start))?.[1])));
}
