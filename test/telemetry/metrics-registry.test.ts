import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { MetricsRegistry } from '../../src/telemetry/metrics-registry.ts';
import { PerObjectCounter } from '../../src/telemetry/per-object-counter.ts';
import { PerObjectHistogram } from '../../src/telemetry/per-object-histogram.ts';
import { SampledGauge } from '../../src/telemetry/sampled-gauge.ts';

const OBJECTS = [
  { namespace: 'shop', name: 'web' },
  { namespace: '', name: 'N/A' },
  { namespace: 'shop', name: 'a"quoted\\name\nof two lines' },
];
const SECONDS = [0.001, 0.15, 0.2, 7, 0];
const BUCKETS = [0.01, 0.15, 1];

/** The order of lines and of labels means nothing. */
function meaning(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) =>
      line.replace(
        /\{(.*)\}/,
        (_all, labels: string) =>
          `{${labels
            .split(/,(?=\w+=")/)
            .sort()
            .join(',')}}`,
      ),
    )
    .sort();
}

test('series of objects say what prom-client would say', async () => {
  const theirs = new Registry();
  const registers = [theirs];
  const registry = new MetricsRegistry();
  const [help, labelNames] = ['What it is.', ['namespace', 'name'] as const];
  const counters = [
    new Counter({ name: 'asked', help, labelNames: [...labelNames, 'verb'], registers }),
    new PerObjectCounter({ name: 'asked', help, labelNames: ['verb'], registry }),
  ];
  const bare = [
    new Counter({ name: 'bare', help, labelNames, registers }),
    new PerObjectCounter({ name: 'bare', help, labelNames: [], registry }),
  ];
  const histograms = [
    new Histogram({ name: 'took', help, labelNames, buckets: BUCKETS, registers }),
    new PerObjectHistogram({ name: 'took', help, buckets: BUCKETS, registry }),
  ];
  const gauge = new Gauge({ name: 'size', help, labelNames, registers });
  const sampled = new SampledGauge({ name: 'size', help, labelNames, registry });
  sampled.addSource(() => OBJECTS.map((labels, index) => ({ labels, value: index - 0.5 })));
  for (const [index, object] of OBJECTS.entries()) {
    gauge.set(object, index - 0.5);
    for (const counter of counters) for (const verb of ['Get', 'Patch', 'Get']) counter.inc({ ...object, verb });
    for (const counter of bare) counter.inc(object);
    for (const histogram of histograms) for (const seconds of SECONDS) histogram.observe(object, seconds);
  }
  expect(meaning(await registry.metrics())).toEqual(meaning(await theirs.metrics()));
});

test('a scrape of many series comes in small pieces, in which each series is once', async () => {
  const { registry, reconcileDuration } = createMetrics({ version: '' });
  for (let index = 0; index < 2000; index += 1)
    reconcileDuration.observe({ namespace: 'shop', name: `web-${index}` }, 1);
  const pieces: string[] = [];
  for await (const piece of registry.pieces()) {
    pieces.push(piece);
    // What happens between two pieces: one is observed, one is forgotten and comes again.
    reconcileDuration.observe({ namespace: 'shop', name: 'web-0' }, 1);
    reconcileDuration.forget('shop', 'web-1');
    reconcileDuration.observe({ namespace: 'shop', name: 'web-1' }, 1);
  }
  expect(pieces.length).toBeGreaterThan(10);
  expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThan(70_000);
  const names = pieces.join('').match(/^rollout_reconcile_count\{.*\}/gm) ?? [];
  expect(new Set(names).size).toBe(2000);
  expect(names).toHaveLength(2000);
});

test('objects that are counted during a scrape come once', async () => {
  const registry = new MetricsRegistry();
  const counter = new PerObjectCounter({ name: 'asked', help: '-', labelNames: ['verb'], registry });
  const count = (index: number): void => counter.inc({ namespace: 'shop', name: `web-${index}`, verb: 'Get' });
  for (let index = 0; index < 4000; index += 1) count(index);
  let text = '';
  for await (const piece of registry.pieces()) {
    text += piece;
    for (let index = 0; index < 4000; index += 7) count(index);
  }
  const names = text.match(/^asked\{.*\}/gm) ?? [];
  expect(new Set(names).size).toBe(4000);
  expect(names).toHaveLength(4000);
});
