import { expect, test } from 'vitest';
import { startControlPlane } from '../control-plane.ts';
import { startKubeletProcess } from './process.ts';

test('a kubelet in a process of its own runs pods, ends with its control plane, and tells why it cannot start', async () => {
  await using plane = await startControlPlane();
  await startKubeletProcess(plane, { nodes: 2, readyDelayMs: 100 });
  await plane.mustKubectl(['create', 'deployment', 'web', '--image=web:1', '--replicas=4']);
  await plane.mustKubectl(['rollout', 'status', 'deployment/web', '--timeout=60s']);
  const path = '{.items[*].spec.nodeName}';
  const nodes = (await plane.mustKubectl(['get', 'pods', '-o', `jsonpath=${path}`])).split(' ');
  expect(nodes.toSorted()).toEqual(['node-1', 'node-1', 'node-2', 'node-2']);

  const pid = plane.pids.kubelet ?? 0;
  expect(process.kill(pid, 0)).toBe(true);
  await plane.killApiServer();
  await expect(startKubeletProcess(plane)).rejects.toThrow(/kubelet ended with 1; [^]*ECONNREFUSED/);
  await plane.stop();
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});
