import { expect, test } from 'vitest';
import { startControlPlane } from '../control-plane.ts';
import { waitFor } from '../wait.ts';
import { LIGHT_KUBELET, startKubeletProcess } from './process.ts';

test('pods of the light kubelet become ready with addresses of their own, and are gone when they are deleted', async () => {
  await using plane = await startControlPlane();
  await startKubeletProcess(plane, {}, LIGHT_KUBELET);
  await plane.mustKubectl(['create', 'deployment', 'web', '--image=web:1', '--replicas=3']);
  await plane.mustKubectl(['rollout', 'status', 'deployment/web', '--timeout=60s']);
  const addresses = await plane.mustKubectl(['get', 'pods', '-o', 'jsonpath={.items[*].status.podIP}']);
  expect(new Set(addresses.split(' ')).size).toBe(3);

  await plane.mustKubectl(['delete', 'deployment', 'web']);
  const { length } = await waitFor(async () => await plane.mustKubectl(['get', 'pods', '-o', 'name']), {
    what: 'the pods to be gone',
    until: (names) => names === '',
  });
  expect(length).toBe(0);
});
