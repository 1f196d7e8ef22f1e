/**
 * One Rollout in the middle of a canary with all that belongs to it, as the text that the API server sends: with
 * defaults, `managedFields` and the bookkeeping of kubectl.
 */
import { ENDPOINT_SLICES, INGRESSES, PODS, REPLICA_SETS, ROLLOUTS, SERVICES } from '../../../src/kube/resources.ts';
import { ingressNamed } from '../fleet.ts';

const TIME = '2026-11-30T01:00:00Z';
const NAMESPACES = 20;
const PODS_OF_EACH = 1;

/** The plural of a resource, and the objects of it that the Rollout of that number has, as JSON. */
export const KINDS: Readonly<Record<string, (index: number) => readonly string[]>> = {
  [ROLLOUTS.plural]: (index) => [text(rolloutOf(index))],
  [REPLICA_SETS.plural]: (index) => [text(replicaSetOf(index, 1)), text(replicaSetOf(index, 2))],
  [PODS.plural]: (index) =>
    [1, 2].flatMap((revision) => Array.from({ length: PODS_OF_EACH }, (_, at) => text(podOf(index, revision, at)))),
  [SERVICES.plural]: (index) => [text(serviceOf(index, 1)), text(serviceOf(index, 2))],
  [ENDPOINT_SLICES.plural]: (index) =>
    [1, 2].flatMap((revision) => ['IPv4', 'IPv6'].map((family) => text(sliceOf(index, revision, family)))),
  [INGRESSES.plural]: (index) => [text(ingressOf(index, false)), text(ingressOf(index, true))],
};

let version = 1_000_000;

function text(object: { readonly metadata: object }): string {
  return JSON.stringify(object);
}

function nameOf(index: number): string {
  return `web-${String(index).padStart(5, '0')}`;
}

function hashOf(index: number, revision: number): string {
  return (0x1000_0000 + index * 7 + revision).toString(36);
}

function uidOf(kind: string, index: number, part = 0): string {
  const digits = (index * 16 + part).toString(16).padStart(12, '0');
  return `${kind
    .padEnd(8, '0')
    .slice(0, 8)
    .replaceAll(/[^0-9a-f]/g, '7')}-1b2c-4d3e-8f90-${digits}`;
}

function metadata(index: number, name: string, uid: string, rest: object, writer = 'serin'): object {
  version += 1;
  const fields = {
    name,
    namespace: `team-${index % NAMESPACES}`,
    uid,
    resourceVersion: String(version),
    generation: 2,
    creationTimestamp: TIME,
    ...rest,
    managedFields: ['kubectl-client-side-apply', writer].map((manager) => ({
      manager,
      operation: 'Update',
      apiVersion: 'apps/v1',
      time: TIME,
      fieldsType: 'FieldsV1',
      fieldsV1: {
        'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} } },
        'f:spec': { 'f:replicas': {}, 'f:selector': {} },
      },
    })),
  };
  // Of a custom resource the fields are sorted.
  return name === nameOf(index) && uid.startsWith('7')
    ? Object.fromEntries(Object.entries(fields).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    : fields;
}

function templateOf(index: number, revision: number, labels: object): object {
  return {
    metadata: { labels: { app: nameOf(index), tier: 'web', ...labels } },
    spec: {
      containers: [
        {
          name: 'web',
          image: `registry.example.com/shop/web:1.${revision}.0`,
          ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
          env: [
            { name: 'LOG_LEVEL', value: 'info' },
            { name: 'DATABASE', valueFrom: { secretKeyRef: { name: 'database', key: 'url' } } },
          ],
          resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } },
          readinessProbe: {
            httpGet: { path: '/healthz', port: 'http', scheme: 'HTTP' },
            periodSeconds: 10,
            timeoutSeconds: 1,
            successThreshold: 1,
            failureThreshold: 3,
          },
          terminationMessagePath: '/dev/termination-log',
          terminationMessagePolicy: 'File',
          imagePullPolicy: 'IfNotPresent',
        },
      ],
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      dnsPolicy: 'ClusterFirst',
      securityContext: {},
      schedulerName: 'default-scheduler',
    },
  };
}

function rolloutOf(index: number) {
  const name = nameOf(index);
  const conditions = ['Available', 'Progressing', 'Paused', 'Completed', 'Healthy', 'Blocked'].map((type) => ({
    type,
    status: 'True',
    reason: `${type}Reason`,
    message: `Rollout "${name}" is ${type.toLowerCase()}, and says so in a sentence.`,
    lastUpdateTime: TIME,
    lastTransitionTime: TIME,
  }));
  const spec = {
    replicas: 1,
    selector: { matchLabels: { app: name } },
    template: templateOf(index, 2, {}),
    revisionHistoryLimit: 3,
    strategy: {
      canary: {
        stableService: name,
        canaryService: `${name}-canary`,
        trafficRouting: { nginx: { stableIngress: name } },
        steps: [{ setWeight: 20 }, { pause: {} }, { setWeight: 50 }, { pause: {} }],
      },
    },
  };
  const annotations = {
    'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(spec),
    'rollout.argoproj.io/revision': '2',
  };
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: metadata(index, name, uidOf('rollout', index), { labels: { app: name }, annotations }),
    spec,
    status: {
      replicas: 2,
      updatedReplicas: 1,
      readyReplicas: 2,
      availableReplicas: 2,
      HPAReplicas: 2,
      selector: `app=${name}`,
      currentPodHash: hashOf(index, 2),
      stableRS: hashOf(index, 1),
      currentStepHash: '6d5b8f7c9',
      currentStepIndex: 1,
      observedGeneration: '2',
      phase: 'Paused',
      message: 'CanaryPauseStep',
      pauseConditions: [{ reason: 'CanaryPauseStep', startTime: TIME }],
      controllerPause: true,
      canary: { weights: { canary: { weight: 20, serviceName: `${name}-canary` }, stable: { weight: 80 } } },
      conditions,
    },
  };
}

function owner(kind: string, apiVersion: string, name: string, uid: string): object {
  return { ownerReferences: [{ apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true }] };
}

function replicaSetOf(index: number, revision: number) {
  const name = nameOf(index);
  const hash = { 'rollouts-pod-template-hash': hashOf(index, revision) };
  return {
    metadata: metadata(index, `${name}-${hashOf(index, revision)}`, uidOf('set', index, revision), {
      labels: { app: name, tier: 'web', ...hash },
      annotations: { 'rollout.argoproj.io/revision': String(revision), 'rollout.argoproj.io/desired-replicas': '1' },
      ...owner('Rollout', 'argoproj.io/v1alpha1', name, uidOf('rollout', index)),
    }),
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: name, ...hash } },
      template: templateOf(index, revision, hash),
    },
    status: { replicas: 1, fullyLabeledReplicas: 1, readyReplicas: 1, availableReplicas: 1, observedGeneration: 1 },
  };
}

function podOf(index: number, revision: number, at: number) {
  const name = nameOf(index);
  const hash = hashOf(index, revision);
  return {
    kind: 'PartialObjectMetadata',
    apiVersion: 'meta.k8s.io/v1',
    metadata: metadata(index, `${name}-${hash}-x7k${at}`, uidOf('pod', index, revision * 8 + at), {
      generateName: `${name}-${hash}-`,
      labels: { app: name, tier: 'web', 'rollouts-pod-template-hash': hash },
      annotations: {
        'cni.example.com/podIP': '10.1.2.3/32',
        'cni.example.com/containerID': uidOf('c', index, revision),
      },
      ...owner('ReplicaSet', 'apps/v1', `${name}-${hash}`, uidOf('set', index, revision)),
    }),
  };
}

function serviceName(index: number, revision: number): string {
  return revision === 1 ? nameOf(index) : `${nameOf(index)}-canary`;
}

function serviceOf(index: number, revision: number) {
  return {
    metadata: metadata(index, serviceName(index, revision), uidOf('service', index, revision), {
      annotations: { 'argo-rollouts.argoproj.io/managed-by-rollouts': nameOf(index) },
    }),
    spec: {
      ports: [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 'http' }],
      selector: { app: nameOf(index), 'rollouts-pod-template-hash': hashOf(index, revision) },
      clusterIP: `10.96.${index & 255}.${revision}`,
      clusterIPs: [`10.96.${index & 255}.${revision}`],
      type: 'ClusterIP',
      sessionAffinity: 'None',
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      internalTrafficPolicy: 'Cluster',
    },
    status: { loadBalancer: {} },
  };
}

function sliceOf(index: number, revision: number, family: string) {
  const service = serviceName(index, revision);
  return {
    metadata: metadata(index, `${service}-${family.toLowerCase()}`, uidOf('slice', index, revision), {
      generateName: `${service}-`,
      labels: {
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
        'kubernetes.io/service-name': service,
      },
      ...owner('Service', 'v1', service, uidOf('service', index, revision)),
    }),
    addressType: family,
    endpoints: [
      {
        addresses: [`10.1.${index & 255}.${revision}`],
        conditions: { ready: true, serving: true, terminating: false },
        targetRef: {
          kind: 'Pod',
          namespace: `team-${index % NAMESPACES}`,
          name: `${nameOf(index)}-${hashOf(index, revision)}-x7k0`,
        },
        nodeName: `node-${index % 50}`,
      },
    ],
    ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
  };
}

function ingressOf(index: number, isCanary: boolean) {
  const name = nameOf(index);
  const annotations = isCanary
    ? {
        'nginx.ingress.kubernetes.io/canary': 'true',
        'nginx.ingress.kubernetes.io/canary-weight': '20',
        'nginx.ingress.kubernetes.io/canary-weight-total': '100',
      }
    : { 'nginx.ingress.kubernetes.io/proxy-body-size': '8m' };
  const rest = {
    annotations,
    ...(isCanary ? owner('Rollout', 'argoproj.io/v1alpha1', name, uidOf('rollout', index)) : {}),
  };
  const uid = uidOf('ingress', index, isCanary ? 1 : 0);
  const writer = isCanary ? 'serin' : 'nginx-ingress-controller';
  return {
    metadata: metadata(index, isCanary ? `${name}-${name}-canary` : name, uid, rest, writer),
    spec: ingressNamed(name, serviceName(index, isCanary ? 2 : 1)).spec,
    status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } },
  };
}
