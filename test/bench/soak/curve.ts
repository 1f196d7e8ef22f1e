/** Draws what was measured over time: one SVG file with a line for each series. */

export interface Series {
  readonly name: string;
  readonly color: string;
  readonly points: readonly { readonly minutes: number; readonly value: number }[];
}

const WIDTH = 900;
const HEIGHT = 320;
const LEFT = 60;
const RIGHT = 20;
const TOP = 50;
const BOTTOM = 40;
const TICKS = 5;

/** The lines begin at nothing, so that what looks flat is flat. `marks`: minutes at which something happened. */
export function curve(title: string, unit: string, series: readonly Series[], marks: readonly number[]): string {
  const all = series.flatMap(({ points }) => points);
  const lastMinute = Math.max(1, ...all.map(({ minutes }) => minutes));
  const highest = Math.max(1, ...all.map(({ value }) => value)) * 1.1;
  const x = (minutes: number) => LEFT + (minutes / lastMinute) * (WIDTH - LEFT - RIGHT);
  const y = (value: number) => HEIGHT - BOTTOM - (value / highest) * (HEIGHT - TOP - BOTTOM);
  const at = (minutes: number, value: number) => `${x(minutes).toFixed(1)},${y(value).toFixed(1)}`;
  const ticks = Array.from({ length: TICKS + 1 }, (_, index) => index / TICKS);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    '<rect width="100%" height="100%" fill="#fff"/>',
    `<text x="${LEFT}" y="20" font-size="14" fill="#222">${title}</text>`,
    ...series.map(({ name, color }, index) => `<text x="${LEFT + index * 220}" y="40" fill="${color}">${name}</text>`),
    ...ticks.flatMap((share) => [
      `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(highest * share)}" y2="${y(highest * share)}" stroke="#ddd"/>`,
      `<text x="${LEFT - 6}" y="${y(highest * share) + 4}" text-anchor="end" fill="#555">${Math.round(highest * share)}</text>`,
      `<text x="${x(lastMinute * share)}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle" fill="#555">${(lastMinute * share).toFixed(1)}</text>`,
    ]),
    `<text x="6" y="${TOP - 8}" fill="#555">${unit}</text>`,
    `<text x="${WIDTH - RIGHT}" y="${HEIGHT - 6}" text-anchor="end" fill="#555">minutes</text>`,
    ...marks.map(
      (minutes) =>
        `<line x1="${x(minutes).toFixed(1)}" x2="${x(minutes).toFixed(1)}" y1="${TOP}" y2="${HEIGHT - BOTTOM}" stroke="#bbb" stroke-dasharray="4 4"/>`,
    ),
    ...series.map(
      ({ color, points }) =>
        `<polyline fill="none" stroke="${color}" stroke-width="1.5" points="${points.map(({ minutes, value }) => at(minutes, value)).join(' ')}"/>`,
    ),
    '</svg>',
    '',
  ].join('\n');
}
