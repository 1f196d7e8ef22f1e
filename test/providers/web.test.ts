import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Metric, Reading } from '../../src/core/analysis/provider.ts';
import { webProvider } from '../../src/providers/web.ts';
import { type Measuring, NEVER, orderOf, prepareMeasuring } from './measuring.ts';
import { json, redirect, startVendorServer, text, type VendorServer } from './vendor-server.ts';

type Web = NonNullable<Metric['provider']['web']>;

let server: VendorServer;
let measuring: Measuring;

beforeEach(async () => {
  server = await startVendorServer(json({ ok: true }));
  measuring = prepareMeasuring();
});

afterEach(async () => {
  await measuring.close();
  await server.close();
});

const measure = async (web: Partial<Web> = {}): Promise<Reading> =>
  webProvider(measuring.dependencies).measure(
    orderOf({ web: { url: `${server.origin}/health?app=web`, ...web } }),
    NEVER,
  );

const asJson = (value: unknown, shown: string) => ({ kind: 'value', result: { type: 'json', value }, text: shown });

describe('an answer in JSON', () => {
  test.each([
    [
      'has its keys sorted and its brackets escaped',
      '{"b":1,"a":"a<b&c>"}',
      undefined,
      '{"a":"a\\u003cb\\u0026c\\u003e","b":1}',
    ],
    ['loses the digits that a float does not have', '12345678901234567890', undefined, '12345678901234567000'],
    ['keeps the form of floats', '[1e21, 1.50, 1e-7, 100, -0]', undefined, '[1e+21,1.5,1e-7,100,-0]'],
    ['may be a text, which keeps its quotes', '"ok"', undefined, '"ok"'],
    ['may be false', 'false', undefined, 'false'],
    ['is searched with the path', '{"data":{"errors":[{"n":3},{"n":4}]}}', '{$.data.errors[1].n}', '4'],
    ['gives the first of many matches', '{"l":[{"n":3},{"n":4}]}', '{$.l[*].n}', '3'],
    ['is searched with filters', '{"l":[{"v":3,"n":"a"},{"v":7,"n":"b"}]}', '{$.l[?(@.v>5)].n}', '"b"'],
    ['may have any name for a key', '{"__proto__":{"a":1}}', '{.__proto__.a}', '1'],
    ['gives a path without braces as it is', '{"a":1}', '$.a', '"$.a"'],
  ])('%s', async (_, body, jsonPath, shown) => {
    server.answering = text(body);
    const web = jsonPath === undefined ? {} : { jsonPath };
    expect(await measure(web)).toEqual(asJson(JSON.parse(shown), shown));
  });

  test('that is null is no data', async () => {
    server.answering = json({ value: null });
    expect(await measure({ jsonPath: '{$.value}' })).toEqual({ kind: 'value', result: { type: 'nil' }, text: 'null' });
  });

  test.each([
    ['lacks the key', '{"a":1}', '{$.b}', 'the jsonPath does not fit the answer: b is not found'],
    ['has no match', '{"a":[]}', '{$.a[*]}', 'result of web metric produced no value'],
    [
      'is nested too deeply',
      `${'['.repeat(201)}${']'.repeat(201)}`,
      '{$}',
      'answered with JSON that is nested too deeply',
    ],
    ['holds a number beyond a float', '{"a":1e400}', '{$.a}', 'answered with JSON with a number that is too large'],
  ])('that %s is an error', async (_, body, jsonPath, message) => {
    server.answering = text(body);
    await expect(measure({ jsonPath })).rejects.toThrow(message);
  });

  test('may hold as many brackets in texts as it likes', async () => {
    server.answering = json('["\\['.repeat(300));
    expect(await measure()).toMatchObject({ kind: 'value' });
  });
});

describe('any other answer is a text', () => {
  test.each(['OK\n', '', '<html>login</html>', '{"a":', 'NaN', "{'a':1}", '\uFEFF{"a":1}'])('%j', async (body) => {
    server.answering = text(body);
    expect(await measure({ jsonPath: '{$.a}' })).toEqual({
      kind: 'value',
      result: { type: 'text', value: body },
      text: body,
    });
  });
});

describe('the request', () => {
  test('is a GET with the headers of the metric', async () => {
    await measure({ headers: [{ key: 'X-Token', value: 'one' }] });
    expect(server.asked[0]).toMatchObject({ method: 'GET', path: '/health?app=web', body: '' });
    expect(server.asked[0]?.headers['x-token']).toBe('one');
  });

  test('may have a body', async () => {
    await measure({ method: 'PUT', body: 'a=b', headers: [{ key: 'Content-Type', value: 'text/x' }] });
    expect(server.asked[0]).toMatchObject({ method: 'PUT', body: 'a=b' });
    expect(server.asked[0]?.headers['content-type']).toBe('text/x');
  });

  test('may have JSON as a body, which is then also its type', async () => {
    await measure({ method: 'POST', jsonBody: { a: [1] }, headers: [{ key: 'Content-Type', value: 'text/x' }] });
    expect(server.asked[0]).toMatchObject({ method: 'POST', body: '{"a":[1]}' });
    expect(server.asked[0]?.headers['content-type']).toBe('application/json');
  });

  test('carries a token where the metric asks for one', async () => {
    const issuer = await startVendorServer(json({ access_token: 'tok' }));
    await measure({ authentication: { oauth2: { tokenUrl: issuer.origin, clientId: 'a', clientSecret: 'b' } } });
    expect(server.asked[0]?.headers['authorization']).toBe('Bearer tok');
    await issuer.close();
  });

  test('follows redirects within its origin', async () => {
    server.answering = (response, asked) => (asked.path === '/there' ? json(5) : redirect('/there'))(response, asked);
    expect(await measure()).toMatchObject({ text: '5' });
  });
});

test.each([
  ['two bodies', { method: 'POST', body: 'a', jsonBody: {} }, 'body and jsonBody cannot both be set'],
  ['a body with GET', { body: 'a' }, 'a request with GET has neither body nor jsonBody'],
  ['JSON with GET', { jsonBody: {} }, 'a request with GET has neither body nor jsonBody'],
  ['no URL', { url: 'metrics' }, 'the url of the web metric is not a URL'],
  ['another scheme', { url: 'ftp://metrics/' }, 'is not a URL of HTTP or HTTPS'],
  ['no method of HTTP', { method: 'GET IT' }, 'cannot be sent the request'],
  ['a path that cannot be read', { jsonPath: '{$.a[' }, 'the jsonPath cannot be read: a bracket is not closed'],
  [
    'half a token',
    { authentication: { oauth2: { tokenUrl: 'http://a', clientId: 'b' } } },
    'oauth2 needs both clientId and clientSecret',
  ],
  ['a signature', { authentication: { sigv4: { region: 'eu-west-1' } } }, 'cannot be signed with sigv4'],
])('a metric with %s is an error, and nothing is sent', async (_, web: Partial<Web>, message) => {
  await expect(measure(web)).rejects.toThrow(message);
  expect(server.asked).toEqual([]);
});

test.each([300, 404, 500])('an answer with status %d is an error', async (status) => {
  server.answering = text('no', status);
  await expect(measure()).rejects.toThrow(`received non 2xx response code: ${status}`);
});

test.each([
  [undefined, 10],
  [0, 10],
  [3, 3],
])('with %s seconds as its timeout an answer may take %d seconds', async (timeoutSeconds, seconds) => {
  const arrived = Promise.withResolvers<void>();
  server.answering = () => arrived.resolve();
  const failed = measure(timeoutSeconds === undefined ? {} : { timeoutSeconds }).catch((error: unknown) => error);
  await arrived.promise;
  await measuring.clock.advance(seconds * 1000);
  expect(await failed).toMatchObject({ message: `${server.host} gave no whole answer within ${seconds} seconds` });
});
