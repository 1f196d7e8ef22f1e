/**
 * What a simulated process logs and counts. Of what it logs, errors of the API server are a part of life, and so is
 * the end of a lease; anything else would not be there if the controller were right.
 */
import { pino } from 'pino';
import { Registry } from 'prom-client';
import type { Logger } from '../../../src/telemetry/logger.ts';
import { createMetrics, type Metrics } from '../../../src/telemetry/metrics.ts';
import { SampledGauge } from '../../../src/telemetry/sampled-gauge.ts';

interface Line {
  readonly msg: string;
  readonly err?: { readonly type: string; readonly message: string; readonly stack: string };
}

/** `onSurprise` gets what should not have been logged. */
export function processLogger(onSurprise: (text: string) => void): Logger {
  const write = (text: string): void => {
    const { msg, err } = JSON.parse(text) as Line;
    if (err?.type !== 'ApiError' && err?.message.includes('lease') !== true)
      onSurprise(`${msg}: ${err?.stack ?? text}`);
  };
  // Of the logger that ships only what it redacts is missing, which costs much where every look has a logger of its own.
  return pino({ level: 'warn', base: null, timestamp: false }, { write });
}

/** For what may always fail: the leases of a process. */
export const silentLogger: Logger = pino({ level: 'silent' });

/** What all processes of all histories count together. */
const shared = createMetrics({ version: 'simulation' });

/** Gauges ask their sources, which hold all that a process knows, so each process has its own. */
export function processMetrics(): Metrics {
  const registry = new Registry();
  const gauge = <Label extends string>(name: string, label: Label) =>
    new SampledGauge({ name, help: name, labelNames: [label], registry });
  return {
    ...shared,
    informerObjects: gauge('objects', 'resource'),
    queueDepth: gauge('depth', 'name'),
    unfinishedWork: gauge('work', 'name'),
    longestRunning: gauge('longest', 'name'),
  };
}
