import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Metric, Reading } from '../../../src/core/analysis/provider.ts';
import { prometheusProvider } from '../../../src/providers/prometheus/prometheus.ts';
import { type Measuring, NEVER, NOW, orderOf, prepareMeasuring } from '../measuring.ts';
import { type Answering, json, startVendorServer, text, type VendorServer } from '../vendor-server.ts';

type Prometheus = NonNullable<Metric['provider']['prometheus']>;

const success = (data: unknown, more: object = {}): Answering => json({ status: 'success', data, ...more });
const vector = (...values: readonly string[]): Answering =>
  success({ resultType: 'vector', result: values.map((value) => ({ metric: {}, value: [1, value] })) });

let server: VendorServer;
let measuring: Measuring;

beforeEach(async () => {
  server = await startVendorServer(vector('1'));
  measuring = prepareMeasuring({
    environment: { ARGO_ROLLOUTS_PROMETHEUS_ADDRESS: `${server.origin}/from-environment` },
    evaluateTime: (expression, now) =>
      expression.startsWith('now')
        ? { time: now - (expression === 'now()' ? 0 : 300_500) }
        : { problem: 'unexpected token' },
  });
});

afterEach(async () => {
  await measuring.close();
  await server.close();
});

const measure = async (prometheus: Prometheus = {}): Promise<Reading> =>
  prometheusProvider(measuring.dependencies).measure(
    orderOf({ prometheus: { address: server.origin, query: 'up', ...prometheus } }),
    NEVER,
  );

const form = (index = 0) => Object.fromEntries(new URLSearchParams(server.asked[index]?.body));

describe('an answer', () => {
  test.each([
    [
      'scalar',
      success({ resultType: 'scalar', result: [1, '0.0000001'] }),
      { type: 'float', value: 1e-7 },
      '0.0000001',
    ],
    [
      'vector',
      vector('1e+21', '0.0000001', 'NaN', '+Inf', '-Inf', '1e-7', '100'),
      { type: 'floats', values: [1e21, 1e-7, NaN, Infinity, -Infinity, 1e-7, 100] },
      '[1000000000000000000000,0.0000001,NaN,+Inf,-Inf,0.0000001,100]',
    ],
    ['empty vector', vector(), { type: 'floats', values: [] }, '[]'],
    [
      'vector with a native histogram',
      success({ resultType: 'vector', result: [{ metric: {}, histogram: [1, { count: '3' }] }, { value: [1, '2'] }] }),
      { type: 'floats', values: [0, 2] },
      '[0,2]',
    ],
    [
      'matrix',
      success({
        resultType: 'matrix',
        result: [
          {
            values: [
              [1, '1'],
              [2, '2.5'],
            ],
          },
          { values: [[1, '3']] },
          { histograms: [[1, {}]] },
        ],
      }),
      { type: 'floats', values: [1, 2.5, 3] },
      '[1,2.5,3]',
    ],
  ])('that is a %s', async (_, answering, result, value) => {
    server.answering = answering;
    expect(await measure()).toEqual({ kind: 'value', result, text: value });
  });

  test.each([
    ['is a string', success({ resultType: 'string', result: [1, 'x'] }), 'the query yields a text'],
    [
      'is an error of the query',
      json({ status: 'error', errorType: 'bad_data', error: 'parse error: unexpected end' }, 400),
      'answered with status 400: bad_data: parse error: unexpected end',
    ],
    ['is an error with status 200', json({ status: 'error', errorType: 'timeout', error: 'slow' }), 'timeout: slow'],
    ['has no data', json({ status: 'success' }), 'answered with JSON of an unexpected form, at data'],
    ['holds what is no number', vector('0x10'), 'a value that is no number: "0x10"'],
    ['is a page', text('<html>login</html>', 200, 'text/html'), 'answered with what is not JSON'],
    ['is a page with an error', text('<html>bad gateway</html>', 502, 'text/html'), /answered with status 502$/],
  ])('that %s is an error', async (_, answering, message) => {
    server.answering = answering;
    await expect(measure()).rejects.toThrow(message);
  });

  test('with warnings has them as metadata', async () => {
    server.answering = success(
      { resultType: 'scalar', result: [1, '1'] },
      { warnings: ['partial', 'slow'], infos: ['x'] },
    );
    expect(await measure()).toMatchObject({ metadata: { warnings: '"partial", "slow"' } });
  });
});

describe('a query', () => {
  test('is asked at the time of the measurement', async () => {
    await measure({ query: 'sum(rate(errors[1m])) & more' });
    expect(server.asked[0]).toMatchObject({ method: 'POST', path: '/api/v1/query' });
    expect(form()).toEqual({ query: 'sum(rate(errors[1m])) & more', time: String(NOW / 1000) });
  });

  test('goes below the path of the address, whose own query is kept', async () => {
    await measure({ address: `${server.origin}/prometheus/?tenant=shop` });
    expect(server.asked[0]?.path).toBe('/prometheus/api/v1/query?tenant=shop');
  });

  test('over a range is asked with instants and seconds', async () => {
    await measure({ rangeQuery: { start: 'now() - duration("5m")', end: 'now()', step: '1m30s' } });
    expect(server.asked[0]?.path).toBe('/api/v1/query_range');
    expect(form()).toEqual({ query: 'up', start: '1772600466.5', end: '1772600767', step: '90' });
  });

  test.each([405, 501])('is asked with GET where POST is answered with %d', async (status) => {
    server.answering = (response, asked) =>
      (asked.method === 'GET' ? vector('7') : text('no', status))(response, asked);
    expect(await measure()).toMatchObject({ text: '[7]' });
    expect(server.asked[1]?.path).toBe(`/api/v1/query?query=up&time=${NOW / 1000}`);
  });

  test('of the environment is used where the metric names no address', async () => {
    await measure({ address: '' });
    expect(server.asked[0]?.path).toBe('/from-environment/api/v1/query');
  });

  test('is shown as metadata of the metric', () => {
    const { describe: metadataOf } = prometheusProvider(measuring.dependencies);
    const { metric } = orderOf({ prometheus: { query: 'up' } });
    expect(metadataOf?.(metric)).toEqual({ ResolvedPrometheusQuery: 'up' });
  });
});

describe('a metric that cannot be asked', () => {
  test.each([
    ['an address without a scheme', { address: 'prometheus:9090' }, 'prometheus address is not is url format'],
    ['an address without a host', { address: '/prometheus' }, 'prometheus address is not is url format'],
    ['a negative timeout', { timeout: -1 }, 'prometheus timeout should not be negative'],
    ['half of a range', { rangeQuery: { end: 'now()', step: '1m' } }, 'rangeQuery.start is not a time'],
    ['a range without a step', { rangeQuery: { start: 'now()', end: 'now()' } }, 'rangeQuery.step is not a duration'],
    [
      'a token without its client',
      { authentication: { oauth2: { tokenUrl: 'http://issuer' } } },
      'oauth2 needs both clientId and clientSecret',
    ],
    ['half of a login', { authentication: { basicAuth: { username: 'jo' } } }, 'needs both username and password'],
  ])('because of %s is an error, and nothing is sent', async (_, prometheus: Prometheus, message) => {
    await expect(measure(prometheus)).rejects.toThrow(message);
    expect(server.asked).toEqual([]);
  });

  test('because nothing names an address', async () => {
    const provider = prometheusProvider(prepareMeasuring().dependencies);
    await expect(provider.measure(orderOf({ prometheus: {} }), NEVER)).rejects.toThrow(
      'prometheus address is not configured',
    );
  });
});

describe('authentication', () => {
  const sent = () => server.asked[0]?.headers;

  test('by user name and password', async () => {
    await measure({ authentication: { basicAuth: { username: 'jo', password: 'secret' } } });
    expect(sent()?.['authorization']).toBe(`Basic ${btoa('jo:secret')}`);
  });

  test('by a token', async () => {
    const issuer = await startVendorServer(json({ access_token: 'tok', expires_in: 60 }));
    await measure({
      authentication: { oauth2: { tokenUrl: issuer.origin, clientId: 'id', clientSecret: 'secret', scopes: ['a'] } },
    });
    expect(sent()?.['authorization']).toBe('Bearer tok');
    await issuer.close();
  });

  test('by a header of the metric, which goes before all others; the last of one name counts', async () => {
    await measure({
      headers: [
        { key: 'Authorization', value: 'Bearer first' },
        { key: 'authorization', value: 'Bearer own' },
        { key: 'X-Scope-OrgID', value: 'shop' },
      ],
      authentication: { basicAuth: { username: 'jo', password: 'secret' } },
    });
    expect(sent()).toMatchObject({ authorization: 'Bearer own', 'x-scope-orgid': 'shop' });
  });

  test('by a signature of AWS, where the address is one of Managed Prometheus', async () => {
    await measure({
      address: `${server.origin}/aps-workspaces/ws-1`,
      authentication: { sigv4: { region: 'eu-west-1' } },
    });
    expect(sent()?.['authorization']).toMatch(/^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/20260304\/eu-west-1\/aps\//);
  });

  test('no signature elsewhere', async () => {
    await measure({ authentication: { sigv4: { region: 'eu-west-1' } } });
    expect(sent()?.['authorization']).toBeUndefined();
  });
});
