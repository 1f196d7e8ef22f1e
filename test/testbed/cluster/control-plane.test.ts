import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { findOrBuildBinaries } from './binaries.ts';
import type { ControlPlane } from './control-plane.ts';
import { startControlPlane } from './control-plane.ts';
import { CONTROLLER } from './credentials.ts';
import { waitFor } from './wait.ts';

let plane: ControlPlane;

beforeAll(async () => {
  plane = await startControlPlane({ audit: true, users: [{ name: 'visitor', groups: ['guests'] }] });
});
afterAll(() => plane.stop());

test('it is the pinned version, and kubectl with it', async () => {
  const version = JSON.parse(await plane.mustKubectl(['version', '-o', 'json'])) as Record<
    string,
    { gitVersion: string }
  >;
  expect(version.serverVersion?.gitVersion).toBe('v1.36.3');
  expect(version.clientVersion?.gitVersion).toBe('v1.36.3');
});

test('kubectl takes standard input and reports failure as a result', async () => {
  const manifest = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'from-stdin' }, data: { key: 'värde' } };
  const applied = await plane.kubectl(['apply', '-f', '-'], { stdin: JSON.stringify(manifest) });
  expect(applied).toEqual({ stdout: 'configmap/from-stdin created\n', stderr: '', code: 0 });
  const missing = await plane.kubectl(['get', 'configmap', 'nobody']);
  expect(missing.code).toBe(1);
  expect(missing.stderr).toContain('"nobody" not found');
  await expect(plane.mustKubectl(['get', 'configmap', 'nobody'])).rejects.toThrow('"nobody" not found');
});

test.each([
  { user: 'admin', username: 'admin', groups: ['system:masters', 'system:authenticated'] },
  {
    user: CONTROLLER,
    username: 'system:serviceaccount:serin-system:serin',
    groups: ['system:serviceaccounts', 'system:serviceaccounts:serin-system', 'system:authenticated'],
  },
  { user: 'visitor', username: 'visitor', groups: ['guests', 'system:authenticated'] },
])('the user $user is $username', async ({ user, username, groups }) => {
  const review = JSON.parse(await plane.mustKubectl(['auth', 'whoami', '-o', 'json'], { user })) as {
    status: { userInfo: { username: string; groups: string[] } };
  };
  expect(review.status.userInfo.username).toBe(username);
  expect(review.status.userInfo.groups.toSorted()).toEqual(groups.toSorted());
});

test('a user has no rights but those that RBAC gives', async () => {
  const refused = await plane.kubectl(['get', 'pods'], { user: CONTROLLER });
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('cannot list resource "pods"');
  expect(() => plane.token('stranger')).toThrow('no user stranger');
});

test('requests are audited with their users', async () => {
  await plane.kubectl(['get', 'secret', 'audited'], { user: 'visitor' });
  const entries = async () =>
    (await readFile(plane.auditLogPath, 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { user: { username: string }; objectRef?: object })
      .filter(({ user }) => user.username === 'visitor');
  // An entry is written when its answer has been sent, which may be after the answer has been read.
  const seen = await waitFor(entries, {
    what: "the visitor's request in the audit log",
    until: (all) => all.length > 0,
  });
  expect(seen.at(-1)?.objectRef).toMatchObject({ name: 'audited' });
});

test('deployments get replica sets, and deleted owners take their pods along', async () => {
  await plane.mustKubectl(['create', 'deployment', 'plain', '--image=web:1', '--replicas=2']);
  const pods = async (): Promise<number> =>
    (await plane.mustKubectl(['get', 'pods', '-l', 'app=plain', '-o', 'name'])).split('\n').length - 1;
  expect(await waitFor(pods, { what: 'two pods', until: (count) => count === 2 })).toBe(2);
  await plane.mustKubectl(['delete', 'deployment', 'plain']);
  expect(await waitFor(pods, { what: 'no pods', until: (count) => count === 0 })).toBe(0);
});

test('the API server comes back on the same port with the same data', async () => {
  const { server } = plane;
  const pidBefore = plane.pids['kube-apiserver'];
  await plane.mustKubectl(['create', 'namespace', 'survivor']);
  await plane.killApiServer();
  expect(plane.pids['kube-apiserver']).toBeUndefined();
  expect((await plane.kubectl(['get', 'namespace', 'survivor'])).stderr).toContain('refused');
  await plane.restartApiServer();
  expect(plane.server).toBe(server);
  expect(plane.pids['kube-apiserver']).not.toBe(pidBefore);
  await plane.mustKubectl(['get', 'namespace', 'survivor']);
});

test('a component that does not start is an error with its last words, and nothing is left', async () => {
  const assets = await mkdtemp(join(tmpdir(), 'serin-assets-'));
  try {
    const binaries = await findOrBuildBinaries();
    await symlink(binaries.etcd, join(assets, 'etcd'));
    await symlink(binaries['kube-controller-manager'], join(assets, 'kube-controller-manager'));
    await symlink(binaries.kubectl, join(assets, 'kubectl'));
    await writeFile(join(assets, 'kube-apiserver'), '#!/bin/sh\necho no such flag: "$1" >&2\nexit 7\n', {
      mode: 0o755,
    });
    vi.stubEnv('KUBEBUILDER_ASSETS', assets);
    const failure = await startControlPlane().then(
      () => '',
      (error: unknown) => String(error),
    );
    expect(failure).toMatch(/kube-apiserver ended with 7; the end of .*\nno such flag: --etcd-servers/);
    expect(existsSync(/the end of (.*)\/logs/.exec(failure)?.[1] ?? assets)).toBe(false);
  } finally {
    vi.unstubAllEnvs();
    await rm(assets, { recursive: true });
  }
});

test('a component that ends by itself is told, with its last words, when the control plane stops', async () => {
  const doomed = await startControlPlane();
  process.kill(doomed.pids['kube-controller-manager'] ?? 0, 'SIGKILL');
  await waitFor(() => doomed.pids['kube-controller-manager'] === undefined, { what: 'the end of the component' });
  await expect(doomed.stop()).rejects.toThrow(/kube-controller-manager ended with SIGKILL; the end of .*\n.+/);
  expect(existsSync(doomed.scratch)).toBe(false);
});
