/** What the caches keep of what the API server sends. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createCaches, stopCaches, type Caches } from '../../src/controllers/caches.ts';
import { realClock } from '../../src/runtime/clock.ts';
import { rollout } from '../api/sample-rollout.ts';
import { FakeApiServer } from '../runtime/fake-api-server.ts';
import { clientOf, quietLogger, type ClientParts } from '../runtime/parts.ts';

const ROLLOUT = '/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/web';
const ownerReferences = (uid: string) => [{ apiVersion: 'v1', kind: 'Owner', name: 'web', uid, controller: true }];
const replicaSet = (name: string) => `/apis/apps/v1/namespaces/shop/replicasets/${name}`;

let server: FakeApiServer;
let parts: ClientParts;
let caches: Caches;

beforeEach(async () => {
  server = await FakeApiServer.start();
  parts = clientOf(server);
  caches = createCaches({ ...parts, clock: realClock, logger: quietLogger, namespace: undefined, instanceId: '' });
});
afterEach(async () => {
  await stopCaches(caches);
  await parts.transport.close();
  await server.stop();
});

function withTemplate(image: string, owner: string): Record<string, unknown> {
  const probe = { httpGet: { path: '/healthz', port: 'http' } };
  const metadata = { ownerReferences: ownerReferences(owner), labels: { 'rollouts-pod-template-hash': image } };
  return { metadata, spec: { replicas: 1, template: { spec: { containers: [{ name: 'web', image, probe }] } } } };
}

test('ReplicaSets of one Rollout hold the equal parts of their templates once, and those of another their own', async () => {
  for (const [name, image, owner] of [
    ['web-1', 'web:1', 'u-web'],
    ['web-2', 'web:2', 'u-web'],
    ['api-1', 'web:1', 'u-api'],
  ] as const)
    server.put(replicaSet(name), withTemplate(image, owner));
  caches.replicaSets.start();
  await caches.replicaSets.synced;
  const containerOf = (name: string) => {
    const [container] = (caches.replicaSets.cache.get('shop', name)?.spec.template.spec?.['containers'] ??
      []) as readonly {
      readonly image: string;
      readonly probe: object;
    }[];
    return container;
  };
  expect(['web-1', 'web-2', 'api-1'].map((name) => containerOf(name)?.image)).toEqual(['web:1', 'web:2', 'web:1']);
  expect(containerOf('web-2')?.probe).toBe(containerOf('web-1')?.probe);
  expect(containerOf('api-1')?.probe).not.toBe(containerOf('web-1')?.probe);
});

test('a spec that was changed is read, and one that was not is kept', async () => {
  const { spec } = rollout();
  server.put(ROLLOUT, { spec });
  caches.rollouts.start();
  await caches.rollouts.synced;
  const known = caches.rollouts.cache.get('shop', 'web')?.spec;
  const message = () => caches.rollouts.cache.get('shop', 'web')?.status?.message;
  server.put(ROLLOUT, { spec, status: { message: 'a report' } });
  await expect.poll(message).toBe('a report');
  expect(caches.rollouts.cache.get('shop', 'web')?.spec).toBe(known);

  server.put(ROLLOUT, { spec: { ...spec, replicas: 'many' }, status: { message: 'not read' } });
  server.put(ROLLOUT, { spec: { ...spec, replicas: 7 }, status: { message: 'another report' } });
  await expect.poll(message).toBe('another report');
  expect(caches.rollouts.cache.get('shop', 'web')?.spec.replicas).toBe(7);
  expect(await parts.metrics.registry.metrics()).toMatch(
    /informer_rejects_total\{resource="rollouts",cause="unreadable"\} 1/,
  );
});

test('of a Service its selector, type and ports are kept', async () => {
  const spec = { selector: { app: 'web' }, type: 'ClusterIP', ports: [{ port: 80 }] };
  server.put('/api/v1/namespaces/shop/services/web', { spec: { ...spec, clusterIP: '10.0.0.1' }, status: {} });
  caches.services.start();
  await caches.services.synced;
  const { metadata, ...rest } = caches.services.cache.get('shop', 'web') ?? {};
  expect(metadata?.name).toBe('web');
  expect(rest).toEqual({ spec });
});
