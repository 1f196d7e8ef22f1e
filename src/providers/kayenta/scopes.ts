/** The time ranges that Kayenta compares. */
import type { MeasurementOrder, Metric } from '../../core/analysis/provider.ts';
import { formatTime } from '../../kube/time.ts';
import { durationMs } from '../configuration.ts';

export type Kayenta = NonNullable<Metric['provider']['kayenta']>;
type Side = Kayenta['scopes'][number]['controlScope'];

interface SideRequest {
  readonly scope: string;
  readonly location: string;
  readonly step: number;
  readonly start: string;
  readonly end: string;
}

interface ScopeRequest {
  readonly controlScope: SideRequest;
  readonly experimentScope: SideRequest;
}

/** By name. Both sides set their start, or neither does; their end alike. */
export function scopesOf(kayenta: Kayenta, order: MeasurementOrder): Readonly<Record<string, ScopeRequest>> {
  return Object.fromEntries(
    kayenta.scopes.map(({ name, controlScope, experimentScope }) => {
      for (const field of ['start', 'end'] as const) {
        if (!controlScope[field] !== !experimentScope[field]) {
          throw new Error(`the scope ${name} sets ${field} on one side only`);
        }
      }
      const start = controlScope.start ? '' : formatTime(defaultStart(kayenta, order));
      const end = formatTime(order.now);
      return [
        name,
        { controlScope: sideOf(controlScope, start, end), experimentScope: sideOf(experimentScope, start, end) },
      ];
    }),
  );
}

/** With `lookback` every analysis begins where the run began, so that each compares more than the one before. */
function defaultStart({ lookback = false }: Kayenta, { now, runStartedAt, metric }: MeasurementOrder): number {
  if (lookback) return runStartedAt ?? now;
  return now - durationMs(metric.interval ?? '', 'interval');
}

function sideOf({ scope, region, step, start, end }: Side, defaultStart: string, defaultEnd: string): SideRequest {
  return { scope, location: region, step, start: start || defaultStart, end: end || defaultEnd };
}
