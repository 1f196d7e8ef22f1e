import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Metric, Reading } from '../../../src/core/analysis/provider.ts';
import { datadogProvider } from '../../../src/providers/datadog/datadog.ts';
import {
  CONTROLLER_NAMESPACE,
  type Measuring,
  NEVER,
  NOW,
  orderOf,
  prepareMeasuring,
  type Surroundings,
} from '../measuring.ts';
import { json, startVendorServer, text, type VendorServer } from '../vendor-server.ts';

type Datadog = NonNullable<Metric['provider']['datadog']>;

const KEYS = { 'api-key': 'hidden-api', 'app-key': 'hidden-app\n' };
const SECONDS = Math.floor(NOW / 1000);

let server: VendorServer;
let measuring: Measuring;

const prepare = async (surroundings?: (address: string) => Surroundings): Promise<void> => {
  await measuring.close();
  measuring = prepareMeasuring(surroundings?.(server.origin) ?? {});
};

beforeEach(async () => {
  server = await startVendorServer(json({ status: 'ok', series: [{ pointlist: [[1, 5]] }] }));
  measuring = prepareMeasuring({
    secrets: { [`${CONTROLLER_NAMESPACE}/datadog`]: { address: server.origin, ...KEYS } },
  });
});

afterEach(async () => {
  await measuring.close();
  await server.close();
});

const measure = async (datadog: Datadog): Promise<Reading> =>
  datadogProvider(measuring.dependencies).measure(orderOf({ datadog }), NEVER);

const v1: Datadog = { query: 'avg:errors{*}' };
const v2: Datadog = { apiVersion: 'v2', query: 'avg:errors{*}' };
const float = (value: number, shown = String(value)) => ({
  kind: 'value',
  result: { type: 'float', value },
  text: shown,
});
const noData = (shown: string) => ({ kind: 'value', result: { type: 'nil' }, text: shown });

describe('version 1', () => {
  test('is asked for the last five minutes, with both keys', async () => {
    await measure(v1);
    expect(server.asked[0]?.path).toBe(`/api/v1/query?query=avg%3Aerrors%7B*%7D&from=${SECONDS - 300}&to=${SECONDS}`);
    expect(server.asked[0]?.headers).toMatchObject({ 'dd-api-key': 'hidden-api', 'dd-application-key': 'hidden-app' });
  });

  test('is asked for the interval of the metric, in whole seconds', async () => {
    await measure({ ...v1, interval: '1m500ms' });
    expect(server.asked[0]?.path).toContain(`from=${SECONDS - 60}&`);
  });

  test.each([
    [
      'the last point of the first series',
      {
        series: [
          {
            pointlist: [
              [1, 2],
              [2, 1e21],
            ],
          },
          { pointlist: [[1, 9]] },
        ],
      },
      float(1e21, '1000000000000000000000'),
    ],
    [
      'a point without a value as 0',
      {
        series: [
          {
            pointlist: [
              [1, 2],
              [2, null],
            ],
          },
        ],
      },
      float(0),
    ],
    ['no series as no data', { status: 'ok', series: [] }, noData('[]')],
    ['no points as no data', { series: [{ pointlist: [] }] }, noData('[]')],
  ])('takes %s', async (_, answer, reading) => {
    server.answering = json(answer);
    expect(await measure(v1)).toEqual(reading);
  });

  test.each([
    [
      'an error in an answer',
      json({ status: 'error', error: 'Rule: bad query', series: [] }),
      'could not answer: Rule: bad query',
    ],
    ['refused keys', json({ errors: ['Forbidden'] }, 403), 'refused access (status 403): {"errors":["Forbidden"]}'],
    ['a wrong point', json({ series: [{ pointlist: [[1]] }] }), 'answered with JSON of an unexpected form'],
  ])('takes %s as an error', async (_, answering, message) => {
    server.answering = answering;
    await expect(measure(v1)).rejects.toThrow(`${server.host} ${message}`);
  });
});

const columns = (...list: readonly unknown[]) =>
  json({ data: { type: 'scalar_response', attributes: { columns: list } } });
const numbers = (...values: readonly unknown[]) => ({ name: 'query', type: 'number', values, meta: { unit: null } });
const groups = (name: string, ...values: readonly string[]) => ({
  name,
  type: 'group',
  values: values.map((one) => [one]),
});

describe('version 2', () => {
  test('is asked with a query, in milliseconds', async () => {
    server.answering = columns(numbers(1));
    await measure(v2);
    expect(server.asked[0]).toMatchObject({ method: 'POST', path: '/api/v2/query/scalar' });
    expect(JSON.parse(server.asked[0]?.body ?? '')).toEqual({
      data: {
        type: 'scalar_request',
        attributes: {
          from: (SECONDS - 300) * 1000,
          to: SECONDS * 1000,
          queries: [{ aggregator: 'last', data_source: 'metrics', name: 'query', query: 'avg:errors{*}' }],
          formulas: [],
        },
      },
    });
  });

  test('is asked with named queries, a formula and an aggregator', async () => {
    server.answering = columns(numbers(1));
    await measure({ apiVersion: 'v2', queries: { a: 'x', b: 'y' }, formula: 'a/b', aggregator: 'sum' });
    expect(JSON.parse(server.asked[0]?.body ?? '')).toMatchObject({
      data: {
        attributes: {
          queries: [
            { name: 'a', query: 'x', aggregator: 'sum' },
            { name: 'b', query: 'y', aggregator: 'sum' },
          ],
          formulas: [{ formula: 'a/b' }],
        },
      },
    });
  });

  test.each([
    ['one number', columns(numbers(0.5)), float(0.5)],
    ['a number that is not there as no data', columns(numbers(null)), noData('[null]')],
    ['no numbers as no data', columns(numbers()), noData('[]')],
    ['no columns as no data', columns(), noData('[]')],
  ])('takes %s', async (_, answering, reading) => {
    server.answering = answering;
    expect(await measure(v2)).toEqual(reading);
  });

  test('takes numbers by groups as a list, with the groups as metadata', async () => {
    server.answering = columns(
      groups('env', 'live', 'test', 'old'),
      groups('app', 'web', 'web', 'web'),
      numbers(2, 0.5, null),
    );
    expect(await measure(v2)).toEqual({
      kind: 'value',
      result: { type: 'floats', values: [2, 0.5] },
      text: '[2,0.5]',
      metadata: { groups: '[{"name":"live,web","value":2},{"name":"test,web","value":0.5}]' },
    });
  });

  test('keeps of many groups the fifty lowest and the fifty highest', async () => {
    const names = Array.from({ length: 101 }, (_, index) => `g${index}`);
    server.answering = columns(groups('g', ...names), numbers(...names.map((_, index) => 100 - index)));
    const { metadata, result } = (await measure(v2)) as Reading & { kind: 'value' };
    const kept = JSON.parse(metadata?.['groups'] ?? '') as { name: string; value: number }[];
    expect(kept.map(({ value }) => value)).toEqual(names.map((_, index) => index).filter((value) => value !== 50));
    expect(metadata?.['groups_truncated']).toBe('true');
    expect(result).toMatchObject({ values: { length: 101 } });
  });

  test.each([
    ['an error of the query', json({ errors: 'bad formula', data: null }), 'could not answer: bad formula'],
    ['an error in the data', json({ data: { errors: 'bad formula' } }), 'could not answer: bad formula'],
    ['neither', json({ data: {} }), 'answered without columns'],
  ])('takes %s as an error', async (_, answering, message) => {
    server.answering = answering;
    await expect(measure(v2)).rejects.toThrow(`${server.host} ${message}`);
  });
});

describe('what cannot be asked is an error, and nothing is sent', () => {
  test.each([
    ['neither query nor queries', {}, 'neither query nor queries'],
    ['both', { apiVersion: 'v2', query: 'a', queries: { a: 'b' } }, 'query and queries cannot both be set'],
    ['a formula alone', { apiVersion: 'v2', query: 'a', formula: 'a' }, 'a formula needs queries'],
    [
      'several queries without a formula',
      { apiVersion: 'v2', queries: { a: 'x', b: 'y' } },
      'several queries need a formula',
    ],
    ['queries with version 1', { queries: { a: 'x' } }, 'version v1 of the API needs query'],
    ['an aggregator with version 1', { query: 'a', aggregator: 'sum' }, 'version v1 of the API has no aggregator'],
    ['an interval that is none', { query: 'a', interval: 'soon' }, 'interval is not a duration: "soon"'],
    ['no time for the request', { query: 'a', requestTimeout: '0' }, 'requestTimeout must be longer than 0'],
    ['a Secret of the run without a name', { query: 'a', secretRef: { namespaced: true } }, 'secretRef needs a name'],
  ] satisfies readonly [string, Datadog, string][])('%s', async (_, datadog, message) => {
    await expect(measure(datadog)).rejects.toThrow(message);
    expect(server.asked).toEqual([]);
  });
});

describe('the keys come from', () => {
  const environment = (address: string) => ({ DD_ADDRESS: address, DD_API_KEY: 'from-env', DD_APP_KEY: 'app' });
  const used = () => server.asked[0]?.headers['dd-api-key'];

  test('the environment before the usual Secret', async () => {
    await prepare((address) => ({ environment: environment(address) }));
    await measure(v1);
    expect(used()).toBe('from-env');
  });

  test('the usual Secret where the environment is not complete', async () => {
    await prepare((address) => ({
      environment: { ...environment(address), DD_APP_KEY: '' },
      secrets: { [`${CONTROLLER_NAMESPACE}/datadog`]: { address, ...KEYS } },
    }));
    await measure(v1);
    expect(used()).toBe('hidden-api');
  });

  test.each([
    ['a named Secret of the controller', CONTROLLER_NAMESPACE, { name: 'mine' }],
    ['a named Secret of the run', 'shop', { name: 'mine', namespaced: true }],
  ])('%s before the environment', async (_, namespace, secretRef) => {
    await prepare((address) => ({
      environment: environment(address),
      secrets: { [`${namespace}/mine`]: { address, ...KEYS } },
    }));
    await measure({ ...v1, secretRef });
    expect(used()).toBe('hidden-api');
  });

  test.each([
    ['no Secret', {}, `the Secret ${CONTROLLER_NAMESPACE}/datadog does not exist`],
    ['a Secret without a key', { [`${CONTROLLER_NAMESPACE}/datadog`]: { 'api-key': 'a' } }, 'has no app-key'],
    [
      'an address that is none',
      { [`${CONTROLLER_NAMESPACE}/datadog`]: { address: 'hidden', ...KEYS } },
      'the address of Datadog is not a URL',
    ],
  ])('nowhere where there is %s', async (_, secrets, message) => {
    await prepare(() => ({ secrets }));
    const failed = measure(v1);
    await expect(failed).rejects.toThrow(message);
    await expect(failed).rejects.not.toThrow('hidden');
  });
});

test('a page with an error is not repeated', async () => {
  server.answering = text('<html>bad gateway</html>', 502, 'text/html');
  await expect(measure(v1)).rejects.toThrow(/answered with status 502$/);
});
