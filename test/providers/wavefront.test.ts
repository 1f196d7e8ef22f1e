import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Reading } from '../../src/core/analysis/provider.ts';
import { wavefrontProvider } from '../../src/providers/wavefront.ts';
import { certificateForLoopback } from './certificate.ts';
import { CONTROLLER_NAMESPACE, type Measuring, NEVER, NOW, orderOf, prepareMeasuring } from './measuring.ts';
import { json, startVendorServer, type VendorServer } from './vendor-server.ts';

const SECONDS = NOW / 1000;
const certificate = certificateForLoopback();

let server: VendorServer;
let measuring: Measuring;

beforeEach(async () => {
  server = await startVendorServer(json({ timeseries: [{ data: [[SECONDS, 5]] }] }), certificate);
  measuring = prepareMeasuring({
    trusted: certificate.cert,
    secrets: { [`${CONTROLLER_NAMESPACE}/wavefront-api-tokens`]: { [server.host]: 'hidden-token' } },
  });
});

afterEach(async () => {
  await measuring.close();
  await server.close();
});

const measure = async (address = server.host): Promise<Reading> =>
  wavefrontProvider(measuring.dependencies).measure(orderOf({ wavefront: { address, query: 'ts(errors)' } }), NEVER);

const series = (...points: readonly (readonly [offset: number, value: number])[]) => ({
  label: 'errors',
  data: points.map(([offset, value]) => [SECONDS + offset, value]),
});

test('the query is asked for this second, over TLS, with the token of the address', async () => {
  await measure();
  const url = new URL(server.asked[0]?.path ?? '', server.origin);
  expect(url.pathname).toBe('/api/v2/chart/api');
  expect(Object.fromEntries(url.searchParams)).toEqual({
    q: 'ts(errors)',
    s: String(NOW),
    e: String(NOW),
    g: 's',
    p: '1',
    i: 'true',
  });
  expect(server.asked[0]?.headers['authorization']).toBe('Bearer hidden-token');
});

describe('an answer', () => {
  test.each([
    [
      'with one series is its closest point',
      [series([-90, 1], [-30, 0.125], [60, 3])],
      { type: 'float', value: 0.125 },
      '0.12',
      { timestamps: String(SECONDS - 30), drift: '-30' },
    ],
    [
      'with a tie is the first point',
      [series([-30, 1], [30, 2])],
      { type: 'float', value: 1 },
      '1.00',
      { timestamps: String(SECONDS - 30), drift: '-30' },
    ],
    [
      'with more series is a list',
      [series([0, 1]), series([5, 2.5])],
      { type: 'floats', values: [1, 2.5] },
      '[1.00,2.50]',
      { timestamps: `[${SECONDS},${SECONDS + 5}]`, drift: '[0,5]' },
    ],
  ])('%s', async (_, timeseries, result, shown, metadata) => {
    server.answering = json({ timeseries });
    expect(await measure()).toEqual({ kind: 'value', result, text: shown, metadata });
  });

  test('may have warnings, which are metadata', async () => {
    server.answering = json({ timeseries: [series([0, 1])], warnings: 'the query is slow' });
    expect(await measure()).toMatchObject({ metadata: { warnings: 'the query is slow' } });
  });

  test.each([
    ['without series', { timeseries: [] }, 'found no series'],
    ['with a series without points', { timeseries: [series([0, 1]), series()] }, 'found a series without points'],
    [
      'with an error',
      { errorType: 'SYNTAX_ERROR', errorMessage: 'unexpected )' },
      'could not answer: SYNTAX_ERROR: unexpected )',
    ],
  ])('%s is an error', async (_, answer, message) => {
    server.answering = json(answer);
    await expect(measure()).rejects.toThrow(`${server.host} ${message}`);
  });
});

test.each(['other.wavefront.example', '', 'constructor'])(
  'the address %j without a token is an error',
  async (address) => {
    await expect(measure(address)).rejects.toThrow('has no token for the address of the metric');
    expect(server.asked).toEqual([]);
  },
);
