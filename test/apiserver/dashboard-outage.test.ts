/** The dashboard as a process: what its viewers see of an outage of the API server, and what is left when it ends. */
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RolloutEvent, RowsEvent, TroubleEvent } from '../../src/dashboard/wire.ts';
import { EventReader } from '../dashboard/event-reader.ts';
import { startControlPlane, type ControlPlane } from '../testbed/cluster/control-plane.ts';
import { startDashboardProcess } from '../testbed/cluster/dashboard-process.ts';
import { installSerin } from '../testbed/cluster/install.ts';
import { waitFor } from '../testbed/cluster/wait.ts';
import { basicRollout } from './manifests.ts';

const ROLLOUTS = '/apis/argoproj.io/v1alpha1/namespaces/default/rollouts';

let plane: ControlPlane;
beforeAll(async () => {
  plane = await startControlPlane();
  await installSerin(plane);
  await plane.client().create(ROLLOUTS, basicRollout());
});
afterAll(() => plane?.stop());

function setPhase(phase: string): Promise<unknown> {
  const status = { phase, observedGeneration: '1', message: '' };
  return plane.client().patch(`${ROLLOUTS}/web/status`, 'merge', { status });
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

test('streams outlive the API server, say so meanwhile, and go on with what has changed', async () => {
  const server = await startDashboardProcess(plane);
  const init = { headers: { authorization: `Bearer ${plane.token()}` } };
  await using list = await EventReader.open(`${server.url}api/serin/v1/rollouts`, init);
  await using detail = await EventReader.open(`${server.url}api/serin/v1/rollouts/default/web`, init);
  await setPhase('Progressing');
  await list.until<RowsEvent>('rows', ({ rows }) => rows[0]?.phase === 'Progressing');

  await detail.until<RolloutEvent>('rollout', ({ view }) => view.phase === 'Progressing');

  await plane.killApiServer();
  await using late = await EventReader.open(`${server.url}api/serin/v1/rollouts?namespace=default`, init);
  await using lateDetail = await EventReader.open(`${server.url}api/serin/v1/rollouts/default/web`, init);
  for (const one of [list, detail, late, lateDetail])
    await one.until<TroubleEvent>('trouble', ({ message }) => message !== null);
  const before = detail.events.length;
  await plane.restartApiServer();
  await setPhase('Degraded');
  await list.until<RowsEvent>('rows', ({ rows }) => rows[0]?.phase === 'Degraded');
  await late.until<RowsEvent>('rows', ({ reset }) => reset);
  for (const one of [detail, lateDetail])
    await one.until<RolloutEvent>('rollout', ({ view }) => view.phase === 'Degraded');
  for (const one of [list, detail, late, lateDetail]) {
    await waitFor(() => Promise.resolve(one.events.findLast(({ name }) => name === 'trouble')?.data), {
      what: 'the trouble to be over',
      until: (data) => (data as TroubleEvent).message === null,
    });
    expect(one.ended).toBe(false);
  }
  expect(detail.events.length).toBeGreaterThan(before);
  await server.component.end('SIGTERM');
});

test.each(['SIGTERM', 'SIGKILL'] as const)('after %s nothing listens, and no stream is open', async (signal) => {
  const server = await startDashboardProcess(plane);
  const init = { headers: { authorization: `Bearer ${plane.token()}` } };
  await using list = await EventReader.open(`${server.url}api/serin/v1/rollouts`, init);
  await list.first;
  expect(await server.component.end(signal)).toBe(signal === 'SIGTERM' ? 0 : 'SIGKILL');
  await waitFor(() => Promise.resolve(list.ended), { what: 'the stream to end' });
  expect(await isListening(Number(new URL(server.url).port))).toBe(false);
});
