/**
 * The real ingress-nginx, with its default settings wherever they shape traffic. It runs in a file system and with
 * process ids of its own, because it insists on paths like /etc/nginx and leaves nginx behind when it is killed.
 */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ControlPlane } from '../../cluster/control-plane.ts';
import { freePorts } from '../../cluster/free-port.ts';
import { UNCHECKED, type Proxy } from '../proxy.ts';
import { libraryPath, NGINX_BINARY, nginxSettings } from './files.ts';
import { findOrBuildIngressNginx } from './programs.ts';
import { untilRespondsOk } from '../../cluster/responds-ok.ts';

const READY_TIMEOUT_MS = 120_000;
/** It syncs at most every 3.3 s (0.3 a second), and its workers look for a new configuration every second. */
const PROPAGATION_MS = 6_000;
const NAMESPACE = 'ingress-nginx';
const NAME = 'ingress-nginx-controller';

const ENTER = join(import.meta.dirname, 'enter.sh');
/** When `unshare` is killed its child is killed with it, and with the first process of these ids all others. */
const OWN_MOUNTS_AND_PIDS = ['--mount', '--pid', '--fork', '--kill-child', '--propagation', 'private'];

const FAILURE_LINE = [
  '$time_iso8601 $status $host "$request" after $request_time s',
  'to $proxy_upstream_name $proxy_alternative_upstream_name at $upstream_addr: $upstream_status',
].join(' ');

const SETTINGS = {
  'bind-address': '127.0.0.1',
  'disable-ipv6': 'true',
  'disable-ipv6-dns': 'true',
  // The directive for it is younger than nginx in Debian 12.
  'use-http2': 'false',
  'worker-processes': '2',
  'access-log-path': '/dev/stderr',
  'error-log-path': '/dev/stderr',
  'error-log-level': 'warn',
  'log-format-upstream': FAILURE_LINE,
  ...nginxSettings(),
};

/** The class `nginx` exists and the proxy listens when this resolves. It ends with the control plane at the latest. */
export async function startIngressNginx(plane: ControlPlane): Promise<Proxy> {
  const { controller, files } = await findOrBuildIngressNginx();
  await plane.mustKubectl(['apply', '-f', '-'], { stdin: manifests() });
  const [http = 0, https = 0, fallback = 0, health = 0, status = 0, stream = 0, webhook = 0] = await freePorts(7);
  const root = join(plane.scratch, 'ingress-nginx');
  await mkdir(root);
  const component = await plane.spawn({
    name: 'ingress-nginx',
    command: 'unshare',
    args: [
      ...OWN_MOUNTS_AND_PIDS,
      '--',
      'sh',
      ENTER,
      root,
      files,
      plane.scratch,
      controller,
      `--kubeconfig=${plane.kubeconfigPath()}`,
      `--configmap=${NAMESPACE}/${NAME}`,
      '--ingress-class=nginx',
      '--controller-class=k8s.io/ingress-nginx',
      `--election-id=${NAME}-leader`,
      '--publish-status-address=127.0.0.1',
      '--profiling=false',
      '--healthz-host=127.0.0.1',
      `--http-port=${http}`,
      `--https-port=${https}`,
      `--default-server-port=${fallback}`,
      `--healthz-port=${health}`,
      `--status-port=${status}`,
      `--stream-port=${stream}`,
      // The API server's certificate is for the loopback address, and it is its own authority.
      `--validating-webhook=127.0.0.1:${webhook}`,
      `--validating-webhook-certificate=${plane.caFile}`,
      `--validating-webhook-key=${plane.caFile.replace(/crt$/, 'key')}`,
    ],
    cwd: plane.scratch,
    env: {
      PATH: [NGINX_BINARY.slice(0, NGINX_BINARY.lastIndexOf('/')), process.env.PATH].join(':'),
      LD_LIBRARY_PATH: libraryPath(),
      NGINX_BINARY,
      POD_NAME: NAME,
      POD_NAMESPACE: NAMESPACE,
    },
  });
  await untilRespondsOk(component, `http://127.0.0.1:${health}/healthz`, READY_TIMEOUT_MS);
  await plane.mustKubectl(['apply', '-f', '-'], { stdin: await admission(plane, webhook) });
  return {
    name: 'ingress-nginx',
    reads: 'ingresses',
    templates: 'ingress-nginx',
    shares: 'drawn',
    emptyShare: 'passed on',
    closesKept: true,
    address: { host: '127.0.0.1', port: http },
    logPath: component.logPath,
    asked: null,
    metricsUrl: `http://127.0.0.1:${health}/metrics`,
    propagationMs: PROPAGATION_MS,
    async stop() {
      await component.end('SIGKILL');
    },
  };
}

/** As its chart has it, but for those who say that they need no check. */
async function admission(plane: ControlPlane, port: number): Promise<string> {
  const webhook = {
    name: 'validate.nginx.ingress.kubernetes.io',
    matchPolicy: 'Equivalent',
    rules: [
      {
        apiGroups: ['networking.k8s.io'],
        apiVersions: ['v1'],
        operations: ['CREATE', 'UPDATE'],
        resources: ['ingresses'],
      },
    ],
    failurePolicy: 'Fail',
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
    objectSelector: { matchExpressions: [{ key: UNCHECKED, operator: 'DoesNotExist' }] },
    clientConfig: {
      url: `https://127.0.0.1:${port}/networking/v1/ingresses`,
      caBundle: (await readFile(plane.caFile)).toString('base64'),
    },
  };
  return JSON.stringify({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: 'ingress-nginx-admission' },
    webhooks: [webhook],
  });
}

/** It looks for its own pod, whose labels tell it what other pods share the work. */
function manifests(): string {
  const metadata = { name: NAME, namespace: NAMESPACE };
  const objects = [
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IngressClass',
      metadata: { name: 'nginx' },
      spec: { controller: 'k8s.io/ingress-nginx' },
    },
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: SETTINGS },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { ...metadata, labels: { app: NAME } },
      // Nothing runs it: it stays without a node.
      spec: { schedulerName: 'none', containers: [{ name: 'controller', image: 'ingress-nginx' }] },
    },
  ];
  return objects.map((one) => JSON.stringify(one)).join('\n---\n');
}
