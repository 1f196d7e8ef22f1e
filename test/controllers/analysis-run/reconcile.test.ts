/**
 * Looks at one AnalysisRun with providers, Secrets and an API server that a test answers for: what is measured, what is
 * written, and when it is looked at again.
 */
import { beforeEach, describe, expect, test } from 'vitest';
import type { AnalysisRun, AnalysisRunSpec, AnalysisRunStatus } from '../../../src/api/schema/analysis-run.ts';
import { Interruptions } from '../../../src/controllers/analysis-run/interruptions.ts';
import { createReconcile } from '../../../src/controllers/analysis-run/reconcile.ts';
import type { MeasurementOrder, MetricProvider, Reading } from '../../../src/core/analysis/provider.ts';
import type { JsonObject } from '../../../src/kube/json.ts';
import { ANALYSIS_RUNS, type Resource } from '../../../src/kube/resources.ts';
import type { EventNote } from '../../../src/kube/plan.ts';
import { ApiError, type ApiErrorKind } from '../../../src/runtime/api-error.ts';
import { Applier } from '../../../src/runtime/applier.ts';
import { ObjectCache } from '../../../src/runtime/object-cache.ts';
import { OwnWrites } from '../../../src/runtime/own-writes.ts';
import type { Outcome } from '../../../src/runtime/worker.ts';
import { metric, run as runOf } from '../../core/analysis/build-run.ts';
import { value, verdict } from '../../core/analysis/looks.ts';
import { ManualClock } from '../../runtime/manual-clock.ts';
import { quietLogger } from '../../runtime/parts.ts';

const KEY = 'shop/web-abc-2';

function apiError(kind: ApiErrorKind, message = 'no'): ApiError {
  return new ApiError({ kind, status: 0, reason: 'Test', attempt: 'do it', message });
}

const NO_RIGHT = apiError(
  'forbidden',
  'secrets "vendor" is forbidden: User "serin" cannot get resource "secrets" in API group "" in the namespace "shop"',
);

/** One run on a server, the controller's cache of it, and what providers were asked. */
class Stage {
  readonly clock = new ManualClock();
  readonly cache = new ObjectCache<AnalysisRun>();
  readonly interruptions = new Interruptions();
  readonly ownWrites = new OwnWrites(this.clock);
  readonly orders: MeasurementOrder[] = [];
  readonly events: EventNote[] = [];
  readonly removed: string[] = [];
  secrets: Readonly<Record<string, JsonObject | ApiError>> = {};
  endedMetrics: ReadonlySet<string> = new Set();
  /** Thrown in the place of the next patch. */
  failNext: ApiError | undefined;
  stored: AnalysisRun;
  #version = 100;
  provider: MetricProvider = { measure: async () => Promise.resolve(value(1)) };
  readonly #stop = new AbortController();
  readonly #reconcile;

  constructor(spec: Partial<AnalysisRunSpec> = {}, status?: AnalysisRunStatus) {
    this.stored = this.#versioned(runOf({ ...spec, ...(status === undefined ? {} : { status }) }));
    this.seeStored();
    const client = {
      get: async (resource: Resource, { name }: { readonly name: string }) =>
        Promise.resolve(this.#get(resource, name)),
      patch: async (_resource: Resource, _name: object, patch: JsonObject) => Promise.resolve(this.#patch(patch)),
      delete: async () => {
        this.removed.push(this.stored.metadata.name);
        return Promise.resolve();
      },
    };
    this.#reconcile = createReconcile({
      runs: this.cache,
      client,
      applier: new Applier({
        client: client as never,
        events: { record: (_subject, note) => void this.events.push(note) },
        ownWrites: this.ownWrites,
        fieldManager: 'test',
        mayWrite: () => true,
      }),
      ownWrites: this.ownWrites,
      clock: this.clock,
      interruptions: this.interruptions,
      judge: (_conditions, result) => ({
        phase: result.type === 'float' && result.value > 0 ? 'Successful' : 'Failed',
      }),
      providerOf: () => ({
        ...this.provider,
        measure: (order, signal) => {
          this.orders.push(order);
          return this.provider.measure(order, signal);
        },
      }),
      endedMetricsOf: () => this.endedMetrics,
    });
  }

  look(): Promise<Outcome> {
    return this.#reconcile(KEY, { logger: quietLogger, signal: this.#stop.signal });
  }

  /** The worker stops. */
  stop(): void {
    this.#stop.abort(new Error('The worker is stopped'));
  }

  /** Someone else writes the run. */
  write(change: (run: AnalysisRun) => Partial<AnalysisRun>): void {
    this.stored = this.#versioned({ ...this.stored, ...change(this.stored) });
  }

  /** The watch brings the stored run. */
  seeStored(): void {
    this.cache.put(structuredClone(this.stored));
    this.cache.advanceTo(this.stored.metadata.resourceVersion);
    this.interruptions.announce({ type: 'updated', object: this.stored });
  }

  seeDeletion(): void {
    this.cache.remove(KEY);
    this.interruptions.announce({ type: 'deleted', object: this.stored });
  }

  get status(): AnalysisRunStatus {
    return this.stored.status ?? {};
  }

  #get(resource: Resource, name: string) {
    if (resource === ANALYSIS_RUNS) return structuredClone(this.stored);
    const secret = this.secrets[name];
    if (secret instanceof ApiError) throw secret;
    if (secret === undefined) throw apiError('notFound');
    return { metadata: { name, uid: name, resourceVersion: '1' }, data: secret };
  }

  #patch(patch: JsonObject): AnalysisRun {
    const failure = this.failNext;
    this.failNext = undefined;
    if (failure !== undefined) throw failure;
    const { resourceVersion } = patch['metadata'] as { resourceVersion: string };
    if (resourceVersion !== this.stored.metadata.resourceVersion) throw apiError('conflict');
    this.write(() => ({ status: merged(this.status, patch['status']) as AnalysisRunStatus }));
    return this.stored;
  }

  #versioned(run: AnalysisRun): AnalysisRun {
    return { ...run, metadata: { ...run.metadata, resourceVersion: String(++this.#version) } };
  }
}

function merged(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const result: Record<string, unknown> = { ...(target as object | undefined) };
  for (const [key, item] of Object.entries(patch)) {
    if (item === null) delete result[key];
    else result[key] = merged(result[key], item);
  }
  return result;
}

/** A provider that answers when a test says so. */
function held(): { readonly provider: MetricProvider; readonly answer: (reading: Reading) => void } {
  const { promise, resolve } = Promise.withResolvers<Reading>();
  return { provider: { measure: () => promise }, answer: resolve };
}

const HOURLY = { metrics: [metric('errors', { interval: '1h' })] };
const SECRET_ARG = { name: 'token', valueFrom: { secretKeyRef: { name: 'vendor', key: 'token' } } };

let stage: Stage;
beforeEach(() => {
  stage = new Stage(HOURLY);
});

describe('a look', () => {
  test('measures what is due, writes it, and comes back in time', async () => {
    expect(await stage.look()).toEqual({ kind: 'done', requeueAfterMs: 3_600_000 });
    expect(stage.status.metricResults).toMatchObject([{ name: 'errors', count: 1, successful: 1 }]);
    expect(stage.orders.map(({ number }) => number)).toEqual([1]);
  });

  test('that finds nothing due writes nothing and asks nobody', async () => {
    await stage.look();
    stage.seeStored();
    const { resourceVersion } = stage.stored.metadata;
    await stage.clock.advance(600_000);
    expect(await stage.look()).toEqual({ kind: 'done', requeueAfterMs: 3_000_000 });
    expect(stage.stored.metadata.resourceVersion).toBe(resourceVersion);
    expect(stage.orders).toHaveLength(1);
  });

  test('does not begin before the cache shows its last write', async () => {
    await stage.look();
    expect(await stage.look()).toEqual({ kind: 'stale', retryAfterMs: 1_000 });
    expect(stage.orders).toHaveLength(1);
  });

  test('at a run that is gone does nothing', async () => {
    stage.seeDeletion();
    expect(await stage.look()).toEqual({ kind: 'done' });
  });

  test('tells of the end of a metric and of the run', async () => {
    stage = new Stage({ metrics: [metric()] });
    stage.provider = { measure: async () => Promise.resolve(value(0)) };
    expect(await stage.look()).toEqual({ kind: 'done' });
    expect(stage.status.phase).toBe('Failed');
    expect(stage.events.map(({ type, reason }) => `${type} ${reason}`)).toEqual([
      'Warning MetricFailed',
      'Warning AnalysisRunFailed',
    ]);
  });

  test('at a run with a mistake ends it', async () => {
    stage = new Stage({ metrics: [] });
    expect(await stage.look()).toEqual({ kind: 'done' });
    expect(stage.status).toMatchObject({ phase: 'Error', message: 'Analysis spec invalid: no metrics specified' });
  });

  test('at a run whose time to live is over deletes it', async () => {
    const completedAt = '2025-12-31T23:00:00Z';
    stage = new Stage({ ttlStrategy: { secondsAfterCompletion: 60 } }, { phase: 'Successful', completedAt });
    await stage.look();
    expect(stage.removed).toEqual(['web-abc-2']);
    expect(stage.orders).toEqual([]);
  });

  test('removes what old measurements left, and measures on when that fails', async () => {
    const measurements = [1, 2].map(() => ({ phase: 'Successful', finishedAt: '2025-12-31T00:00:00Z' }));
    const metricResults = [{ name: 'errors', phase: 'Running', count: 2, successful: 2, measurements }];
    stage = new Stage(
      { ...HOURLY, measurementRetention: [{ metricName: 'errors', limit: 2 }] },
      { phase: 'Running', startedAt: '2025-12-31T00:00:00Z', metricResults },
    );
    const kept: number[] = [];
    stage.provider = {
      ...stage.provider,
      removeOld: async (_order, keep) => {
        kept.push(keep);
        return Promise.reject(new Error('not now'));
      },
    };
    await stage.look();
    expect(kept).toEqual([2]);
    expect(stage.status.metricResults).toMatchObject([{ count: 3, measurements: [{}, {}] }]);
  });

  test('asks at once for a measurement that is known to have ended', async () => {
    const inFlight = { phase: 'Running', startedAt: '2026-01-01T00:00:00Z', resumeAt: '2026-01-01T01:00:00Z' };
    const metricResults = [{ name: 'errors', phase: 'Running', measurements: [inFlight] }];
    stage = new Stage({ metrics: [metric()] }, { phase: 'Running', startedAt: '2026-01-01T00:00:00Z', metricResults });
    stage.provider = { ...stage.provider, resume: async () => Promise.resolve(verdict('Successful')) };
    expect(await stage.look()).toMatchObject({ kind: 'done', requeueAfterMs: 3_600_000 });
    stage.seeStored();
    stage.endedMetrics = new Set(['errors']);
    await stage.look();
    expect(stage.status.phase).toBe('Successful');
  });

  test('survives a provider that cannot describe its metric', async () => {
    stage.provider = {
      ...stage.provider,
      describe: () => {
        throw new Error('no query');
      },
    };
    await stage.look();
    expect(stage.status.metricResults).toMatchObject([{ count: 1 }]);
  });
});

describe('another writer', () => {
  const whileMeasuring = async (change: () => void): Promise<Outcome> => {
    const { provider, answer } = held();
    stage.provider = provider;
    const look = stage.look();
    await stage.clock.advance(1_000);
    change();
    answer(value(1));
    return look;
  };

  test('that asks the run to end meanwhile loses no measurement', async () => {
    const outcome = await whileMeasuring(() => stage.write(({ spec }) => ({ spec: { ...spec, terminate: true } })));
    expect(outcome).toEqual({ kind: 'done' });
    expect(stage.status).toMatchObject({ phase: 'Successful', message: 'Run Terminated' });
    expect(stage.status.metricResults).toMatchObject([{ count: 1, successful: 1 }]);
  });

  test('that changes metadata meanwhile loses no measurement', async () => {
    await whileMeasuring(() => stage.write(({ metadata }) => ({ metadata: { ...metadata, labels: { a: 'b' } } })));
    expect(stage.status.metricResults).toMatchObject([{ count: 1, successful: 1 }]);
    expect(stage.stored.metadata.labels).toEqual({ a: 'b' });
  });

  test('that changes the status meanwhile is heard first', async () => {
    const status = { phase: 'Running', metricResults: [{ name: 'errors', phase: 'Running', count: 1, successful: 1 }] };
    expect(await whileMeasuring(() => stage.write(() => ({ status })))).toEqual({ kind: 'conflict' });
    expect(stage.status).toEqual(status);
  });

  test('that replaces the run meanwhile is heard first', async () => {
    const replaced = () => stage.write(({ metadata }) => ({ metadata: { ...metadata, uid: 'another' } }));
    expect(await whileMeasuring(replaced)).toEqual({ kind: 'conflict' });
    expect(stage.status).toEqual({});
  });
});

describe('while something is measured', () => {
  test('a deletion ends it, and nothing is written', async () => {
    stage.provider = { measure: () => new Promise(() => {}) };
    const { stored } = stage;
    const look = stage.look();
    await stage.clock.advance(1_000);
    stage.seeDeletion();
    expect(await look).toEqual({ kind: 'done' });
    expect(stage.stored).toBe(stored);
    expect(stage.clock.pendingTimers).toBe(0);
  });

  test('a request to end it leaves out what is not finished, and keeps what is', async () => {
    stage = new Stage({ metrics: [metric('slow', { interval: '1h' }), metric('fast', { interval: '1h' })] });
    stage.provider = {
      measure: ({ metric: { name } }) => (name === 'fast' ? Promise.resolve(value(1)) : new Promise(() => {})),
    };
    const look = stage.look();
    await stage.clock.advance(1_000);
    stage.write(({ spec }) => ({ spec: { ...spec, terminate: true } }));
    stage.seeStored();
    expect(await look).toEqual({ kind: 'done' });
    expect(stage.status).toMatchObject({ phase: 'Successful', message: 'Run Terminated' });
    expect(stage.status.metricResults).toMatchObject([{ name: 'fast', count: 1 }]);
  });

  test.each([
    { name: 'in order', stop: () => stage.interruptions.stop() },
    { name: 'at its limit', stop: () => stage.stop() },
  ])(
    'a process that stops $name records nothing, and its successor measures again with the same number',
    async ({ stop }) => {
      stage.provider = { measure: () => new Promise(() => {}) };
      const look = stage.look().catch((error: unknown) => error);
      await stage.clock.advance(1_000);
      stop();
      await look;
      expect(stage.status).toEqual({});
      expect(stage.clock.pendingTimers).toBe(0);
      const successor = new Stage(HOURLY);
      await successor.look();
      expect(successor.orders[0]?.number).toBe(stage.orders[0]?.number);
    },
  );

  test('a process that stops begins nothing more', async () => {
    stage.interruptions.stop();
    expect(await stage.look()).toEqual({ kind: 'done' });
    expect(stage.orders).toEqual([]);
    expect(stage.status).toEqual({});
  });

  test('a metric that is lost does not wait for one that is slow', async () => {
    stage = new Stage({ metrics: [metric('slow'), metric('bad')] });
    stage.provider = {
      measure: ({ metric: { name } }) => (name === 'bad' ? Promise.resolve(value(0)) : new Promise(() => {})),
    };
    expect(await stage.look()).toEqual({ kind: 'done', requeueAfterMs: 0 });
    expect(stage.status.metricResults).toMatchObject([{ name: 'bad', phase: 'Failed' }]);
    stage.seeStored();
    await stage.look();
    expect(stage.status).toMatchObject({ phase: 'Failed' });
  });

  test('a dry-run metric that is lost is no reason to give up another', async () => {
    stage = new Stage({ metrics: [metric('slow'), metric('bad')], dryRun: [{ metricName: 'bad' }] });
    const { provider, answer } = held();
    stage.provider = {
      measure: (order, signal) =>
        order.metric.name === 'bad' ? Promise.resolve(value(0)) : provider.measure(order, signal),
    };
    const look = stage.look();
    await stage.clock.advance(1_000);
    answer(value(1));
    await look;
    expect(stage.status.phase).toBe('Successful');
  });
});

describe('Secrets', () => {
  const withSecret = (more: Partial<AnalysisRunSpec> = {}): Stage => {
    const prometheus = { address: 'http://prometheus', query: 'up{token="{{args.token}}"}' };
    return new Stage({ metrics: [metric('errors', { provider: { prometheus } })], args: [SECRET_ARG], ...more });
  };

  test('are filled in, and hidden in all that is written', async () => {
    stage = withSecret();
    stage.secrets = { vendor: { token: Buffer.from('hunter2').toString('base64') } };
    stage.provider = { measure: async () => Promise.reject(new Error('401 for hunter2')) };
    await stage.look();
    expect(stage.orders[0]?.metric.provider.prometheus?.query).toBe('up{token="hunter2"}');
    expect(stage.status.metricResults?.[0]?.measurements?.[0]?.message).toBe('401 for *****');
    expect(JSON.stringify([stage.stored, stage.events])).not.toContain('hunter2');
  });

  test('that are missing end the run', async () => {
    stage = withSecret();
    await stage.look();
    expect(stage.status).toMatchObject({ phase: 'Error', message: expect.stringContaining('"vendor" not found') });
  });

  test('that are missing end the run after what is in flight', async () => {
    const inFlight = { phase: 'Running', startedAt: '2026-01-01T00:00:00Z' };
    const metricResults = [{ name: 'errors', phase: 'Running', measurements: [inFlight] }];
    stage = new Stage({ metrics: [metric('errors')], args: [SECRET_ARG] }, { phase: 'Running', metricResults });
    let terminated = 0;
    const terminate = async () => {
      terminated += 1;
      return Promise.resolve(verdict('Inconclusive'));
    };
    stage.provider = { ...stage.provider, terminate };
    await stage.look();
    expect(terminated).toBe(1);
    expect(stage.status).toMatchObject({ phase: 'Error', metricResults: [{ phase: 'Inconclusive' }] });
  });

  test('that may not be read are an error of each measurement, in words', async () => {
    stage = withSecret();
    stage.secrets = { vendor: NO_RIGHT };
    expect(await stage.look()).toEqual({ kind: 'done', requeueAfterMs: 10_000 });
    expect(stage.orders).toEqual([]);
    expect(stage.status).toMatchObject({ phase: 'Running', metricResults: [{ error: 1, consecutiveError: 1 }] });
    expect(stage.status.metricResults?.[0]?.measurements?.[0]?.message).toBe(
      'the controller lacks the right to get secrets in namespace shop; deploy/components/analysis-secrets grants it',
    );
  });

  test.each<{ readonly name: string; readonly terminate: () => Promise<Reading>; readonly ends: string }>([
    { name: 'with it', terminate: async () => Promise.resolve(verdict('Inconclusive')), ends: '' },
    {
      name: 'with it, or say that they go on',
      terminate: async () => Promise.reject(new Error('no right to delete')),
      ends: '; what it has begun goes on: no right to delete',
    },
  ])('that may not be read end what a measurement has begun, $name', async ({ terminate, ends }) => {
    const inFlight = { phase: 'Running', startedAt: '2026-01-01T00:00:00Z' };
    const later = { ...inFlight, resumeAt: '2999-01-01T00:00:00Z' };
    const metricResults = [
      { name: 'errors', phase: 'Running', measurements: [inFlight] },
      { name: 'load', phase: 'Running', measurements: [later] },
    ];
    stage = new Stage(
      { metrics: [metric('errors'), metric('load')], args: [SECRET_ARG] },
      { phase: 'Running', metricResults },
    );
    stage.secrets = { vendor: NO_RIGHT };
    let terminated = 0;
    stage.provider = {
      ...stage.provider,
      terminate: () => {
        terminated += 1;
        return terminate();
      },
    };
    await stage.look();
    expect(terminated).toBe(1);
    const [errors, load] = stage.status.metricResults ?? [];
    const message = `the controller lacks the right to get secrets in namespace shop; deploy/components/analysis-secrets grants it${ends}`;
    expect(errors?.measurements).toMatchObject([{ phase: 'Error', message }]);
    expect(load?.measurements).toMatchObject([{ phase: 'Running' }]);
  });

  test('that may not be read do not keep a run from ending', async () => {
    const inFlight = { phase: 'Running', startedAt: '2026-01-01T00:00:00Z' };
    const metricResults = [{ name: 'errors', phase: 'Running', measurements: [inFlight] }];
    const prometheus = { address: 'http://prometheus', query: '{{args.token}}' };
    stage = new Stage(
      { metrics: [metric('errors', { provider: { prometheus } })], args: [SECRET_ARG], terminate: true },
      { phase: 'Running', metricResults },
    );
    stage.secrets = { vendor: NO_RIGHT };
    stage.provider = { ...stage.provider, terminate: async () => Promise.resolve(verdict('Inconclusive')) };
    await stage.look();
    expect(stage.status.phase).toBe('Inconclusive');
  });

  test.each<ApiErrorKind>(['network', 'server'])('that could not be read (%s) are read again later', async (kind) => {
    stage = withSecret();
    stage.secrets = { vendor: apiError(kind) };
    await expect(stage.look()).rejects.toThrow('Cannot do it');
    expect(stage.status).toEqual({});
  });

  test('of the run are not read when nothing is due', async () => {
    stage = withSecret({ metrics: [metric('errors', { initialDelay: '1h' })] });
    stage.secrets = { vendor: NO_RIGHT };
    await stage.look();
    expect(stage.status.metricResults).toBeUndefined();
  });
});

describe('a status that is not written', () => {
  test.each<{ kind: ApiErrorKind; outcome: object }>([
    { kind: 'notFound', outcome: { kind: 'done' } },
    { kind: 'server', outcome: { kind: 'refused' } },
    { kind: 'invalid', outcome: { kind: 'refused' } },
  ])('because of $kind leads to $outcome', async ({ kind, outcome }) => {
    stage.failNext = apiError(kind);
    expect(await stage.look()).toMatchObject(outcome);
  });

  test('is measured again, and counted once', async () => {
    stage.failNext = apiError('network');
    await expect(stage.look()).rejects.toThrow('Cannot do it');
    await stage.look();
    expect(stage.orders.map(({ number }) => number)).toEqual([1, 1]);
    expect(stage.status.metricResults).toMatchObject([{ count: 1 }]);
  });
});
