/** The dashboard API that other tools use (specification, E.6), path by path, against a real API server. */
import { expect } from 'vitest';
import type { Rollout } from '../../src/api/schema/rollout.ts';
import { VERSION } from '../../src/version.ts';
import { EventReader } from '../dashboard/event-reader.ts';
import { waitFor } from '../testbed/cluster/wait.ts';
import { dashboardFor } from './dashboard.ts';
import { basicRollout } from './manifests.ts';
import { test } from './session.ts';

const canary = { steps: [{ setWeight: 50 }, { pause: {} }] };

interface InfoSeen {
  readonly objectMeta: { readonly name: string; readonly resourceVersion: string };
  readonly status?: string;
  readonly step?: string;
  readonly setWeight?: string;
  readonly actualWeight?: string;
  readonly replicaSets?: readonly { readonly revision: number; readonly pods?: readonly object[] }[];
}

interface Message<T> {
  readonly result: T;
}

interface WatchEvent {
  readonly type: string;
  readonly rolloutInfo: InfoSeen;
}

async function get(url: string): Promise<unknown> {
  const response = await fetch(url);
  expect({ url, status: response.status }).toEqual({ url, status: 200 });
  return response.json();
}

async function put(url: string, body?: object): Promise<Rollout> {
  const response = await fetch(url, { method: 'PUT', ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  const text = await response.text();
  expect({ url, status: response.status, text }).toMatchObject({ url, status: 200 });
  return JSON.parse(text) as Rollout;
}

test('every path answers as it always has, and the changes answer with the object', async ({ session }) => {
  await using server = await dashboardFor();
  const root = `${server.url}api/v1`;
  const rollouts = `${root}/rollouts/${session.namespace}`;
  await session.apply(basicRollout({ replicas: 2, canary }));
  await session.until('web', { phase: 'Healthy' });

  expect(await get(`${root}/version`)).toEqual({ rolloutsVersion: `v${VERSION}` });
  const { namespace, availableNamespaces } = (await get(`${root}/namespace`)) as {
    readonly namespace: string;
    readonly availableNamespaces: readonly string[];
  };
  expect({ namespace, has: availableNamespaces.includes(session.namespace) }).toEqual({
    namespace: 'default',
    has: true,
  });

  await using all = await EventReader.open(`${rollouts}/info/watch`);
  await all.until<Message<WatchEvent>>('', ({ result }) => result.rolloutInfo.status === 'Healthy');
  await using single = await EventReader.open(`${rollouts}/web/info/watch`);

  const updated = await put(`${rollouts}/web/set/web/registry.example/team/web/2`);
  expect(updated.spec.template?.spec?.['containers']).toMatchObject([{ image: 'registry.example/team/web:2' }]);
  expect(updated.metadata).not.toHaveProperty('managedFields');
  const paused = await single.until<Message<InfoSeen>>('', ({ result }) => result.status === 'Paused');
  expect(paused.result).toMatchObject({
    icon: '॥',
    strategy: 'Canary',
    step: '1/2',
    setWeight: '50',
    actualWeight: '50',
    desired: 2,
    restartedAt: 'Never',
    containers: [{ name: 'web', image: 'registry.example/team/web:2' }],
    steps: canary.steps,
    replicaSets: [
      { revision: 2, canary: true, available: 1, images: ['registry.example/team/web:2'] },
      { revision: 1, stable: true, available: 1, images: ['web:1'] },
    ],
  });
  expect(paused.result.replicaSets?.[0]?.pods).toMatchObject([{ status: 'Running', ready: '1/1', icon: '✔' }]);
  const listed = (await get(`${rollouts}/info`)) as { readonly rollouts: readonly InfoSeen[] };
  expect(listed.rollouts.map(({ objectMeta }) => objectMeta.name)).toEqual(['web']);
  expect(await get(`${rollouts}/web/info`)).toMatchObject({ objectMeta: { name: 'web' }, status: 'Paused' });

  expect((await put(`${rollouts}/web/abort`)).status?.abort).toBe(true);
  await single.until<Message<InfoSeen>>('', ({ result }) => result.status === 'Degraded');
  expect((await put(`${rollouts}/web/retry`)).status?.abort).not.toBe(true);
  await waitFor(() => session.look('web'), { what: 'the pause again', until: ({ phase }) => phase === 'Paused' });
  await put(`${rollouts}/web/promote`, { full: false });
  await single.until<Message<InfoSeen>>('', ({ result }) => result.status === 'Healthy' && result.step === '2/2');
  await put(`${rollouts}/web/undo/1`);
  await session.until('web', { stableImage: 'web:1', phase: 'Healthy' });
  await put(`${rollouts}/web/set/web/web/3`);
  await session.until('web', { canaryImage: 'web:3', phase: 'Paused' });
  await put(`${rollouts}/web/promote`, { full: true });
  await session.until('web', { stableImage: 'web:3', phase: 'Healthy' });
  expect((await put(`${rollouts}/web/restart`)).spec.restartAt).toMatch(/^\d{4}-/);

  await session.kubectl('delete', 'rollout', 'web');
  await all.until<Message<WatchEvent>>('', ({ result }) => result.type === 'Deleted');
  await waitFor(() => Promise.resolve(single.ended), { what: 'the stream of a deleted Rollout to end' });
  const gone = await fetch(`${rollouts}/web/info`);
  expect({ status: gone.status, body: await gone.json() }).toMatchObject({ status: 404, body: { code: 5 } });
});

test('without server-sent events every message is a line of JSON', async ({ session }) => {
  await using server = await dashboardFor({ rootPath: '' });
  await session.apply(basicRollout({ canary }));
  await session.until('web', { phase: 'Healthy' });
  const stop = new AbortController();
  const { signal } = stop;
  const response = await fetch(`${server.url}api/v1/rollouts/${session.namespace}/info/watch`, { signal });
  expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
  const reader = response.body?.getReader();
  const first = new TextDecoder().decode((await reader?.read())?.value);
  stop.abort();
  expect(first).toMatch(/^\{"result":\{"type":"Updated","rolloutInfo":\{.*\}\}\}\n$/);
});
