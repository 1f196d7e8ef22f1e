/** Objects that people look at for a while: what happens when one cannot be read, a right is lost, or a watch breaks. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LiveObjects } from '../../src/clients/live-objects.ts';
import { ROLLOUT } from '../../src/clients/observed.ts';
import { SHOWN } from '../../src/clients/shown.ts';
import { Client } from '../../src/runtime/client.ts';
import { realClock } from '../../src/runtime/clock.ts';
import { Transport } from '../../src/runtime/transport.ts';
import { PODS, REPLICA_SETS, ROLLOUTS } from '../../src/kube/resources.ts';
import { PODS_BY_CONTROLLER } from '../../src/core/observed/indexes.ts';
import { rollout } from '../api/sample-rollout.ts';
import { FakeApiServer } from '../runtime/fake-api-server.ts';

const PATH = '/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts';
const COUNTER = { inc: () => undefined };

let server: FakeApiServer;
let stop: (() => Promise<void>)[];

beforeEach(async () => {
  server = await FakeApiServer.start();
  stop = [() => server.stop()];
});

afterEach(async () => {
  for (const one of stop.toReversed()) await one();
});

async function live(watched = [ROLLOUT]): Promise<LiveObjects> {
  const transport = new Transport(server.kubeConfig(), realClock);
  const metrics = { apiRequests: COUNTER, clientThrottleSeconds: COUNTER };
  const client = new Client({ transport, clock: realClock, metrics, userAgent: 'test', qps: 1000, burst: 1000 });
  const objects = new LiveObjects({ cluster: { client, clock: realClock }, namespace: 'shop', watched });
  stop.push(
    () => transport.close(),
    () => objects.stop(),
  );
  await objects.start();
  return objects;
}

function names(objects: LiveObjects): readonly string[] {
  return objects.all(ROLLOUTS).map(({ metadata }) => metadata.name);
}

test('an object that cannot be read is left out and named, and the others are there', async () => {
  server.put(`${PATH}/broken`, { spec: { replicas: 'many' } });
  server.put(`${PATH}/web`, { spec: rollout().spec });
  const objects = await live();
  expect(names(objects)).toEqual(['web']);
  expect(objects.trouble).toBe('broken cannot be read');
  server.put(`${PATH}/broken`, { spec: rollout().spec });
  await expect.poll(() => names(objects).toSorted()).toEqual(['broken', 'web']);
});

test('a watch that breaks is told until it is open again, also when nothing changes', async () => {
  server.put(`${PATH}/web`, { spec: rollout().spec });
  const objects = await live();
  const told: (string | null)[] = [];
  objects.onChange(() => told.push(objects.trouble));
  await expect.poll(() => server.openWatches).toBe(1);
  server.cutWatches();
  await expect.poll(() => told).toEqual([expect.stringContaining('Cannot watch rollouts shop'), null]);
  expect(names(objects)).toEqual(['web']);
});

test('what a person may not list any more is not shown any more', async () => {
  server.put(`${PATH}/web`, { spec: rollout().spec });
  const objects = await live();
  await expect.poll(() => server.openWatches).toBe(1);
  server.fault = () => ({ status: 403, body: { message: 'rollouts is forbidden' } });
  server.endWatches();
  await expect
    .poll(() => [names(objects), objects.trouble])
    .toEqual([[], 'Cannot watch rollouts shop: rollouts is forbidden']);
  expect(objects.refusal(ROLLOUTS)).toBe('Cannot watch rollouts shop: rollouts is forbidden');
});

test('of what is shown for a while only that is kept', async () => {
  const managedFields = [
    { manager: 'kube-controller-manager', subresource: 'scale', fieldsV1: { 'f:spec': { 'f:replicas': {} } } },
    { manager: 'kubectl', fieldsV1: { 'f:spec': { 'f:template': {} } } },
  ];
  const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': '{}', 'rollout.argoproj.io/revision': '2' };
  server.put('/apis/apps/v1/namespaces/shop/replicasets/web-1', { metadata: { managedFields, annotations }, spec: {} });
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-1', uid: 'uid-web-1', controller: true };
  server.put('/api/v1/namespaces/shop/pods/web-1-x', {
    metadata: { ownerReferences: [owner], labels: { a: 'b' } },
    spec: { containers: [{ name: 'web', image: 'web:1', env: [] }], nodeName: 'node' },
    status: {
      phase: 'Running',
      podIP: '10.0.0.1',
      containerStatuses: [{ name: 'web', ready: true, restartCount: 1, imageID: 'x' }],
    },
  });
  const objects = await live([...SHOWN]);
  const set = objects.lookup.get(REPLICA_SETS, 'shop', 'web-1');
  expect(set?.metadata).toMatchObject({
    managedFields: [managedFields[0]],
    annotations: { 'rollout.argoproj.io/revision': '2' },
  });
  expect(set?.metadata.annotations).not.toHaveProperty('kubectl.kubernetes.io/last-applied-configuration');
  expect(objects.lookup.find(PODS_BY_CONTROLLER, 'uid-web-1')).toEqual(objects.all(PODS));
  expect(JSON.parse(JSON.stringify(objects.all(PODS)[0]))).toMatchObject({
    spec: { containers: [{ name: 'web' }], initContainers: [] },
    status: { phase: 'Running', containerStatuses: [{ name: 'web', ready: true, restartCount: 1 }] },
  });
  expect(JSON.stringify(objects.all(PODS))).not.toMatch(/10\.0\.0\.1|imageID|nodeName|labels/);
});
