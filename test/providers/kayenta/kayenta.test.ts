import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Metric, Reading } from '../../../src/core/analysis/provider.ts';
import { kayentaProvider } from '../../../src/providers/kayenta/kayenta.ts';
import { type Measuring, NEVER, NOW, orderOf, prepareMeasuring } from '../measuring.ts';
import { json, startVendorServer, type VendorServer } from '../vendor-server.ts';

type Kayenta = NonNullable<Metric['provider']['kayenta']>;
type Scope = Kayenta['scopes'][number];

let server: VendorServer;
let measuring: Measuring;

beforeEach(async () => {
  server = await startVendorServer((response, asked) =>
    json(
      asked.method === 'GET'
        ? [
            { id: 'c-1', name: 'other' },
            { id: 'c-2', name: 'error rates' },
          ]
        : { canaryExecutionId: 'e/1' },
    )(response, asked),
  );
  measuring = prepareMeasuring();
});

afterEach(async () => {
  await measuring.close();
  await server.close();
});

const side = (more: Partial<Scope['controlScope']> = {}): Scope['controlScope'] => ({
  scope: 'web',
  region: 'eu',
  step: 60,
  ...more,
});

const scope = (control: Partial<Scope['controlScope']> = {}, experiment = control): Scope => ({
  name: 'default',
  controlScope: side(control),
  experimentScope: side({ scope: 'canary', ...experiment }),
});

const orderFor = (kayenta: Partial<Kayenta>, interval?: string) =>
  orderOf(
    {
      kayenta: {
        address: `${server.origin}/kayenta`,
        application: 'my shop',
        canaryConfigName: 'error rates',
        metricsAccountName: 'metrics',
        configurationAccountName: 'configurations',
        storageAccountName: 'results',
        threshold: { pass: 90, marginal: 60 },
        scopes: [scope()],
        ...kayenta,
      },
    },
    { runStartedAt: NOW - 3_600_000, ...(interval === undefined ? {} : { interval }) },
  );

const start = async (kayenta: Partial<Kayenta> = {}, interval: string | undefined = '10m'): Promise<Reading> =>
  kayentaProvider(measuring.dependencies).measure(orderFor(kayenta, interval), NEVER);

const sent = () => JSON.parse(server.asked[1]?.body ?? '') as { readonly scopes: Record<string, unknown> };

describe('to start', () => {
  test('the configuration is found by its name, and the analysis is begun', async () => {
    expect(await start()).toEqual({
      kind: 'unfinished',
      resumeAt: NOW + 15_000,
      metadata: { canaryExecutionId: 'e/1' },
    });
    expect(server.asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /kayenta/canaryConfig?application=my+shop&configurationAccountName=configurations',
      'POST /kayenta/canary/c-2?application=my+shop&metricsAccountName=metrics&configurationAccountName=configurations&storageAccountName=results',
    ]);
    expect(sent()).toEqual({
      thresholds: { pass: 90, marginal: 60 },
      scopes: {
        default: {
          controlScope: {
            scope: 'web',
            location: 'eu',
            step: 60,
            start: '2026-03-04T04:56:07Z',
            end: '2026-03-04T05:06:07Z',
          },
          experimentScope: {
            scope: 'canary',
            location: 'eu',
            step: 60,
            start: '2026-03-04T04:56:07Z',
            end: '2026-03-04T05:06:07Z',
          },
        },
      },
    });
  });

  test('with lookback the range begins with the run', async () => {
    await start({ lookback: true }, '');
    expect(sent().scopes['default']).toMatchObject({ controlScope: { start: '2026-03-04T04:06:07Z' } });
  });

  test('a range of the metric is kept, and needs no interval', async () => {
    const range = { start: '2026-01-01T00:00:00Z', end: '2026-01-01T01:00:00Z' };
    await start({ scopes: [scope(range)] }, '');
    expect(sent().scopes['default']).toMatchObject({ controlScope: range, experimentScope: range });
  });

  test.each([
    [
      'a start on one side only',
      { scopes: [scope({ start: '2026-01-01T00:00:00Z' }, {})] },
      '10m',
      'sets start on one side only',
    ],
    [
      'an end on one side only',
      { scopes: [scope({}, { end: '2026-01-01T00:00:00Z' })] },
      '10m',
      'sets end on one side only',
    ],
    ['no interval and no start', {}, '', 'interval is not a duration'],
    ['an address that is none', { address: 'kayenta' }, '10m', 'the address of Kayenta is not a URL'],
  ])('%s is an error, and nothing is begun', async (_, kayenta, interval, message) => {
    await expect(start(kayenta, interval)).rejects.toThrow(message);
    expect(server.asked).toEqual([]);
  });

  test('a configuration that is not there is an error', async () => {
    await expect(start({ canaryConfigName: 'none' })).rejects.toThrow(
      `${server.host} has no canary configuration none`,
    );
    expect(server.asked).toHaveLength(1);
  });
});

describe('to go on', () => {
  const metadata = { canaryExecutionId: 'e/1' };
  const resume = async (answer: unknown): Promise<Reading | undefined> => {
    server.answering = json(answer);
    return kayentaProvider(measuring.dependencies).resume?.(orderFor({}), { startedAt: 0, metadata }, NEVER);
  };
  const scored = (score: number) => ({ complete: true, result: { judgeResult: { score: { score } } } });

  test('an analysis that is not complete is asked for again in 15 seconds', async () => {
    expect(await resume({ complete: false })).toEqual({ kind: 'unfinished', resumeAt: NOW + 15_000, metadata });
    expect(server.asked[0]?.path).toBe('/kayenta/canary/e%2F1');
  });

  test.each([
    [100, 'Successful', '100'],
    [90, 'Successful', '90'],
    [89.9, 'Inconclusive', '89'],
    [60, 'Inconclusive', '60'],
    [59.9, 'Failed', '59'],
    [0, 'Failed', '0'],
  ])('a score of %d is %s', async (score, phase, shown) => {
    expect(await resume(scored(score))).toEqual({ kind: 'verdict', phase, text: shown, metadata });
  });

  test.each([
    ['without a score', { complete: true, result: { judgeResult: {} } }, 'completed the analysis without a score'],
    ['that does not say whether it is complete', { status: 'running' }, 'JSON of an unexpected form, at complete'],
  ])('an answer %s is an error', async (_, answer, message) => {
    await expect(resume(answer)).rejects.toThrow(message);
  });

  test('a measurement without its analysis is an error', async () => {
    const { resume: goOn } = kayentaProvider(measuring.dependencies);
    await expect(goOn?.(orderFor({}), { startedAt: 0, metadata: {} }, NEVER)).rejects.toThrow('does not know its');
  });
});
