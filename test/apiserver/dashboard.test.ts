/** The dashboard's own API against a real API server, as its pages use it. */
import { expect } from 'vitest';
import type { Me, RolloutEvent, RowsEvent } from '../../src/dashboard/wire.ts';
import { EventReader } from '../dashboard/event-reader.ts';
import { dashboardFor } from './dashboard.ts';
import { basicRollout } from './manifests.ts';
import { test } from './session.ts';

const canary = { steps: [{ setWeight: 50 }, { pause: {} }] };

async function post(url: string, body: unknown): Promise<{ status: number; body: unknown }> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  const text = await response.text();
  return { status: response.status, body: text === '' ? null : JSON.parse(text) };
}

test('a release is watched and steered from start to end', async ({ session }) => {
  await using server = await dashboardFor();
  const api = `${server.url}api/serin/v1`;
  await session.apply(basicRollout({ replicas: 2, canary }));
  await session.until('web', { phase: 'Healthy' });

  const me = (await (await fetch(`${api}/me`)).json()) as Me;
  expect(me).toMatchObject({ signIn: 'kubeconfig', signedIn: true, user: 'admin', namespace: 'default' });
  expect(me.namespaces).toContain(session.namespace);

  await using list = await EventReader.open(`${api}/rollouts?namespace=${session.namespace}`);
  await list.until<RowsEvent>('rows', ({ reset, rows }) => reset && rows[0]?.name === 'web');
  await using detail = await EventReader.open(`${api}/rollouts/${session.namespace}/web`);
  await detail.until<RolloutEvent>('rollout', ({ view }) => view.phase === 'Healthy');

  const commands = `${api}/rollouts/${session.namespace}/web/commands`;
  const plan = await post(`${api}/rollouts/${session.namespace}/web/plan`, {
    images: [{ container: 'web', image: 'web:2' }],
  });
  expect(plan).toMatchObject({ status: 200, body: { name: 'web', kind: 'update', ending: 'healthy' } });

  const images = [{ container: 'web', image: 'web:2' }];
  expect(await post(commands, { command: 'setImages', images })).toEqual({
    status: 200,
    body: { message: 'the image of rollout "web" is changed' },
  });
  const paused = await detail.until<RolloutEvent>('rollout', ({ view }) => view.phase === 'Paused');
  expect(paused.view).toMatchObject({ stepsDone: 1, explanation: { state: 'waitsForPerson' } });
  expect(paused.containers).toEqual([{ container: 'web', image: 'web:2', init: false }]);
  expect(paused.commands.filter(({ possible }) => possible).map(({ command }) => command)).toEqual([
    'promote',
    'promoteFull',
    'abort',
    'pause',
    'restart',
    'setImages',
    'undo',
  ]);
  await detail.until<RolloutEvent>('rollout', ({ events }) => events.some(({ reason }) => reason === 'RolloutPaused'));
  await list.until<RowsEvent>('rows', ({ rows }) => rows[0]?.phase === 'Paused' && rows[0].needsAttention);

  expect(await post(commands, { command: 'promote' })).toMatchObject({ status: 200 });
  await detail.until<RolloutEvent>('rollout', ({ view }) => view.phase === 'Healthy' && view.images.length === 1);
  expect(await post(commands, { command: 'undo', revision: 1 })).toMatchObject({ status: 200 });
  await detail.until<RolloutEvent>(
    'rollout',
    ({ view }) => view.phase === 'Healthy' && view.images[0]?.image === 'web:1',
  );

  await session.kubectl('delete', 'rollout', 'web');
  await detail.until('gone', () => true);
  await list.until<RowsEvent>('rows', ({ gone }) => gone[0]?.name === 'web');
});
