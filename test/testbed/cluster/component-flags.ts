/**
 * The command lines of etcd, kube-apiserver and kube-controller-manager: small, on loopback only, and as
 * quick as they become without leaving out what a controller of workloads can notice.
 */

/** Service IPs; pods have 10.244.0.0/16, which the kubelet gives out. */
const SERVICE_CIDR = '10.96.0.0/16';

export function etcdFlags(options: {
  readonly dataDir: string;
  readonly clientPort: number;
  readonly peerPort: number;
}): readonly string[] {
  const client = `http://127.0.0.1:${options.clientPort}`;
  const peer = `http://127.0.0.1:${options.peerPort}`;
  return [
    '--name=default',
    `--data-dir=${options.dataDir}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    // The data does not outlive the process, so it need not survive a power cut.
    '--unsafe-no-fsync',
    // A bench with thousands of Rollouts writes more than the 2 GiB of the default before anything is compacted.
    `--quota-backend-bytes=${8 * 2 ** 30}`,
    '--log-level=warn',
  ];
}

export function apiServerFlags(options: {
  readonly etcdPort: number;
  readonly port: number;
  readonly certDir: string;
  readonly tokenFile: string;
  readonly serviceAccountKeyFile: string;
  readonly audit?: { readonly policyFile: string; readonly logFile: string };
}): readonly string[] {
  return [
    `--etcd-servers=http://127.0.0.1:${options.etcdPort}`,
    '--bind-address=127.0.0.1',
    // It must not be loopback, and a bare network namespace has no other address to find.
    '--advertise-address=10.0.0.1',
    `--secure-port=${options.port}`,
    `--cert-dir=${options.certDir}`,
    `--token-auth-file=${options.tokenFile}`,
    `--service-account-key-file=${options.serviceAccountKeyFile}`,
    `--service-account-signing-key-file=${options.serviceAccountKeyFile}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    '--authorization-mode=RBAC',
    '--anonymous-auth=false',
    `--service-cluster-ip-range=${SERVICE_CIDR}`,
    '--endpoint-reconciler-type=none',
    // Pods are not real processes: a token volume in each would only be weight, and pods of a fresh
    // namespace would have to wait for its ServiceAccount.
    '--disable-admission-plugins=ServiceAccount',
    '--profiling=false',
    ...(options.audit === undefined
      ? []
      : [`--audit-policy-file=${options.audit.policyFile}`, `--audit-log-path=${options.audit.logFile}`]),
  ];
}

/** The controllers that workloads, their endpoints, their clean-up and the roles of people need. One unknown name and the process exits. */
const CONTROLLERS = [
  'clusterrole-aggregation-controller',
  'daemonset-controller',
  'deployment-controller',
  'disruption-controller',
  'endpointslice-controller',
  'garbage-collector-controller',
  'job-controller',
  'namespace-controller',
  'pod-garbage-collector-controller',
  'replicaset-controller',
  'resourcequota-controller',
  'serviceaccount-controller',
  'statefulset-controller',
];

export function controllerManagerFlags(options: {
  readonly kubeconfig: string;
  readonly horizontalPodAutoscaler: boolean;
}): readonly string[] {
  const controllers = options.horizontalPodAutoscaler
    ? [...CONTROLLERS, 'horizontal-pod-autoscaler-controller']
    : CONTROLLERS;
  return [
    `--kubeconfig=${options.kubeconfig}`,
    '--leader-elect=false',
    '--secure-port=0',
    `--controllers=${controllers.join(',')}`,
    // The limits of a production cluster protect an API server that others share.
    '--kube-api-qps=2000',
    '--kube-api-burst=4000',
    '--concurrent-replicaset-syncs=10',
    '--concurrent-deployment-syncs=10',
    '--concurrent-service-endpoint-syncs=10',
    '--horizontal-pod-autoscaler-sync-period=1s',
    '--profiling=false',
  ];
}
