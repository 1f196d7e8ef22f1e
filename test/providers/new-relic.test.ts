import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Metric, Reading } from '../../src/core/analysis/provider.ts';
import { newRelicProvider } from '../../src/providers/new-relic.ts';
import { CONTROLLER_NAMESPACE, type Measuring, NEVER, orderOf, prepareMeasuring } from './measuring.ts';
import { type Answering, json, startVendorServer, type VendorServer } from './vendor-server.ts';

type NewRelic = NonNullable<Metric['provider']['newRelic']>;

const KEYS = { 'personal-api-key': 'hidden-key', 'account-id': '42' };
const rows = (...results: readonly object[]): Answering =>
  json({ data: { actor: { account: { nrql: { results } } } } });

let server: VendorServer;
let measuring: Measuring;
let secrets: Record<string, Record<string, string>>;

beforeEach(async () => {
  server = await startVendorServer(rows({ count: 5 }));
  secrets = {
    [`${CONTROLLER_NAMESPACE}/newrelic`]: { ...KEYS, 'base-url-nerdgraph': `${server.origin}/graphql` },
  };
  measuring = prepareMeasuring({ secrets });
});

afterEach(async () => {
  await measuring.close();
  await server.close();
});

const measure = async (newRelic: Partial<NewRelic> = {}): Promise<Reading> =>
  newRelicProvider(measuring.dependencies).measure(
    orderOf({ newRelic: { query: 'SELECT count(*)\nFROM Transaction', ...newRelic } }),
    NEVER,
  );

describe('an answer', () => {
  test.each([
    ['of one row is an object', rows({ b: 1.5, a: '<x>' }), { a: '<x>', b: 1.5 }, '{"a":"\\u003cx\\u003e","b":1.5}'],
    ['of more rows is a list', rows({ n: 1 }, { n: 2 }), [{ n: 1 }, { n: 2 }], '[{"n":1},{"n":2}]'],
  ])('%s', async (_, answering, value, shown) => {
    server.answering = answering;
    expect(await measure()).toEqual({ kind: 'value', result: { type: 'json', value }, text: shown });
  });

  test.each([
    ['without rows', rows(), 'found no rows'],
    ['with one empty row', rows({}), 'found no rows'],
    [
      'with an error',
      json({ data: null, errors: [{ message: 'NRQL Syntax Error: hidden-key' }] }),
      'could not answer: NRQL Syntax Error: *****',
    ],
    ['for an account that is not there', json({ data: { actor: { account: null } } }), 'found no rows'],
  ])('%s is an error', async (_, answering, message) => {
    server.answering = answering;
    await expect(measure()).rejects.toThrow(`${server.host} ${message}`);
  });
});

test('the request has the query, the account and the timeout as variables, and the key as a header', async () => {
  await measure({ timeout: 30 });
  const { method, path, headers, body = '' } = server.asked[0] ?? {};
  expect({ method, path, key: headers?.['api-key'] }).toEqual({ method: 'POST', path: '/graphql', key: 'hidden-key' });
  expect(JSON.parse(body)).toMatchObject({
    variables: { account: 42, query: 'SELECT count(*)\nFROM Transaction', timeout: 30 },
  });
});

test('the profile names another Secret', async () => {
  const usual = secrets[`${CONTROLLER_NAMESPACE}/newrelic`] ?? {};
  secrets[`${CONTROLLER_NAMESPACE}/mine`] = { ...usual, 'personal-api-key': 'other' };
  await measure({ profile: 'mine' });
  expect(server.asked[0]?.headers['api-key']).toBe('other');
});

test.each([
  ['a negative timeout', { timeout: -1 }, {}, 'newRelic timeout should not be negative'],
  ['a Secret that is not there', { profile: 'none' }, {}, `the Secret ${CONTROLLER_NAMESPACE}/none does not exist`],
  ['no key', {}, { 'personal-api-key': '' }, 'has no personal-api-key'],
  ['an account that is no number', {}, { 'account-id': 'hidden-key' }, 'the account-id in the Secret'],
  [
    'a region that is not there',
    {},
    { region: 'mars', 'base-url-nerdgraph': '' },
    'a region that New Relic does not have',
  ],
  ['an address that is none', {}, { 'base-url-nerdgraph': 'hidden-key' }, 'the base-url-nerdgraph in the Secret'],
])('%s is an error, and nothing is sent', async (_, newRelic, data, message) => {
  Object.assign(secrets[`${CONTROLLER_NAMESPACE}/newrelic`] ?? {}, data);
  const failed = measure(newRelic);
  await expect(failed).rejects.toThrow(message);
  await expect(failed).rejects.not.toThrow('hidden-key');
  expect(server.asked).toEqual([]);
});

test('the query is shown as metadata of the metric', () => {
  const { describe: metadataOf } = newRelicProvider(measuring.dependencies);
  const { metric } = orderOf({ newRelic: { query: 'SELECT 1' } });
  expect(metadataOf?.(metric)).toEqual({ ResolvedNewRelicQuery: 'SELECT 1' });
});
