/**
 * Draws a folded CPU profile as a flame graph: one SVG file that needs nothing else. The width of a box is the time in
 * the function and in all that it called; the caller is below. A box tells its function, place and time when it is
 * pointed at.
 */
import { createHash } from 'node:crypto';
import type { Folded } from './cpu-profile.ts';

const WIDTH = 1200;
const ROW = 16;
const MARGIN = 10;
const TITLE = 28;
/** Narrower boxes are left out, with what is above them: they cannot be seen. */
const MIN_WIDTH = 0.6;
const MIN_WIDTH_OF_TEXT = 28;
const CHARACTER = 6.2;

interface Box {
  readonly folded: Folded;
  readonly depth: number;
  readonly x: number;
  readonly width: number;
}

export function flameGraph(root: Folded, title: string): string {
  const boxes = boxesOf(root);
  const depth = Math.max(...boxes.map((box) => box.depth));
  const height = TITLE + (depth + 1) * ROW + MARGIN;
  const drawn = boxes.map((box) => boxSvg(box, root.totalMs, height - MARGIN - (box.depth + 1) * ROW)).join('\n');
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="monospace" font-size="10">
<rect width="100%" height="100%" fill="#fff"/>
<text x="${MARGIN}" y="18" font-size="13" fill="#222">${escaped(title)}</text>
${drawn}
</svg>
`;
}

function boxesOf(root: Folded): readonly Box[] {
  const scale = (WIDTH - 2 * MARGIN) / Math.max(root.totalMs, Number.MIN_VALUE);
  const boxes: Box[] = [];
  const place = (folded: Folded, depth: number, left: number): void => {
    const width = folded.totalMs * scale;
    if (width < MIN_WIDTH && depth > 0) return;
    boxes.push({ folded, depth, x: left, width });
    let x = left;
    for (const child of folded.children) {
      place(child, depth + 1, x);
      x += child.totalMs * scale;
    }
  };
  place(root, 0, MARGIN);
  return boxes;
}

function boxSvg({ folded, x, width }: Box, allMs: number, y: number): string {
  const { name, place, owner } = folded.frame;
  const percent = allMs === 0 ? 0 : (folded.totalMs / allMs) * 100;
  const tip = `${name}${place === '' ? '' : ` (${place})`}: ${folded.totalMs.toFixed(0)} ms, ${percent.toFixed(1)} %`;
  const letters = Math.floor((width - 4) / CHARACTER);
  const label =
    width < MIN_WIDTH_OF_TEXT
      ? ''
      : `<text x="${(x + 2).toFixed(1)}" y="${y + 11}" fill="#111">${escaped(name.slice(0, letters))}</text>`;
  return `<g><title>${escaped(tip)}</title><rect x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="${ROW - 1}" fill="${colorOf(owner)}"/>${label}</g>`;
}

/** The same owner has the same colour in every graph. */
function colorOf(owner: string): string {
  const [first = 0, second = 0] = createHash('sha256').update(owner).digest();
  return `hsl(${Math.round((first / 255) * 359)},${45 + (second % 30)}%,78%)`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
