/** The measurements of a metric as a picture, with its thresholds. Good and bad ones differ in form as well as in colour. */
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Threshold } from '../../../core/analysis/expressions/thresholds.ts';
import type { MeasurementView, MetricView } from '../../../core/view/measurements.ts';
import { now } from '../browser/clock.ts';
import { valueText } from '../words/numbers.ts';
import { instantText } from '../words/times.ts';
import { scaleOf } from './chart-scale.ts';

const HEIGHT = 180;
const EDGE = { top: 12, right: 14, bottom: 24, left: 56 };
/** Two measurements should not look as if they were far apart. */
const SHORTEST_MS = 20_000;

interface Point extends MeasurementView {
  readonly at: number;
  readonly value: number;
}

/** Of the measurements those that are one number at a known time. */
export function pointsOf({ measurements }: MetricView): readonly Point[] {
  return measurements.filter((one): one is Point => one.value !== null && one.at !== null);
}

export function Chart({ metric }: { readonly metric: MetricView }) {
  const frame = useRef<HTMLDivElement>(null);
  const id = useId();
  const width = useWidth(frame);
  const points = pointsOf(metric);
  const { thresholds } = metric;
  const scale = scaleOf([...points.map(({ value }) => value), ...thresholds.map(({ value }) => value)]);
  const first = points[0]?.at ?? 0;
  const span = Math.max(SHORTEST_MS, (points.at(-1)?.at ?? 0) - first);
  const [right, bottom] = [width - EDGE.right, HEIGHT - EDGE.bottom];
  const x = (at: number) => EDGE.left + ((right - EDGE.left) * (at - first)) / span;
  const y = (value: number) => bottom - ((bottom - EDGE.top) * (value - scale.low)) / (scale.high - scale.low);
  return (
    <div class="chart" ref={frame}>
      <svg role="img" width={width} height={HEIGHT} aria-labelledby={`${id}-title ${id}-text`}>
        <title id={`${id}-title`}>{metric.name}</title>
        <desc id={`${id}-text`}>{describe(metric, points)}</desc>
        {thresholds.map((one) => (
          <Beyond key={one.text} threshold={one} y={y(one.value)} right={right} bottom={bottom} />
        ))}
        {scale.ticks.map((tick) => (
          <g key={tick} class="tick">
            <line x1={EDGE.left} x2={right} y1={y(tick)} y2={y(tick)} />
            <text x={EDGE.left - 8} y={y(tick) + 4} text-anchor="end">
              {valueText(tick)}
            </text>
          </g>
        ))}
        {thresholds.map((one) => (
          <g key={one.text} class="threshold" data-value={one.value}>
            <line x1={EDGE.left} x2={right} y1={y(one.value)} y2={y(one.value)} />
            <text x={right - 6} y={y(one.value) + (y(one.value) < EDGE.top + 16 ? 14 : -6)} text-anchor="end">
              {one.text}
            </text>
          </g>
        ))}
        <polyline points={points.map(({ at, value }) => `${x(at)},${y(value)}`).join(' ')} />
        {points.map((point, index) => (
          <PointMark key={index} phase={point.phase} x={x(point.at)} y={y(point.value)} text={pointText(point)} />
        ))}
        <text x={EDGE.left} y={HEIGHT - 6}>
          {instantText(first, now.peek())}
        </text>
        <text x={right} y={HEIGHT - 6} text-anchor="end">
          {instantText(first + span, now.peek())}
        </text>
      </svg>
    </div>
  );
}

/** Pixels; a likely width before the page is laid out. */
function useWidth(frame: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(600);
  useLayoutEffect(() => {
    const element = frame.current;
    if (element === null) return;
    // Within a closed part of the page there is no width.
    const look = (): void => {
      if (element.clientWidth > 0) setWidth(element.clientWidth);
    };
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return width;
}

interface BeyondProps {
  readonly threshold: Threshold;
  readonly y: number;
  readonly right: number;
  readonly bottom: number;
}

/** The side of the threshold that is not good. */
function Beyond({ threshold: { good }, y, right, bottom }: BeyondProps) {
  const [top, end] = good === 'below' ? [EDGE.top, y] : [y, bottom];
  return <rect class="beyond" x={EDGE.left} y={top} width={right - EDGE.left} height={Math.max(0, end - top)} />;
}

interface PointMarkProps {
  readonly phase: string;
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

/** A disc, a cross, or a ring for what is neither good nor bad. */
function PointMark({ phase, x, y, text }: PointMarkProps) {
  return (
    <g class="point" data-outcome={phase}>
      <title>{text}</title>
      {phase === 'Failed' ? (
        <path d={`M${x - 5},${y - 5}l10,10m0,-10l-10,10`} />
      ) : (
        <circle cx={x} cy={y} r={phase === 'Successful' ? 4 : 4.5} />
      )}
    </g>
  );
}

function pointText({ at, value, phase }: Point): string {
  return `${valueText(value)}, ${phase}, at ${instantText(at, now.peek())}`;
}

function describe({ thresholds }: MetricView, points: readonly Point[]): string {
  const last = points.at(-1);
  const limits = thresholds.map(({ text }) => `Threshold: ${text}.`);
  const lastText = last === undefined ? [] : [`The last one: ${pointText(last)}.`];
  return [`${points.length} measurements.`, ...lastText, ...limits].join(' ');
}
