import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Metric, Reading } from '../../src/core/analysis/provider.ts';
import { skywalkingProvider } from '../../src/providers/skywalking.ts';
import { type Measuring, NEVER, orderOf, prepareMeasuring } from './measuring.ts';
import { json, startVendorServer, type VendorServer } from './vendor-server.ts';

type SkyWalking = NonNullable<Metric['provider']['skywalking']>;

let server: VendorServer;
let measuring: Measuring;

beforeEach(async () => {
  server = await startVendorServer(json({ data: { readMetricsValues: { values: { values: [{ value: 7 }] } } } }));
  measuring = prepareMeasuring();
});

afterEach(async () => {
  await measuring.close();
  await server.close();
});

const measure = async (skywalking: SkyWalking = {}): Promise<Reading> =>
  skywalkingProvider(measuring.dependencies).measure(
    orderOf({ skywalking: { address: server.origin, query: 'query x', interval: '1h', ...skywalking } }),
    NEVER,
  );

test('the query is sent with its time range, in minutes of UTC', async () => {
  await measure();
  expect(server.asked[0]).toMatchObject({ method: 'POST', path: '/graphql' });
  expect(JSON.parse(server.asked[0]?.body ?? '')).toEqual({
    query: 'query x',
    variables: { duration: { start: '2026-03-04 0406', end: '2026-03-04 0506', step: 'MINUTE' } },
  });
});

test('the data of the answer is the value', async () => {
  expect(await measure()).toEqual({
    kind: 'value',
    result: { type: 'json', value: { readMetricsValues: { values: { values: [{ value: 7 }] } } } },
    text: '{"readMetricsValues":{"values":{"values":[{"value":7}]}}}',
  });
});

describe('an answer', () => {
  test.each([
    [
      'with errors',
      { data: {}, errors: [{ message: 'Syntax error' }, { message: 'more' }] },
      'could not answer: Syntax error, more',
    ],
    ['without data', { data: null }, 'answered without data'],
  ])('%s is an error', async (_, answer, message) => {
    server.answering = json(answer);
    await expect(measure()).rejects.toThrow(`${server.host} ${message}`);
  });
});

test.each([
  ['no interval', { interval: '' }, 'interval is not a duration: ""'],
  ['no address', { address: '' }, 'the address of SkyWalking is not a URL'],
])('a metric with %s is an error', async (_, skywalking, message) => {
  await expect(measure(skywalking)).rejects.toThrow(message);
});
