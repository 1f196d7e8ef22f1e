/** The server over TLS: its certificate is renewed while it runs, and a proxy shows one of its own. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { connect } from 'node:tls';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { secretIn } from '../../../src/dashboard/server/proxy-secret.ts';
import { startDashboard, type Dashboard } from '../../../src/dashboard/server/server.ts';
import { TlsFiles } from '../../../src/dashboard/server/tls-files.ts';
import { certificateForLoopback, type Certificate } from '../../providers/certificate.ts';
import { FakeApiServer } from '../../runtime/fake-api-server.ts';

const PROXY = { userHeader: 'x-forwarded-user', groupsHeader: 'x-forwarded-groups', secretHeader: 'x-proxy-secret' };
const REVIEW = { status: 201, body: { status: { userInfo: { username: 'ada' } } } };

let folder: string;
let api: FakeApiServer;
let own: Certificate;
let dashboard: Dashboard;
let lines: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'serin-tls-'));
  api = await FakeApiServer.start();
  own = certificateForLoopback();
});

afterEach(async () => {
  await dashboard.close();
  await api.stop();
  await rm(folder, { recursive: true });
});

async function start(clientAuthority: string): Promise<void> {
  const [cert, key] = [join(folder, 'cert'), join(folder, 'key')];
  await writeFile(cert, own.cert);
  await writeFile(key, own.key);
  lines = [];
  dashboard = await startDashboard({
    address: '127.0.0.1',
    port: 0,
    rootPath: '',
    pages: folder,
    signIn: clientAuthority === '' ? { method: 'token' } : { method: 'proxy', proxy: { ...PROXY, secret: () => null } },
    allowedHosts: [],
    tls: new TlsFiles({ cert, key, clientAuthority }, { lookEveryMs: 50 }),
    kubeConfig: api.kubeConfig(),
    namespace: 'default',
    logger: pino({ level: 'info' }, { write: (line: string) => void lines.push(line) }),
  });
}

interface Reply {
  readonly status: number;
  readonly cookie: string;
  readonly body: string;
}

function ask(path: string, options: object, body?: object): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const call = request(
      { host: '127.0.0.1', port: dashboard.port, path, ca: own.cert, agent: false, ...options },
      (response) => {
        const cookie = response.headers['set-cookie']?.[0] ?? '';
        text(response).then((sent) => resolve({ status: response.statusCode ?? 0, cookie, body: sent }), reject);
      },
    );
    call.on('error', reject);
    call.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function fingerprint(): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: dashboard.port, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().fingerprint256);
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

test('a new certificate is used without a restart, and a cookie goes over TLS alone', async () => {
  await start('');
  const before = await fingerprint();
  const renewed = certificateForLoopback();
  await writeFile(join(folder, 'cert'), renewed.cert);
  await writeFile(join(folder, 'key'), renewed.key);
  await expect.poll(fingerprint).not.toBe(before);
  own = renewed;
  api.fault = () => REVIEW;
  const token = 'a-token-that-no-log-may-hold';
  const headers = { 'content-type': 'application/json' };
  const reply = await ask('/api/serin/v1/sign-in', { method: 'POST', headers }, { token });
  expect([reply.status, reply.cookie]).toEqual([
    204,
    expect.stringMatching(/; Path=\/; HttpOnly; SameSite=Strict; Secure$/),
  ]);
  const cookie = reply.cookie.split(';')[0] ?? '';
  expect((await ask('/api/v1/version', { headers: { cookie } })).status).toBe(200);
  await expect
    .poll(() => lines.map((line) => JSON.parse(line) as object))
    .toMatchObject([
      { method: 'POST', path: '/api/serin/v1/sign-in', status: 204, user: null },
      { method: 'GET', path: '/api/v1/version', status: 200, user: 'ada', ms: expect.any(Number) as number },
    ]);
  expect(lines.join('')).not.toMatch(new RegExp(`${token}|${cookie.split('=')[1]}`));
  expect(api.requests.every((one) => one.headers.authorization === `Bearer ${token}`)).toBe(true);
});

test('a proxy is believed by its certificate, and nobody else by theirs or none', async () => {
  const [proxy, stranger] = [certificateForLoopback(), certificateForLoopback()];
  await writeFile(join(folder, 'authority'), proxy.cert);
  await start(join(folder, 'authority'));
  api.fault = () => REVIEW;
  const headers = { 'x-forwarded-user': 'ada', 'x-forwarded-groups': 'dev' };
  const statuses = [];
  for (const shown of [proxy, stranger, {}])
    statuses.push((await ask('/api/v1/version', { ...shown, headers })).status);
  expect(statuses).toEqual([200, 401, 401]);
  expect((await ask('/healthz', {})).status).toBe(200);
  expect(api.requests.map((one) => [one.headers['impersonate-user'], one.headers['impersonate-group']])).toEqual([
    ['ada', 'dev'],
  ]);
});

test('a secret that is changed in its file is the new one after a while', async () => {
  await start('');
  const path = join(folder, 'secret');
  await writeFile(path, 'one\n');
  let now = 0;
  const secret = secretIn(path, () => now);
  await writeFile(path, 'two\n');
  expect(secret()).toBe('one');
  now = 10_000;
  expect(secret()).toBe('two');
  await rm(path);
  now = 20_000;
  expect(secret()).toBe('two');
  await writeFile(path, '\n');
  expect(() => secretIn(path)).toThrow('there is no secret');
});
