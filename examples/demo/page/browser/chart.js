// @ts-check
/**
 * The measurements of an analysis as a picture, with the limit, and the same as a table. A good and a bad measurement
 * differ in form as well as in colour.
 *
 * @import { PageAnalysis } from '../analysis.ts'
 * @typedef {PageAnalysis['measurements'][number]} PageMeasurement
 */

import { byId, setText } from './element.js';

const SVG = 'http://www.w3.org/2000/svg';
const HEIGHT = 190;
const EDGE = { top: 14, right: 12, bottom: 26, left: 48 };
/** A chart of two points should not look as if they were far apart. */
const SHORTEST_MS = 20_000;
const LEAST_TOP_PERCENT = 20;
const STEP_PERCENT = 20;

let drawn = '';

/** Hidden until something is analysed. @param {PageAnalysis | null} analysis */
export function drawAnalysis(analysis) {
  const section = byId('analysis');
  section.hidden = analysis === null;
  if (analysis === null) return;
  const chart = byId('chart');
  const width = chart.clientWidth;
  const key = JSON.stringify([analysis, width]);
  if (key === drawn) return;
  drawn = key;
  const { version, revision, phase, sentence } = analysis;
  setText('analysis-version', `${version}, revision ${revision}`);
  setText('analysis-phase', phase);
  byId('analysis-phase').dataset.outcome = phase;
  setText('analysis-sentence', sentence);
  chart.replaceChildren(chartOf(analysis, width));
  byId('measurements').replaceChildren(...analysis.measurements.map(rowOf));
}

/**
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 * @param {(Element | string)[]} children
 */
function svg(name, attributes, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.append(...children);
  return element;
}

/** @param {PageAnalysis} analysis @param {number} width */
function chartOf(analysis, width) {
  const { version, limitPercent, measurements } = analysis;
  const limit = limitPercent ?? 0;
  const highest = Math.max(LEAST_TOP_PERCENT, 2 * limit, ...measurements.map(({ percent }) => percent ?? 0));
  const top = Math.ceil(highest / STEP_PERCENT) * STEP_PERCENT;
  const first = measurements[0]?.at ?? 0;
  const span = Math.max(SHORTEST_MS, (measurements.at(-1)?.at ?? 0) - first);
  const right = width - EDGE.right;
  const bottom = HEIGHT - EDGE.bottom;
  /** @param {number} percent */
  const y = (percent) => bottom - ((bottom - EDGE.top) * percent) / top;
  /** @param {PageMeasurement} measurement */
  const place = ({ at, percent }) => ({
    x: EDGE.left + ((right - EDGE.left) * (at - first)) / span,
    y: y(percent ?? 0),
  });
  const line = measurements.filter(({ percent }) => percent !== null).map(place);
  const caption = `At most ${limit} % of the requests of ${version} may fail. ${measurements.length} measurements. ${lastOf(measurements)}`;
  return svg(
    'svg',
    { role: 'img', width, height: HEIGHT, 'aria-labelledby': 'chart-title chart-text' },
    svg('title', { id: 'chart-title' }, `Failed requests of ${version}, in percent`),
    svg('desc', { id: 'chart-text' }, caption),
    svg('rect', { class: 'beyond', x: EDGE.left, y: EDGE.top, width: right - EDGE.left, height: y(limit) - EDGE.top }),
    ...[0, top].map((percent) => scaleLine('scale', percent, y(percent), right, `${percent} %`)),
    scaleLine('limit', limit, y(limit), right, `${limit} %`),
    svg('text', { class: 'limit-name', x: right - 6, y: y(limit) - 6, 'text-anchor': 'end' }, `at most ${limit} %`),
    svg('polyline', { points: line.map((point) => `${point.x},${point.y}`).join(' ') }),
    ...measurements.map((measurement) => pointOf(measurement, place(measurement))),
    ...measurements.slice(0, 1).map(({ at }) => moment(at, EDGE.left, 'start')),
    moment(first + span, right, 'end'),
  );
}

/** @param {string} kind @param {number} percent @param {number} y @param {number} right @param {string} text */
function scaleLine(kind, percent, y, right, text) {
  return svg(
    'g',
    { class: kind, 'data-percent': percent },
    svg('line', { x1: EDGE.left, x2: right, y1: y, y2: y }),
    svg('text', { x: EDGE.left - 8, y: y + 4, 'text-anchor': 'end' }, text),
  );
}

/** @param {number} at @param {number} x @param {'start' | 'end'} anchor */
function moment(at, x, anchor) {
  return svg('text', { x, y: HEIGHT - 6, 'text-anchor': anchor }, timeOf(at));
}

/** A disc, a cross, or a ring where the numbers show nothing. @param {PageMeasurement} measurement @param {{x: number, y: number}} place */
function pointOf(measurement, { x, y }) {
  const { outcome } = measurement;
  const attributes = { class: 'point', 'data-outcome': outcome };
  const form =
    outcome === 'Failed'
      ? svg('path', { d: `M${x - 5},${y - 5}l10,10m0,-10l-10,10` })
      : svg('circle', { cx: x, cy: y, r: outcome === 'Successful' ? 4 : 4.5 });
  return svg('g', attributes, svg('title', {}, textOf(measurement)), form);
}

/** @param {readonly PageMeasurement[]} measurements */
function lastOf(measurements) {
  const last = measurements.at(-1);
  return last === undefined ? 'Nothing is measured yet.' : `The last one: ${textOf(last)}.`;
}

/** @param {PageMeasurement} measurement */
function textOf({ at, outcome, percent, requests, message }) {
  const value = percent === null ? message || 'no request' : `${percent.toFixed(1)} % of ${requests} requests failed`;
  return `${value}, ${outcome}, at ${timeOf(at)}`;
}

/** @param {PageMeasurement} measurement */
function rowOf({ at, outcome, percent, requests, message }) {
  const row = document.createElement('tr');
  row.dataset.outcome = outcome;
  const time = document.createElement('th');
  time.scope = 'row';
  time.textContent = timeOf(at);
  const cells = [percent === null ? '–' : `${percent.toFixed(1)} %`, String(requests ?? '–'), outcome].map((text) => {
    const cell = document.createElement('td');
    cell.textContent = text;
    return cell;
  });
  row.append(time, ...cells);
  row.title = message;
  return row;
}

/** @param {number} at */
function timeOf(at) {
  return new Date(at).toLocaleTimeString('en-GB');
}
