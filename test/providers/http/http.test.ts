import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createHttp } from '../../../src/providers/http/http.ts';
import type { Http, HttpAnswer, HttpRequest } from '../../../src/providers/http/request.ts';
import { certificateForLoopback } from '../certificate.ts';
import {
  type Answering,
  cutOff,
  flood,
  redirect,
  silence,
  startVendorServer,
  text,
  type VendorServer,
} from '../vendor-server.ts';

const NEVER = new AbortController().signal;

let server: VendorServer;
let http: Http;
let close: () => Promise<void>;

beforeEach(async () => {
  server = await startVendorServer(text('hello'));
  ({ http, close } = createHttp({ environment: {} }));
});

afterEach(async () => {
  await close();
  await server.close();
});

const ask = async (path = '/', request: Partial<HttpRequest> = {}): Promise<HttpAnswer> =>
  http({ url: new URL(path, server.origin), ...request }, NEVER);

/** Answers by path. */
const byPath =
  (answers: Readonly<Record<string, Answering>>): Answering =>
  (response, asked) =>
    (answers[asked.path] ?? text('no such path', 404))(response, asked);

test('an answer is whole: status, kind and text', async () => {
  server.answering = text('größer', 201, 'text/plain; charset=utf-8');
  expect(await ask()).toMatchObject({
    host: server.host,
    status: 201,
    contentType: 'text/plain; charset=utf-8',
    body: 'größer',
  });
});

test('method, body and headers are sent, and the name of the program', async () => {
  await ask('/a?b=c#d', { method: 'PUT', body: 'ä', headers: { 'X-Token': 'one' } });
  const [asked] = server.asked;
  expect(asked).toMatchObject({ method: 'PUT', path: '/a?b=c', body: 'ä' });
  expect(asked?.headers).toMatchObject({ 'x-token': 'one', 'user-agent': 'serin', 'content-length': '2' });
});

test('user name and password of a URL become a header, and leave the URL', async () => {
  await http({ url: new URL(`http://jo:p%40ss@${server.host}/x`) }, NEVER);
  expect(server.asked[0]?.headers['authorization']).toBe(`Basic ${btoa('jo:p@ss')}`);
});

test('a user name that is not encoded is an error that does not repeat it', async () => {
  await expect(http({ url: new URL(`http://hidden%zz@${server.host}/`) }, NEVER)).rejects.toThrow(
    `${server.host} cannot be asked: the user name or password in its URL is not encoded`,
  );
});

describe('an answer that is not whole is an error', () => {
  test.each([
    ['more than 1 MiB', flood, 'answered with more than 1 MiB'],
    [
      'more than 1 MiB that is announced',
      (response) => {
        response.on('error', () => {});
        response.writeHead(200, { 'content-length': String(1024 * 1024 + 1) });
        response.write('x');
      },
      'answered with more than 1 MiB',
    ],
    ['cut off', cutOff, 'ended the connection before its answer was complete'],
    ['a connection that ends before the answer', (response) => response.destroy(), 'ended the connection'],
  ] satisfies readonly [string, Answering, string][])('%s', async (_, answering, message) => {
    server.answering = answering;
    await expect(ask()).rejects.toThrow(`${server.host} ${message}`);
  });

  test('1 MiB is not too much', async () => {
    server.answering = text('x'.repeat(1024 * 1024));
    expect((await ask()).body).toHaveLength(1024 * 1024);
  });

  test('a server that is not there', async () => {
    await server.close();
    await expect(ask()).rejects.toThrow(`${server.host} refused the connection`);
  });

  test('an encoding that was not asked for', async () => {
    server.answering = (response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' });
      response.end('x');
    };
    await expect(ask()).rejects.toThrow(`${server.host} answered with an encoding that was not asked for`);
  });

  test('a server that does not speak HTTP', async () => {
    const other = createServer((socket) => socket.end('SSH-2.0-OpenSSH_9.9\r\n'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const url = new URL(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
    await expect(http({ url }, NEVER)).rejects.toThrow('did not answer in HTTP');
    other.close();
  });

  test.each(['ftp:', 'file:', 'data:'])('a URL that begins with %s', async (scheme) => {
    await expect(http({ url: new URL(`${scheme}//host/x`) }, NEVER)).rejects.toThrow('is not a URL of HTTP or HTTPS');
  });

  test('a header that no request may have', async () => {
    const failed = ask('/', { headers: { 'x-token': 'a\r\nx-other: b' } });
    await expect(failed).rejects.toThrow(`${server.host} cannot be sent the request`);
    await expect(failed).rejects.not.toThrow('x-other');
    expect(server.asked).toEqual([]);
  });
});

describe('when the signal is aborted', () => {
  test.each([
    ['before the answer', silence],
    [
      'in the middle of it',
      (response) => {
        response.writeHead(200);
        response.write('x');
      },
    ],
  ] satisfies readonly [string, Answering][])('%s, the request ends with its reason', async (_, answering) => {
    const controller = new AbortController();
    const closed = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    server.answering = (response, asked) => {
      response.on('close', () => closed.resolve());
      answering(response, asked);
      arrived.resolve();
    };
    const failed = http({ url: new URL(server.origin) }, controller.signal);
    await arrived.promise;
    controller.abort(new Error('the run was terminated'));
    await expect(failed).rejects.toThrow('the run was terminated');
    await closed.promise;
  });

  test('already, nothing is sent', async () => {
    await expect(http({ url: new URL(server.origin) }, AbortSignal.abort(new Error('stop')))).rejects.toThrow('stop');
    expect(server.asked).toEqual([]);
  });
});

describe('redirects', () => {
  test.each([301, 302, 303])('with %d go on with a GET without a body', async (status) => {
    server.answering = byPath({ '/a': redirect('/b?c=d', status), '/b?c=d': text('there') });
    expect((await ask('/a', { method: 'POST', body: 'x', headers: { 'x-token': 'one' } })).body).toBe('there');
    expect(server.asked[1]).toMatchObject({ method: 'GET', path: '/b?c=d', body: '' });
    expect(server.asked[1]?.headers['x-token']).toBe('one');
  });

  test.each([307, 308])('with %d repeat the request', async (status) => {
    server.answering = byPath({ '/a': redirect('/b', status), '/b': text('there') });
    expect((await ask('/a', { method: 'POST', body: 'x' })).body).toBe('there');
    expect(server.asked[1]).toMatchObject({ method: 'POST', body: 'x' });
  });

  test('to another host are refused, and that host is never asked', async () => {
    const other = await startVendorServer(text('secrets, please'));
    server.answering = redirect(`${other.origin}/steal`);
    const failed = ask('/', { headers: { authorization: 'Bearer hidden-token' } });
    await expect(failed).rejects.toThrow(
      `${server.origin} redirects to ${other.origin}, and redirects to another host are not followed`,
    );
    expect(other.asked).toEqual([]);
    await other.close();
  });

  test('from HTTPS to HTTP on the same host are refused', async () => {
    const certificate = certificateForLoopback();
    const secure = await startVendorServer(redirect(`http://${server.host}/`), certificate);
    await expect(http({ url: new URL(secure.origin), insecure: true }, NEVER)).rejects.toThrow('are not followed');
    expect(server.asked).toEqual([]);
    await secure.close();
  });

  test('that never end are an error', async () => {
    server.answering = redirect('/again');
    await expect(ask('/again')).rejects.toThrow('redirects more than 5 times');
    expect(server.asked).toHaveLength(6);
  });
});

describe('certificates', () => {
  const certificate = certificateForLoopback();
  let secure: VendorServer;
  beforeEach(async () => {
    secure = await startVendorServer(text('hello'), certificate);
  });
  afterEach(async () => secure.close());

  test('of an unknown authority are refused', async () => {
    await expect(http({ url: new URL(secure.origin) }, NEVER)).rejects.toThrow(
      `${secure.host} has a certificate that is not trusted`,
    );
    expect(secure.asked).toEqual([]);
  });

  test('are not checked where the metric is insecure, and then only there', async () => {
    expect((await http({ url: new URL(secure.origin), insecure: true }, NEVER)).body).toBe('hello');
    await expect(http({ url: new URL(secure.origin) }, NEVER)).rejects.toThrow('not trusted');
  });

  test('of a trusted authority are accepted', async () => {
    const trusting = createHttp({ environment: {}, trusted: certificate.cert });
    expect((await trusting.http({ url: new URL(secure.origin) }, NEVER)).body).toBe('hello');
    await trusting.close();
  });
});

describe('a proxy', () => {
  test('gets what is not exempt', async () => {
    const proxied = createHttp({ environment: { HTTP_PROXY: server.origin } });
    expect((await proxied.http({ url: new URL('http://metrics.invalid/a') }, NEVER)).body).toBe('hello');
    expect(server.asked[0]).toMatchObject({ path: 'http://metrics.invalid/a' });
    await proxied.close();
  });

  test('that opens no tunnel for TLS is an error that says so', async () => {
    const refusing = createServer((socket) => socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'));
    await new Promise<void>((resolve) => refusing.listen(0, '127.0.0.1', resolve));
    const address = refusing.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const proxied = createHttp({ environment: { HTTPS_PROXY: `127.0.0.1:${port}` } });
    await expect(proxied.http({ url: new URL('https://metrics.invalid/') }, NEVER)).rejects.toThrow(
      'metrics.invalid cannot be reached through the proxy',
    );
    await proxied.close();
    refusing.close();
  });
});

test('a connection serves more than one request', async () => {
  const connections = new Set<unknown>();
  server.answering = (response) => {
    connections.add(response.socket);
    response.end('x');
  };
  for (let times = 0; times < 20; times += 1) await ask();
  // The answer is handed over a moment before its connection counts as free.
  expect(connections.size).toBeLessThanOrEqual(2);
});

test.each([
  ['the credential of a header', { authorization: 'Bearer hidden-token' }, 'you sent hidden-token'],
  ['the password of a basic header', { authorization: `Basic ${btoa('jo:hidden')}` }, 'jo, hidden is wrong'],
  ['another header', { 'dd-api-key': 'hidden' }, 'key hidden'],
  ['a secret of the request', {}, 'named-secret'],
])('%s can be left out of a text of the server', async (_, headers: Readonly<Record<string, string>>, said) => {
  const { scrub } = await ask('/', { headers, secrets: ['named-secret'] });
  expect(scrub(said)).toContain('*****');
  expect(scrub(said)).not.toMatch(/hidden|named-secret/);
});
