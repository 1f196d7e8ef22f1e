/** The Rollouts that people look at, as a controller would leave them in the middle of a release. None runs here. */
import { randomUUID } from 'node:crypto';
import type { ApiClient } from '../../testbed/cluster/api-client.ts';
import { forAll } from '../fleet.ts';

const ROLLOUTS = '/apis/argoproj.io/v1alpha1';
const NAMESPACES = 5;
const HASHES = ['5d8f7c9b44', '7b4c6d5f98'];

/** Where they are, one after the other. */
export function placeOf(index: number): { readonly namespace: string; readonly name: string } {
  return { namespace: `team-${index % NAMESPACES}`, name: `web-${String(index).padStart(4, '0')}` };
}

/** Each with the ReplicaSets of two revisions; the stable one has a pod. */
export async function createCrowd(client: ApiClient, size: number): Promise<void> {
  for (let index = 0; index < NAMESPACES; index += 1)
    await client.create('/api/v1/namespaces', { metadata: { name: `team-${index}` } });
  await forAll(size, async (index) => {
    const { namespace, name } = placeOf(index);
    const path = `${ROLLOUTS}/namespaces/${namespace}/rollouts`;
    const made = await client.create<{ metadata: { uid: string } }>(path, rolloutNamed(name));
    for (const [number, hash] of HASHES.entries())
      await client.create(
        `/apis/apps/v1/namespaces/${namespace}/replicasets`,
        replicaSetOf(name, made.metadata.uid, hash, number),
      );
    await setPhase(client, index, 'Progressing');
  });
}

/** A status as the controller writes it, with a message of its own. Returns that message. */
export async function setPhase(client: ApiClient, index: number, phase: 'Progressing' | 'Degraded'): Promise<string> {
  const { namespace, name } = placeOf(index);
  const now = new Date().toISOString();
  const message = `${phase} ${randomUUID()}`;
  const condition = { type: 'Progressing', status: 'Unknown', reason: 'ReplicaSetUpdated', message };
  const status = {
    phase,
    message,
    observedGeneration: '1',
    currentPodHash: HASHES[1],
    stableRS: HASHES[0],
    currentStepIndex: 1,
    replicas: 2,
    readyReplicas: 2,
    updatedReplicas: 1,
    availableReplicas: 2,
    conditions: [{ ...condition, lastUpdateTime: now, lastTransitionTime: now }],
  };
  await client.patch(`${ROLLOUTS}/namespaces/${namespace}/rollouts/${name}/status`, 'merge', { status });
  return message;
}

function templateOf(name: string, image: string, labels: Readonly<Record<string, string>> = {}) {
  const env = Array.from({ length: 12 }, (_, index) => ({ name: `SETTING_${index}`, value: `value number ${index}` }));
  const resources = { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } };
  const probe = { httpGet: { path: '/healthz', port: 8080 }, periodSeconds: 10 };
  return {
    metadata: { labels: { app: name, ...labels } },
    spec: { containers: [{ name: 'web', image, env, resources, readinessProbe: probe, livenessProbe: probe }] },
  };
}

function rolloutNamed(name: string): unknown {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name, labels: { app: name, team: 'shop' } },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: name } },
      template: templateOf(name, 'registry.example/shop/web:2'),
      strategy: { canary: { steps: [{ setWeight: 20 }, { pause: {} }, { setWeight: 50 }, { pause: {} }] } },
    },
  };
}

function replicaSetOf(name: string, uid: string, hash: string, number: number): unknown {
  const labels = { app: name, 'rollouts-pod-template-hash': hash };
  const owner = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name, uid, controller: true };
  return {
    metadata: {
      name: `${name}-${hash}`,
      labels,
      annotations: { 'rollout.argoproj.io/revision': String(number + 1) },
      ownerReferences: [owner],
    },
    spec: {
      replicas: number === 0 ? 1 : 0,
      selector: { matchLabels: labels },
      template: templateOf(name, `registry.example/shop/web:${number + 1}`, { 'rollouts-pod-template-hash': hash }),
    },
  };
}
