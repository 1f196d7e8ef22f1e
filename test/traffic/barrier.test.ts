/**
 * What the barriers of a promotion are worth: the same pods, proxy and load without a Rollout, promoted by hand without
 * waiting for the proxy: the old pods go with the weight that rises, the selector and the weight move in one go.
 * It is the only test that expects requests to be lost.
 */
import { expect } from 'vitest';
import { ingress, path, service } from '../apiserver/manifests.ts';
import { waitFor } from '../testbed/cluster/wait.ts';
import { rounds } from './extent.ts';
import { colour } from './rollout.ts';
import { test } from './test.ts';
import type { Traffic } from './traffic.ts';

const REPLICAS = 4;
const PREFIX = 'nginx.ingress.kubernetes.io';

test('promotions that wait for nothing lose requests', async ({ traffic }) => {
  const { session, name } = traffic;
  const canary = `${name}-canary`;
  const canaryIngress = ingress(canary, { rules: [{ host: traffic.host, http: { paths: [path('/', canary)] } }] });
  await session.apply(service(name, name), service(canary, name), ingress(name), canaryIngress);
  await setWeight(traffic, 0);
  await scale(traffic, colour(0), REPLICAS);
  await select(traffic, name, colour(0));
  await using load = await traffic.load();
  const last = rounds(10, 3);
  for (let round = 1; round <= last; round += 1) {
    const [before, after] = [colour(round - 1), colour(round)];
    await scale(traffic, after, REPLICAS);
    await select(traffic, canary, after);
    await traffic.propagated();
    await Promise.all([setWeight(traffic, 100), scale(traffic, before, 0)]);
    await Promise.all([select(traffic, name, after), setWeight(traffic, 0)]);
    await traffic.propagated();
  }
  const { all, failures } = await load.stop();
  await traffic.tell({
    scenario: `not ours: ${last} promotions that wait for nothing, hasty pods`,
    requests: all.length,
    failed: failures.length,
    comparison: true,
  });
  expect(failures.length).toBeGreaterThan(0);
});

/** A Deployment of this version with so many pods, all of them ready or gone. */
async function scale({ session, name }: Traffic, version: string, replicas: number): Promise<void> {
  const labels = { app: name, version };
  await session.apply({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: `${name}-${version}` },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: [{ name: 'web', image: `shop/web:${version}`, ports: [{ name: 'http', containerPort: 8080 }] }],
        },
      },
    },
  });
  await waitFor(() => session.list('replicasets', `version=${version}`), {
    what: `${replicas} pods of ${version}`,
    until: ([one]) => (one?.status?.readyReplicas ?? 0) === replicas && one?.spec.replicas === replicas,
  });
}

async function select({ session, name }: Traffic, serviceName: string, version: string): Promise<void> {
  const selector = { app: name, version };
  await session.client.patch(`${session.pathOf('services')}/${serviceName}`, 'merge', { spec: { selector } });
}

async function setWeight({ session, name }: Traffic, weight: number): Promise<void> {
  const annotations = { [`${PREFIX}/canary`]: 'true', [`${PREFIX}/canary-weight`]: String(weight) };
  await session.client.patch(`${session.pathOf('ingresses')}/${name}-canary`, 'merge', { metadata: { annotations } });
}
