/**
 * A kubelet that only marks pods ready, for benches with thousands of them: a pod costs one request, its status. Their
 * template has to name a node, without which no EndpointSlice has them, and a grace period of 0, so that the API server
 * deletes them at once. Of what else pods can do (probes, commands, crashes) this one does nothing.
 */
import { ApiClient, ApiError } from '../api-client.ts';
import { registerNodes } from './nodes.ts';
import type { Pod } from './pod.ts';
import { podPath } from './pod.ts';
import { followPods } from './pod-feed.ts';
import { PodIps } from './pod-ips.ts';
import type { KubeletOrder } from './process.ts';
import { timestamp } from './timestamp.ts';

const RETRY_MS = 200;
const CONDITIONS = ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'];

const { server, caFile, token, options } = JSON.parse(process.argv[2] ?? '') as KubeletOrder;
const client = await ApiClient.connect(server, caFile, token);
const ips = new PodIps(options.firstAddress);
/** The addresses of the pods that are known, by their UID. */
const addresses = new Map<string, string>();

function seen(pod: Pod): void {
  const { uid, deletionTimestamp } = pod.metadata;
  if (addresses.has(uid) || deletionTimestamp !== undefined) return;
  const address = ips.take();
  addresses.set(uid, address);
  void markReady(pod, address);
}

function gone(uid: string): void {
  const address = addresses.get(uid);
  if (address === undefined) return;
  addresses.delete(uid);
  ips.release(address);
}

async function markReady(pod: Pod, podIP: string): Promise<void> {
  const now = timestamp();
  const conditions = CONDITIONS.map((type) => ({ type, status: 'True', lastTransitionTime: now }));
  const status = { phase: 'Running', podIP, podIPs: [{ ip: podIP }], startTime: now, conditions };
  try {
    await client.patch(`${podPath(pod)}/status`, 'merge', { status });
  } catch (error) {
    const refused = error instanceof ApiError && error.status < 500 && error.status !== 429;
    if (!refused && addresses.has(pod.metadata.uid)) setTimeout(() => void markReady(pod, podIP), RETRY_MS);
  }
}

await registerNodes(client, options.nodes ?? 1);
await followPods(client, { seen, gone }, AbortSignal.any([]));
