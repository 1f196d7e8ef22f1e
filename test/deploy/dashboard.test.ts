/**
 * The manifests of deploy/dashboard on a real API server: they install by one command beside the controller, its pod passes
 * the strictest profile, and its ServiceAccount has no rights but to ask as somebody else, and that only behind a proxy.
 */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startCluster, type Cluster } from '../testbed/cluster/cluster.ts';
import { installSerin } from '../testbed/cluster/install.ts';
import { REPOSITORY } from '../testbed/cluster/repository.ts';
import { waitFor } from '../testbed/cluster/wait.ts';

const FOLDER = join(REPOSITORY, 'deploy/dashboard');
const NAMESPACE = 'serin-system';
const USER = `system:serviceaccount:${NAMESPACE}:serin-dashboard`;

interface Pods {
  readonly items: readonly {
    readonly spec: { readonly containers: readonly { readonly args: readonly string[] }[] };
    readonly status: { readonly phase: string };
  }[];
}

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
  await installSerin(cluster.plane);
});
afterAll(() => cluster?.stop());

/** Of the newest Deployment, once they run. */
async function argsOfPods(wanted: string): Promise<readonly string[]> {
  const selector = '--selector=app.kubernetes.io/component=dashboard';
  const { items } = await waitFor(
    async () =>
      JSON.parse(await cluster.plane.mustKubectl(['get', 'pods', '-n', NAMESPACE, selector, '-o', 'json'])) as Pods,
    {
      what: `a pod with ${wanted} to run`,
      until: (pods) =>
        pods.items.length === 1 &&
        pods.items.every(({ spec, status }) => status.phase === 'Running' && spec.containers[0]?.args.includes(wanted)),
    },
  );
  return items[0]?.spec.containers[0]?.args ?? [];
}

async function may(verb: string, group: string, resource: string): Promise<boolean> {
  const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${NAMESPACE}`, 'system:authenticated'];
  const resourceAttributes = { verb, group, resource, namespace: NAMESPACE };
  const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview' };
  const answer = await cluster.plane
    .client()
    .create<{ status: { allowed: boolean } }>(path, { ...review, spec: { user: USER, groups, resourceAttributes } });
  return answer.status.allowed;
}

const ASKED = [
  ['list', 'argoproj.io', 'rollouts'],
  ['patch', 'argoproj.io', 'rollouts'],
  ['list', '', 'pods'],
  ['get', '', 'secrets'],
  ['impersonate', '', 'users'],
  ['impersonate', '', 'groups'],
  ['impersonate', '', 'serviceaccounts'],
] as const;

async function rights(): Promise<readonly string[]> {
  const answers = await Promise.all(ASKED.map(([verb, group, resource]) => may(verb, group, resource)));
  return ASKED.filter((_, index) => answers[index]).map(([verb, , resource]) => `${verb} ${resource}`);
}

test('people sign in with tokens, and the pod may do nothing by itself', async () => {
  await cluster.plane.mustKubectl(['apply', '-k', FOLDER]);
  expect(await argsOfPods('--sign-in=token')).toContain('--server=https://kubernetes.default.svc');
  expect(await rights()).toEqual([]);
});

test('behind a proxy and an Ingress it may ask as other people, and nothing else', async () => {
  const folder = await mkdtemp(join(cluster.plane.scratch, 'dashboard-'));
  const below = (path: string): string => relative(folder, join(FOLDER, path));
  const kustomization = {
    namespace: NAMESPACE,
    resources: [below('.')],
    components: [below('components/proxy'), below('components/ingress')],
  };
  await writeFile(join(folder, 'kustomization.yaml'), JSON.stringify(kustomization));
  const secret = ['create', 'secret', 'generic', 'serin-dashboard-proxy', '-n', NAMESPACE, '--from-literal=secret=x'];
  await cluster.plane.mustKubectl(secret);
  await cluster.plane.mustKubectl(['apply', '-k', folder]);
  expect(await argsOfPods('--sign-in=proxy')).toEqual([
    '--address=0.0.0.0',
    '--sign-in=proxy',
    '--proxy-secret-file=/etc/serin-proxy/secret',
    '--allowed-host=deploy.example.com',
  ]);
  expect(await rights()).toEqual(['impersonate users', 'impersonate groups']);
  const [path] = JSON.parse(
    await cluster.plane.mustKubectl([
      'get',
      'ingress',
      'serin-dashboard',
      '-n',
      NAMESPACE,
      '-o',
      'jsonpath={.spec.rules[0].http.paths}',
    ]),
  ) as readonly { readonly path: string }[];
  expect(path?.path).toBe('/rollouts');
});
