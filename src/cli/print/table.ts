/** Rows with aligned columns. */
import { line, painted, widthOf, type Line } from './text.ts';

/** Between two columns. */
const GAP = 2;

/** Each cell is a line; every column is as wide as its widest cell. */
export function aligned(rows: readonly (readonly Line[])[]): readonly Line[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => widthOf(row[column] ?? []))),
  );
  return rows.map((row) =>
    row.flatMap((cell, column) => {
      const blanks = (widths[column] ?? 0) - widthOf(cell) + GAP;
      return column === row.length - 1 ? cell : [...cell, { text: ' '.repeat(blanks) }];
    }),
  );
}

/** The same for plain words, as texts. */
export function plainTable(rows: readonly (readonly string[])[]): readonly string[] {
  return aligned(rows.map((row) => row.map((cell) => line(cell)))).map((row) => painted(row, 'none'));
}

/** A text of several lines as a cell. */
export function onOneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
