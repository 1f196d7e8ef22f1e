/** The command `dashboard`: what it refuses, and that it serves until a person ends it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { run } from '../../src/cli/run.ts';
import type { Me } from '../../src/dashboard/wire.ts';
import { FakeApiServer } from '../runtime/fake-api-server.ts';
import { recordedTerminal } from './recorded-terminal.ts';

let server: FakeApiServer;
let folder: string;

beforeAll(async () => {
  server = await FakeApiServer.start();
  folder = await mkdtemp(join(tmpdir(), 'serin-dashboard-'));
  await writeFile(join(folder, 'config'), server.kubeConfig().exportConfig());
});

afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

test.each([
  ['--address 0.0.0.0', 'it listens on loopback only'],
  ['--sign-in password', '--sign-in must be one of kubeconfig, token, proxy'],
  ['--sign-in token --as ada', '--as, --as-group and --as-uid go with --sign-in kubeconfig'],
  ['--sign-in proxy', 'needs --proxy-client-ca-file or --proxy-secret-file'],
  ['--sign-in proxy --proxy-secret-file a --proxy-client-ca-file b', 'needs --proxy-client-ca-file or'],
  ['--sign-in proxy --proxy-client-ca-file ca', '--proxy-client-ca-file needs --tls-cert-file'],
  ['--sign-in token --proxy-secret-file a', 'go with --sign-in proxy'],
  ['--tls-cert-file cert', '--tls-cert-file and --tls-key-file go together'],
  ['--port 70000', '--port must be at most 65535'],
  ['--root-path ../x', 'the root path must be letters, digits and slashes'],
])('%s is refused', async (line, because) => {
  const terminal = recordedTerminal();
  const connection = [`--kubeconfig=${join(folder, 'config')}`];
  expect(await run(['dashboard', '--port=0', ...line.split(' '), ...connection], terminal)).toBe(1);
  expect(terminal.err()).toContain(because);
});

test('it serves as the person who has started it, until they press Ctrl-C', async () => {
  const stop = new AbortController();
  const terminal = recordedTerminal({ interrupted: stop.signal });
  const args = ['dashboard', '--port=0', '--root-path=/team/rollouts/', '--as=ada', '--as-group=dev', '-n', 'shop'];
  const code = run([...args, `--kubeconfig=${join(folder, 'config')}`], terminal);
  const url = () => /http:\S+/.exec(terminal.err())?.[0] ?? '';
  await expect.poll(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/team\/rollouts\/$/);
  server.fault = ({ path }) =>
    path.endsWith('selfsubjectreviews')
      ? { status: 201, body: { status: { userInfo: { username: 'ada' } } } }
      : undefined;
  const me = (await (await fetch(`${url()}api/serin/v1/me`)).json()) as Me;
  expect(me).toMatchObject({ signIn: 'kubeconfig', signedIn: true, user: 'ada', namespace: 'shop', namespaces: [] });
  expect(server.requests.map(({ headers }) => headers['impersonate-user'])).toEqual(server.requests.map(() => 'ada'));
  expect((await fetch(new URL('/', url()), { redirect: 'manual' })).headers.get('location')).toBe('/team/rollouts/');
  stop.abort();
  expect(await code).toBe(0);
  await expect(fetch(url())).rejects.toThrow('fetch failed');
});
