/**
 * The floor of releases: writes each object that a creation and a burst need, once, and nothing else: the ReplicaSet, and
 * when its pods are available the selectors of the Services, the canary Ingress, and the status. What is left of the time
 * is the control plane's own. It checks nothing, keeps nothing, and tells nobody anything.
 * Arguments: server, file of its certificate, token.
 */
import { ApiClient } from '../../testbed/cluster/api-client.ts';
import { canaryIngressOf, ingressNamed, pathBeside } from '../fleet.ts';
import { follow } from '../follow.ts';

interface SeenRollout {
  readonly metadata: { readonly name: string; readonly uid: string; readonly generation: number };
  readonly spec: { readonly replicas: number; readonly template: Template };
  readonly status?: object;
}

interface Template {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: { readonly containers: readonly { readonly image: string }[] };
}

interface SeenReplicaSet {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly replicas: number };
  readonly status?: { readonly availableReplicas?: number };
}

const HASH = 'rollouts-pod-template-hash';

const [server = '', caFile = '', token = ''] = process.argv.slice(2);
const client = await ApiClient.connect(server, caFile, token);
/** The image that each Rollout has been written for. */
const written = new Map<string, string>();
/** By the name of the ReplicaSet: what is to be written when its pods are available. */
const afterwards = new Map<string, () => Promise<void>>();

function rolloutSeen(rollout: SeenRollout): void {
  const { name } = rollout.metadata;
  const image = rollout.spec.template.spec.containers[0]?.image ?? '';
  if (written.get(name) === image) return;
  const isFirst = !written.has(name);
  written.set(name, image);
  void release(rollout, image.replaceAll(':', '-'), isFirst);
}

async function release(rollout: SeenRollout, hash: string, isFirst: boolean): Promise<void> {
  const { name, uid, generation } = rollout.metadata;
  const { replicas, template } = rollout.spec;
  const labels = { ...template.metadata.labels, [HASH]: hash };
  const replicaSet = `${name}-${hash}`;
  const services = pathBeside(name, 'v1', 'services');
  const select = (service: string) => client.patch(`${services}/${service}`, 'merge', { spec: { selector: labels } });
  const status = { phase: isFirst ? 'Healthy' : 'Paused', observedGeneration: String(generation), replicas };
  afterwards.set(replicaSet, async () => {
    await select(`${name}-canary`);
    if (isFirst) await select(name);
    else await client.create(pathBeside(name, 'networking.k8s.io/v1', 'ingresses'), canaryIngress(name));
    const patch = { status: isFirst ? status : { ...status, currentStepIndex: 1 } };
    await client.patch(`${pathBeside(name, 'argoproj.io/v1alpha1', 'rollouts')}/${name}/status`, 'merge', patch);
  });
  const owner = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name, uid, controller: true };
  await client.create(pathBeside(name, 'apps/v1', 'replicasets'), {
    metadata: { name: replicaSet, labels, ownerReferences: [owner] },
    spec: { replicas, selector: { matchLabels: labels }, template: { ...template, metadata: { labels } } },
  });
}

function canaryIngress(name: string): unknown {
  const annotations = {
    'nginx.ingress.kubernetes.io/canary': 'true',
    'nginx.ingress.kubernetes.io/canary-weight': '20',
  };
  const { spec } = ingressNamed(name, `${name}-canary`);
  return { metadata: { name: canaryIngressOf(name), annotations }, spec };
}

function replicaSetSeen({ metadata: { name }, spec, status }: SeenReplicaSet): void {
  const write = afterwards.get(name);
  if (write === undefined || status?.availableReplicas !== spec.replicas) return;
  afterwards.delete(name);
  void write();
}

process.on('SIGTERM', () => process.exit(0));
const { signal } = new AbortController();
void follow<SeenRollout>(client, '/apis/argoproj.io/v1alpha1/rollouts', (_, one) => rolloutSeen(one), signal);
void follow<SeenReplicaSet>(client, '/apis/apps/v1/replicasets', (_, one) => replicaSetSeen(one), signal);
