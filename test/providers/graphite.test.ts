import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Reading } from '../../src/core/analysis/provider.ts';
import { graphiteProvider } from '../../src/providers/graphite.ts';
import { type Measuring, NEVER, orderOf, prepareMeasuring } from './measuring.ts';
import { json, startVendorServer, text, type VendorServer } from './vendor-server.ts';

let server: VendorServer;
let measuring: Measuring;

beforeEach(async () => {
  server = await startVendorServer(json([{ target: 'a', datapoints: [[1, 1]] }]));
  measuring = prepareMeasuring();
});

afterEach(async () => {
  await measuring.close();
  await server.close();
});

const measure = async (query = 'target=errors', address = server.origin): Promise<Reading> =>
  graphiteProvider(measuring.dependencies).measure(orderOf({ graphite: { address, query } }), NEVER);

describe('an answer', () => {
  test.each([
    [
      'counts its first series only',
      [
        {
          datapoints: [
            [1, 1],
            [0.1, 2],
          ],
        },
        { datapoints: [[9, 1]] },
      ],
      [1, 0.1],
      '[1.000000,0.100000]',
    ],
    [
      'leaves out times without a value',
      [
        {
          datapoints: [
            [null, 1],
            [2, 2],
            [null, 3],
          ],
        },
      ],
      [2],
      '[2.000000]',
    ],
    ['may have no value at all', [{ datapoints: [[null, 1]] }], [], '[]'],
    ['may send numbers as text', [{ datapoints: [['1e3', '1']] }], [1000], '[1000.000000]'],
  ])('%s', async (_, answer, values, shown) => {
    server.answering = json(answer);
    expect(await measure()).toEqual({ kind: 'value', result: { type: 'floats', values }, text: shown });
  });

  test.each([
    ['without series', json([]), 'found no values'],
    ['without times', json([{ target: 'a', datapoints: [] }]), 'found no values'],
    [
      'with a text that is no number',
      json([{ datapoints: [['ten', 1]] }]),
      'JSON of an unexpected form, at 0.datapoints.0.0',
    ],
    ['of an error', text('Unknown function: foo', 400), 'answered with status 400: Unknown function: foo'],
  ])('%s is an error', async (_, answering, message) => {
    server.answering = answering;
    await expect(measure()).rejects.toThrow(
      `${server.host} ${message.startsWith('JSON') ? 'answered with ' : ''}${message}`,
    );
  });
});

describe('the query', () => {
  test.each([
    ['target=errors', '/render?target=errors&format=json'],
    ['target=sumSeries( a.*,\n  b.* )&from=-5min', '/render?target=sumSeries%28a.*%2Cb.*%29&from=-5min&format=json'],
    ["target=alias(a,'two words')", '/render?target=alias%28a%2C%27twowords%27%29&format=json'],
    ["target=color(a,'#ff0000')", '/render?target=color%28a%2C%27%23ff0000%27%29&format=json'],
    ['target=a&format=csv', '/render?target=a&format=json'],
  ])('%j is sent as %s', async (query, path) => {
    await measure(query);
    expect(server.asked[0]).toMatchObject({ method: 'GET', path });
  });

  test('goes below the path of the address', async () => {
    await measure('target=a', `${server.origin}/graphite/`);
    expect(server.asked[0]?.path).toBe('/graphite/render?target=a&format=json');
  });
});

test.each(['', 'graphite:8080', 'graphite'])('the address %j is an error', async (address) => {
  await expect(measure('target=a', address)).rejects.toThrow('the address of Graphite is not a URL');
});
