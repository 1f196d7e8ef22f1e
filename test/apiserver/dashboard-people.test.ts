/** Who sees what in the dashboard, and who may change it: Kubernetes decides, in the name of each person. */
import { request as httpRequest } from 'node:http';
import { describe, expect, inject } from 'vitest';
import type { CommandChoice, Me, RolloutEvent, RowsEvent, TroubleEvent } from '../../src/dashboard/wire.ts';
import { loadKubeConfig } from '../../src/runtime/kubeconfig.ts';
import { EventReader } from '../dashboard/event-reader.ts';
import { waitFor } from '../testbed/cluster/wait.ts';
import { dashboardFor } from './dashboard.ts';
import { basicRollout } from './manifests.ts';
import { tokenOf, VIEW } from './person.ts';
import { test, type Session } from './session.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const signIn = { method: 'token' } as const;

async function paused(session: Session): Promise<void> {
  const canary = { steps: [{ setWeight: 50 }, { pause: {} }] };
  await session.apply(basicRollout({ replicas: 2, canary }));
  await session.until('web', { phase: 'Healthy' });
  await session.apply(basicRollout({ replicas: 2, image: 'web:2', canary }));
  await session.until('web', { phase: 'Paused' });
}

function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, { method: 'POST', headers: { ...JSON_TYPE, ...headers }, body: JSON.stringify(body) });
}

async function meOf(api: string, headers: Record<string, string> = {}): Promise<Me> {
  return (await (await fetch(`${api}/me`, { headers })).json()) as Me;
}

/** The command that a person cannot give. */
function choice({ commands }: RolloutEvent, command: CommandChoice['command']): CommandChoice | undefined {
  return commands.find((one) => one.command === command);
}

describe('nobody', () => {
  test('is shown nothing but the pages and the way in', async ({ session }) => {
    await using server = await dashboardFor({ signIn });
    const { namespace } = session;
    const api = `${server.url}api/serin/v1`;
    expect(await meOf(api)).toMatchObject({ signIn: 'token', signedIn: false, user: null, namespaces: null });
    expect((await fetch(server.url)).status).toBe(200);
    expect((await fetch(new URL('/healthz', server.url))).status).toBe(200);
    const asked: readonly (readonly [string, string])[] = [
      ['GET', 'serin/v1/rollouts'],
      ['GET', `serin/v1/rollouts/${namespace}/web`],
      ['POST', `serin/v1/rollouts/${namespace}/web/commands`],
      ['POST', `serin/v1/rollouts/${namespace}/web/plan`],
      ['GET', 'v1/version'],
      ['GET', 'v1/namespace'],
      ['GET', `v1/rollouts/${namespace}/info`],
      ['GET', `v1/rollouts/${namespace}/info/watch`],
      ['GET', `v1/rollouts/${namespace}/web/info`],
      ['PUT', `v1/rollouts/${namespace}/web/promote`],
    ];
    const made = ['', 'Bearer nonsense', 'Basic YTpi'].flatMap((authorization) =>
      asked.map(async ([method, path]) => {
        const headers = authorization === '' ? JSON_TYPE : { ...JSON_TYPE, authorization };
        const response = await fetch(`${server.url}api/${path}`, { method, headers });
        return [authorization, path, response.status];
      }),
    );
    const answers = await Promise.all(made);
    // Tokens that were never known are not tried without end.
    expect(answers.filter(([, , status]) => status !== 401 && status !== 429)).toEqual([]);
    const wrong = await waitFor(() => post(`${api}/sign-in`, { token: 'nonsense' }), {
      what: 'the attempts to be forgotten',
      until: ({ status }) => status !== 429,
    });
    expect([wrong.status, await wrong.json()]).toMatchObject([
      401,
      { message: 'the API server does not accept this token' },
    ]);
    expect(wrong.headers.get('set-cookie')).toBeNull();
  });
});

describe('a person who may look', () => {
  test('signs in once, sees everything, is told what they may not do, and is gone after signing out', async ({
    session,
  }) => {
    await paused(session);
    const token = await tokenOf(session, { name: 'viewer', rules: VIEW, everywhere: true });
    await using server = await dashboardFor({ signIn });
    const api = `${server.url}api/serin/v1`;
    const signedIn = await post(`${api}/sign-in`, { token: `Bearer ${token}\n` });
    expect(signedIn.status).toBe(204);
    const set = signedIn.headers.get('set-cookie') ?? '';
    expect(set).toMatch(/^serin-session=[\w-]{43}; Path=\/rollouts\/; HttpOnly; SameSite=Strict$/);
    expect(set).not.toContain(token);
    const cookie = set.split(';')[0] ?? '';

    const user = `system:serviceaccount:${session.namespace}:viewer`;
    expect(await meOf(api, { cookie })).toMatchObject({ signedIn: true, user, namespace: session.namespace });
    await using list = await EventReader.open(`${api}/rollouts`, { headers: { cookie } });
    await list.until<RowsEvent>('rows', ({ rows }) => rows.some(({ namespace }) => namespace === session.namespace));
    await using detail = await EventReader.open(`${api}/rollouts/${session.namespace}/web`, { headers: { cookie } });
    const event = await detail.until<RolloutEvent>('rollout', ({ view }) => view.phase === 'Paused');
    expect(choice(event, 'promote')).toMatchObject({
      possible: false,
      why: 'you may not patch rollouts/status in this namespace',
    });
    expect(choice(event, 'restart')).toMatchObject({
      possible: false,
      why: 'you may not patch rollouts in this namespace',
    });
    expect(event.view.revisions.flatMap(({ replicaSets }) => replicaSets.flatMap(({ pods }) => pods))).toHaveLength(2);

    const refused = await post(`${api}/rollouts/${session.namespace}/web/commands`, { command: 'promote' }, { cookie });
    expect([refused.status, await refused.json()]).toMatchObject([
      403,
      { message: expect.stringContaining(`User "${user}" cannot patch resource "rollouts/status"`) as string },
    ]);
    const older = { method: 'PUT', headers: { authorization: `Bearer ${token}` } };
    expect((await fetch(`${server.url}api/v1/rollouts/${session.namespace}/web/promote`, older)).status).toBe(403);
    expect((await session.look('web')).phase).toBe('Paused');

    const out = await post(`${api}/sign-out`, {}, { cookie });
    expect(out.headers.get('set-cookie')).toContain('Max-Age=0');
    await waitFor(() => Promise.resolve(list.ended && detail.ended), { what: 'the streams to end' });
    expect((await fetch(`${api}/rollouts`, { headers: { cookie } })).status).toBe(401);
  });

  test('in one namespace works there, and is told of the others', async ({ session }) => {
    await paused(session);
    const token = await tokenOf(session, { name: 'local', rules: VIEW });
    await using server = await dashboardFor({ signIn });
    const headers = { authorization: `Bearer ${token}` };
    const api = `${server.url}api/serin/v1`;
    expect(await meOf(api, headers)).toMatchObject({ namespace: session.namespace, namespaces: null });
    await using all = await EventReader.open(`${api}/rollouts`, { headers });
    await all.until<TroubleEvent>(
      'trouble',
      ({ message }) => message?.includes('cannot list resource "rollouts"') === true,
    );
    expect(all.events.find(({ name }) => name === 'rows')?.data).toEqual({ reset: true, rows: [], gone: [] });
    await using own = await EventReader.open(`${api}/rollouts?namespace=${session.namespace}`, { headers });
    await own.until<RowsEvent>('rows', ({ rows }) => rows[0]?.phase === 'Paused');
    expect(own.events.filter(({ name }) => name === 'trouble')).toEqual([]);
    const other = await fetch(`${server.url}api/v1/rollouts/kube-system/info`, { headers });
    expect([other.status, await other.json()]).toMatchObject([403, { code: 7 }]);
  });

  test('without pods and events sees the rest, and a sentence', async ({ session }) => {
    await paused(session);
    const rules = VIEW.filter(({ apiGroups }) => apiGroups[0] !== '');
    const token = await tokenOf(session, { name: 'narrow', rules });
    await using server = await dashboardFor({ signIn });
    const headers = { authorization: `Bearer ${token}` };
    await using detail = await EventReader.open(`${server.url}api/serin/v1/rollouts/${session.namespace}/web`, {
      headers,
    });
    const { view, events } = await detail.until<RolloutEvent>('rollout', () => true);
    expect({ phase: view.phase, events, pods: view.revisions[0]?.replicaSets[0]?.pods }).toEqual({
      phase: 'Paused',
      events: [],
      pods: [],
    });
    await detail.until<TroubleEvent>(
      'trouble',
      ({ message }) => message?.includes('cannot list resource "pods"') === true,
    );
  });

  test('may do what a right is given for while they look', async ({ session }) => {
    await paused(session);
    const rules = [...VIEW, { apiGroups: ['argoproj.io'], resources: ['rollouts/status'], verbs: ['patch'] }];
    const token = await tokenOf(session, { name: 'operator', rules });
    await using server = await dashboardFor({ signIn });
    const headers = { authorization: `Bearer ${token}` };
    const url = `${server.url}api/serin/v1/rollouts/${session.namespace}/web`;
    await using detail = await EventReader.open(url, { headers });
    const event = await detail.until<RolloutEvent>('rollout', () => true);
    expect(choice(event, 'promote')).toMatchObject({ possible: true, why: '' });
    expect(choice(event, 'setImages')).toMatchObject({ possible: false });
    expect((await post(`${url}/commands`, { command: 'promote' }, headers)).status).toBe(200);
    await session.until('web', { phase: 'Healthy' });
  });
});

describe('through a proxy', () => {
  const proxy = {
    userHeader: 'x-forwarded-user',
    groupsHeader: 'x-forwarded-groups',
    secretHeader: 'x-proxy-secret',
    secret: () => 'between us',
  };

  test('a person is whom the proxy names, and only if it is the proxy', async ({ session }) => {
    await paused(session);
    const impersonate = [{ apiGroups: [''], resources: ['users', 'groups'], verbs: ['impersonate'] }];
    const token = await tokenOf(session, { name: 'dashboard', rules: impersonate, everywhere: true });
    const rbac = { apiVersion: 'rbac.authorization.k8s.io/v1' };
    await session.apply(
      { ...rbac, kind: 'Role', metadata: { name: 'team' }, rules: VIEW },
      {
        ...rbac,
        kind: 'RoleBinding',
        metadata: { name: 'team' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'team' },
        subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: `team-${session.namespace}` }],
      },
    );
    const kubeConfig = loadKubeConfig({ kubeconfig: inject('sharedCluster').kubeconfig, context: '' });
    const cluster = kubeConfig.getCurrentCluster();
    if (cluster === null) throw new Error('no cluster');
    kubeConfig.loadFromOptions({
      clusters: [cluster],
      users: [{ name: 'own', token }],
      contexts: [{ name: 'own', cluster: cluster.name, user: 'own' }],
      currentContext: 'own',
    });
    await using server = await dashboardFor({ signIn: { method: 'proxy', proxy }, kubeConfig });
    const api = `${server.url}api/serin/v1`;
    const vouched = { 'x-proxy-secret': 'between us', 'x-forwarded-user': 'ada' };
    const inTeam = { ...vouched, 'x-forwarded-groups': `people, team-${session.namespace}` };
    expect(await meOf(api, inTeam)).toMatchObject({ signIn: 'proxy', signedIn: true, user: 'ada', namespaces: null });
    const url = `${api}/rollouts/${session.namespace}/web`;
    await using detail = await EventReader.open(url, { headers: inTeam });
    await detail.until<RolloutEvent>('rollout', ({ view }) => view.phase === 'Paused');
    const refused = await post(`${url}/commands`, { command: 'abort' }, inTeam);
    expect([refused.status, await refused.json()]).toMatchObject([
      403,
      { message: expect.stringContaining('User "ada" cannot patch') as string },
    ]);

    const info = `${server.url}api/v1/rollouts/${session.namespace}/info`;
    const asked: readonly (readonly [Record<string, string>, number])[] = [
      [inTeam, 200],
      [vouched, 403],
      [{ 'x-forwarded-user': 'ada' }, 401],
      [{ ...inTeam, 'x-proxy-secret': 'guessed' }, 401],
      [{ 'x-proxy-secret': 'between us' }, 401],
      [{ ...inTeam, 'x-forwarded-user': 'system:admin' }, 401],
      [{ ...vouched, 'x-forwarded-groups': 'system:masters' }, 403],
    ];
    for (const [headers, status] of asked)
      expect([headers, (await fetch(info, { headers })).status]).toEqual([headers, status]);
  });
});

describe('other sites', () => {
  test('are refused, whatever they pretend', async ({ session }) => {
    await paused(session);
    await using server = await dashboardFor();
    const path = `/rollouts/api/v1/rollouts/${session.namespace}/web`;
    const own = `127.0.0.1:${server.port}`;
    const asked: readonly (readonly [string, string, Record<string, string>, number])[] = [
      ['GET', `${path}/info`, { host: own }, 200],
      ['GET', `${path}/info`, { host: `evil.example:${server.port}` }, 403],
      [
        'PUT',
        `${path}/promote`,
        { host: `evil.example:${server.port}`, origin: `http://evil.example:${server.port}` },
        403,
      ],
      ['PUT', `${path}/promote`, { host: own, origin: 'https://evil.example' }, 403],
      ['PUT', `${path}/promote`, { host: own, origin: 'http://127.0.0.1:8080' }, 403],
      ['GET', `${path}/info`, { host: own, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }, 403],
      [
        'POST',
        `/rollouts/api/serin/v1/rollouts/${session.namespace}/web/commands`,
        { host: own, 'content-type': 'text/plain' },
        415,
      ],
      ['GET', '/rollouts/', { host: own, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }, 200],
    ];
    for (const [method, at, headers, status] of asked)
      expect([method, at, headers, await statusOf(server.port, method, at, headers)]).toEqual([
        method,
        at,
        headers,
        status,
      ]);
    expect((await session.look('web')).phase).toBe('Paused');
  });
});

/** fetch does not let a program choose the Host. */
function statusOf(port: number, method: string, path: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const body = method === 'GET' ? '' : '{"command":"promote"}';
    const call = httpRequest({ host: '127.0.0.1', port, method, path, headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    call.on('error', reject);
    call.end(body);
  });
}
