import { expect, test } from 'vitest';
import { startControlPlane } from '../control-plane.ts';
import { waitFor } from '../wait.ts';
import { LIGHT_KUBELET, startKubeletProcess } from './process.ts';

const labels = { app: 'web' };
const DEPLOYMENT = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas: 3,
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: { nodeName: 'node-1', terminationGracePeriodSeconds: 0, containers: [{ name: 'web', image: 'web:1' }] },
    },
  },
};

test('pods of the light kubelet become ready with addresses of their own, and are gone when they are deleted', async () => {
  await using plane = await startControlPlane();
  await startKubeletProcess(plane, {}, LIGHT_KUBELET);
  await plane.mustKubectl(['apply', '-f', '-'], { stdin: JSON.stringify(DEPLOYMENT) });
  await plane.mustKubectl(['create', 'service', 'clusterip', 'web', '--tcp=80:8080']);
  await plane.mustKubectl(['rollout', 'status', 'deployment/web', '--timeout=60s']);
  const addresses = await plane.mustKubectl(['get', 'pods', '-o', 'jsonpath={.items[*].status.podIP}']);
  expect(new Set(addresses.split(' ')).size).toBe(3);
  const endpoints = [
    'get',
    'endpointslices',
    '-o',
    'jsonpath={.items[*].endpoints[?(@.conditions.ready)].addresses[0]}',
  ];
  const served = await waitFor(() => plane.mustKubectl(endpoints), {
    what: 'the Service to have them',
    until: (found) => found.split(' ').length === 3,
  });
  expect(new Set(served.split(' '))).toEqual(new Set(addresses.split(' ')));

  await plane.mustKubectl(['delete', 'deployment', 'web']);
  const { length } = await waitFor(async () => await plane.mustKubectl(['get', 'pods', '-o', 'name']), {
    what: 'the pods to be gone',
    until: (names) => names === '',
  });
  expect(length).toBe(0);
});
