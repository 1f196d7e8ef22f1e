/** Creates the Node objects that the kubelet plays. They are Ready once and for all; no heartbeat is sent. */
import { ApiError } from '../api-client.ts';
import type { ApiClient } from '../api-client.ts';
import type { Node } from './scheduler.ts';
import { timestamp } from './timestamp.ts';

/** `node-1` to `node-COUNT` exist and are Ready afterwards, whether or not they existed before. */
export async function registerNodes(client: ApiClient, count: number): Promise<readonly Node[]> {
  const nodes = Array.from({ length: count }, (_, index) => nodeOf(index + 1));
  await Promise.all(nodes.map((node) => register(client, node)));
  return nodes;
}

function nodeOf(number: number): Node {
  const name = `node-${number}`;
  return {
    name,
    labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' },
    address: `10.0.1.${number}`,
  };
}

async function register(client: ApiClient, { name, labels, address }: Node): Promise<void> {
  const amounts = { cpu: '1000', memory: '4Ti', 'ephemeral-storage': '4Ti', pods: '65000' };
  const now = timestamp();
  try {
    await client.create('/api/v1/nodes', {
      metadata: { name, labels },
      status: {
        capacity: amounts,
        allocatable: amounts,
        addresses: [
          { type: 'InternalIP', address },
          { type: 'Hostname', address: name },
        ],
        conditions: [
          { type: 'Ready', status: 'True', reason: 'KubeletReady', lastHeartbeatTime: now, lastTransitionTime: now },
        ],
        nodeInfo: {
          machineID: name,
          systemUUID: name,
          bootID: name,
          kernelVersion: '6.0.0',
          osImage: 'test',
          containerRuntimeVersion: 'test://1.0.0',
          kubeletVersion: 'v1.36.3',
          kubeProxyVersion: '',
          operatingSystem: 'linux',
          architecture: 'amd64',
        },
      },
    });
    // Admission taints every new node as not ready, and the controller that would lift it does not run here.
    await client.patch(`/api/v1/nodes/${name}`, 'merge', { spec: { taints: null } });
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 409)) throw error;
  }
}
