/** Providers with real HTTP, a clock that stands still, and Secrets and answers that a test gives. */
import type { ProviderDependencies } from '../../src/providers/dependencies.ts';
import { createOutside } from '../../src/providers/outside.ts';
import type { MeasurementOrder, Metric } from '../../src/core/analysis/provider.ts';
import { ManualClock } from '../runtime/manual-clock.ts';

/** Every clock of these tests shows this time. */
export const NOW = Date.parse('2026-03-04T05:06:07Z');

export const CONTROLLER_NAMESPACE = 'serin-system';

/** The credentials of AWS's published examples, which belong to no account. */
export const AWS_IDENTITY = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  sessionToken: 'hidden-session-token',
};

export interface Surroundings {
  readonly environment?: Readonly<Record<string, string>>;
  /** By `namespace/name`. */
  readonly secrets?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** PEM certificates to trust. */
  readonly trusted?: string;
  readonly evaluateTime?: ProviderDependencies['evaluateTime'];
}

export interface Measuring {
  readonly dependencies: ProviderDependencies;
  readonly clock: ManualClock;
  readonly close: () => Promise<void>;
}

export function prepareMeasuring(surroundings: Surroundings = {}): Measuring {
  const { environment = {}, secrets = {}, trusted, evaluateTime } = surroundings;
  const clock = new ManualClock(NOW);
  const { close, ...outside } = createOutside({
    clock,
    environment,
    findAwsIdentity: async () => Promise.resolve(AWS_IDENTITY),
    ...(trusted === undefined ? {} : { trusted }),
  });
  const dependencies: ProviderDependencies = {
    ...outside,
    readSecret: async (namespace, name) => Promise.resolve(secrets[`${namespace}/${name}`] ?? null),
    controllerNamespace: CONTROLLER_NAMESPACE,
    evaluateTime: evaluateTime ?? ((text) => ({ problem: `not expected: ${text}` })),
  };
  return { dependencies, clock, close };
}

/** A measurement of a metric with this provider, the first of its run. */
export function orderOf(provider: Metric['provider'], more: Partial<MeasurementOrder & Metric> = {}): MeasurementOrder {
  const { interval, runStartedAt = null, number = 1 } = more;
  return {
    run: { namespace: 'shop', name: 'web-1', uid: '5f0c3f5e' },
    runStartedAt,
    metric: { name: 'errors', provider, ...(interval === undefined ? {} : { interval }) },
    now: NOW,
    number,
  };
}

/** A signal that is never aborted. */
export const NEVER = new AbortController().signal;
