import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createOAuth2, type OAuth2, type OAuth2Client } from '../../../src/providers/authentication/oauth2.ts';
import { createHttp } from '../../../src/providers/http/http.ts';
import type { Http } from '../../../src/providers/http/request.ts';
import { ManualClock } from '../../runtime/manual-clock.ts';
import { json, redirect, silence, startVendorServer, text, type VendorServer } from '../vendor-server.ts';

const NEVER = new AbortController().signal;

let issuer: VendorServer;
let metrics: VendorServer;
let http: Http;
let close: () => Promise<void>;
let now: number;
let clock: ManualClock;
let oauth2: OAuth2;

const token = (name: string, more: object = {}) =>
  json({ access_token: name, token_type: 'bearer', expires_in: 3600, ...more });

beforeEach(async () => {
  issuer = await startVendorServer(token('first'));
  metrics = await startVendorServer(text('5'));
  ({ http, close } = createHttp({ environment: {} }));
  now = 0;
  clock = new ManualClock();
  oauth2 = createOAuth2({ http, timer: clock, monotonic: () => now });
});

afterEach(async () => {
  await close();
  await Promise.all([issuer.close(), metrics.close()]);
});

const client = (more: Partial<OAuth2Client> = {}): OAuth2Client => ({
  tokenUrl: `${issuer.origin}/token`,
  clientId: 'rollouts',
  clientSecret: 'hidden secret&',
  scopes: ['read', 'metrics'],
  insecure: false,
  ...more,
});

const ask = async (more: Partial<OAuth2Client> = {}) =>
  http({ url: new URL(metrics.origin), authentication: oauth2(client(more)) }, NEVER);

const sent = (): readonly (string | undefined)[] => metrics.asked.map(({ headers }) => headers['authorization']);

test('a token is asked for with the credentials in a header, as in a form, and then sent', async () => {
  await ask();
  expect(issuer.asked[0]).toMatchObject({
    method: 'POST',
    path: '/token',
    body: 'grant_type=client_credentials&scope=read+metrics',
  });
  expect(issuer.asked[0]?.headers['authorization']).toBe(`Basic ${btoa('rollouts:hidden+secret%26')}`);
  expect(sent()).toEqual(['Bearer first']);
});

test('an issuer that takes the credentials only in the body gets them there', async () => {
  issuer.answering = (response, asked) =>
    (asked.headers['authorization'] === undefined ? token('second') : json({ error: 'invalid_client' }, 401))(
      response,
      asked,
    );
  await ask();
  expect(issuer.asked[1]?.body).toBe(
    'grant_type=client_credentials&scope=read+metrics&client_id=rollouts&client_secret=hidden+secret%26',
  );
  expect(sent()).toEqual(['Bearer second']);
});

describe('a token is kept', () => {
  test('until ten seconds before it expires', async () => {
    await ask();
    now = 3_589_999;
    await ask();
    expect(issuer.asked).toHaveLength(1);
    now = 3_590_000;
    issuer.answering = token('second');
    await ask();
    expect(sent()).toEqual(['Bearer first', 'Bearer first', 'Bearer second']);
  });

  test('until it is refused where the issuer names no time', async () => {
    issuer.answering = token('first', { expires_in: undefined });
    await ask();
    now = 1e12;
    await ask();
    expect(issuer.asked).toHaveLength(1);
  });

  test.each([
    ['another client', { clientId: 'other' }],
    ['another secret', { clientSecret: 'other' }],
    ['other scopes', { scopes: ['write'] }],
  ])('but not for %s', async (_, more) => {
    await ask();
    await ask(more);
    expect(issuer.asked).toHaveLength(2);
  });

  test('and its time may be text', async () => {
    issuer.answering = token('first', { expires_in: '60' });
    await ask();
    now = 50_000;
    await ask();
    expect(issuer.asked).toHaveLength(2);
  });
});

describe('measurements that begin together', () => {
  test('share one request for a token', async () => {
    await Promise.all([ask(), ask(), ask()]);
    expect([issuer.asked.length, metrics.asked.length]).toEqual([1, 3]);
  });

  test('share its failure, and the next one asks again', async () => {
    issuer.answering = json({ error: 'invalid_client' }, 401);
    const results = await Promise.allSettled([ask(), ask()]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    issuer.answering = token('second');
    await ask();
    expect(sent()).toEqual(['Bearer second']);
  });
});

test('a measurement that is aborted does not wait for the token, which others still get', async () => {
  const arrived = Promise.withResolvers<() => void>();
  issuer.answering = (response, asked) => arrived.resolve(() => token('first')(response, asked));
  const controller = new AbortController();
  const request = { url: new URL(metrics.origin), authentication: oauth2(client()) };
  const aborted = http(request, controller.signal).catch((error: unknown) => error);
  const other = ask();
  const answer = await arrived.promise;
  controller.abort(new Error('terminated'));
  expect(await aborted).toMatchObject({ message: 'terminated' });
  answer();
  expect((await other).body).toBe('5');
  expect(issuer.asked).toHaveLength(1);
});

test('an issuer that does not answer is an error after 30 seconds', async () => {
  const arrived = Promise.withResolvers<void>();
  issuer.answering = (response, asked) => {
    silence(response, asked);
    arrived.resolve();
  };
  const failed = ask().catch((error: unknown) => error);
  await arrived.promise;
  await clock.advance(30_000);
  expect(await failed).toMatchObject({ message: `${issuer.host} gave no whole answer within 30 seconds` });
  expect(clock.pendingTimers).toBe(0);
});

describe('a token that is refused', () => {
  test('is replaced, and the request repeated', async () => {
    metrics.answering = (response, asked) =>
      (asked.headers['authorization'] === 'Bearer second' ? text('5') : text('expired', 401))(response, asked);
    await ask().catch(() => {});
    issuer.answering = token('second');
    expect((await ask()).body).toBe('5');
  });

  test('is replaced once only', async () => {
    metrics.answering = text('no', 401);
    expect((await ask()).status).toBe(401);
    expect([issuer.asked.length, metrics.asked.length]).toEqual([2, 2]);
  });
});

describe('an issuer that gives no token', () => {
  test.each([
    ['refuses', json({ error: 'invalid_client', error_description: 'unknown client' }, 401), 'invalid_client: unknown'],
    ['is down', text('hidden secret& is what you sent', 503), 'answered with status 503'],
    ['answers with something else', json({ token: 'x' }), 'answered with JSON of an unexpected form, at access_token'],
    ['answers with nothing', text(''), 'answered with nothing'],
    ['echoes the secret', json({ error: 'bad hidden secret& and hidden+secret%26' }, 400), 'bad *****'],
  ])('that %s is an error, and the metric is not asked', async (_, answering, message) => {
    issuer.answering = answering;
    const failed = ask();
    await expect(failed).rejects.toThrow(message);
    await expect(failed).rejects.toThrow(issuer.host);
    await expect(failed).rejects.not.toThrow(/hidden/);
    expect(metrics.asked).toEqual([]);
  });

  test('that redirects to another host does not make the secret travel', async () => {
    issuer.answering = redirect(`${metrics.origin}/token`, 307);
    await expect(ask()).rejects.toThrow('are not followed');
    expect(metrics.asked).toEqual([]);
  });

  test('whose address is not a URL is an error', async () => {
    await expect(ask({ tokenUrl: 'issuer' })).rejects.toThrow('the tokenUrl is not a URL');
  });
});
