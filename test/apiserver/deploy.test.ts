/**
 * The manifests of deploy/ on a real API server: they install by one command, the controller's ServiceAccount may
 * do exactly what the controller does, and the roles of people follow the roles that Kubernetes gives them.
 * The controller itself does not run here.
 */
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { startCluster, type Cluster } from '../testbed/cluster/cluster.ts';
import { serviceAccount } from '../testbed/cluster/credentials.ts';
import { installSerin } from '../testbed/cluster/install.ts';
import { REPOSITORY } from '../testbed/cluster/repository.ts';
import { waitFor } from '../testbed/cluster/wait.ts';

const OWN_NAMESPACE = 'serin-system';
const TEAM = 'team-a';
const ELSEWHERE = 'team-b';

/** A right as one line: `<verb> <resource>[.<group>][/<subresource>]`. */
type Right = string;

interface Identity {
  readonly username: string;
  readonly groups: readonly string[];
}

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({
    users: [
      { name: 'team-admin', groups: ['team-admins'] },
      { name: 'team-viewer', groups: ['team-viewers'] },
    ],
  });
  const { plane } = cluster;
  for (const namespace of [TEAM, ELSEWHERE]) await plane.mustKubectl(['create', 'namespace', namespace]);
  for (const role of ['view', 'edit', 'admin']) {
    await plane.mustKubectl([
      'create',
      'rolebinding',
      `team-${role}`,
      `--clusterrole=${role}`,
      `--group=team-${role}s`,
      `--namespace=${TEAM}`,
    ]);
  }
  await installSerin(plane);
});
afterAll(() => cluster?.stop());

async function isAllowed(who: Identity, right: Right, namespace: string): Promise<boolean> {
  const [verb = '', target = ''] = right.split(' ');
  const [qualified = '', subresource = ''] = target.split('/');
  const dot = qualified.indexOf('.');
  const [resource, group] = dot < 0 ? [qualified, ''] : [qualified.slice(0, dot), qualified.slice(dot + 1)];
  const review = await cluster.plane
    .client()
    .create<{ status: { allowed: boolean } }>('/apis/authorization.k8s.io/v1/subjectaccessreviews', {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      spec: {
        user: who.username,
        groups: [...who.groups, 'system:authenticated'],
        resourceAttributes: { verb, resource, group, subresource, namespace },
      },
    });
  return review.status.allowed;
}

async function allowedOf(who: Identity, rights: readonly Right[], namespace: string): Promise<Right[]> {
  const answers = await Promise.all(rights.map((right) => isAllowed(who, right, namespace)));
  return rights.filter((_, index) => answers[index]);
}

function rights(resource: string, verbs: string): Right[] {
  return verbs.split(' ').map((verb) => `${verb} ${resource}`);
}

/** All that the controller does to the objects of users: src/core writes, src/controllers watches. */
const CONTROLLER_RIGHTS: readonly Right[] = [
  ...rights('rollouts.argoproj.io', 'get list watch patch'),
  ...rights('rollouts.argoproj.io/status', 'patch'),
  ...rights('rollouts.argoproj.io/finalizers', 'update'),
  ...rights('analysisruns.argoproj.io', 'get list watch create patch delete'),
  ...rights('analysistemplates.argoproj.io', 'get list watch'),
  ...rights('experiments.argoproj.io', 'get list watch create patch delete'),
  ...rights('experiments.argoproj.io/finalizers', 'update'),
  ...rights('replicasets.apps', 'get list watch create patch delete'),
  ...rights('deployments.apps', 'get list watch'),
  ...rights('deployments.apps/scale', 'patch'),
  ...rights('podtemplates', 'get list watch'),
  ...rights('pods', 'list watch patch'),
  ...rights('pods/eviction', 'create'),
  ...rights('services', 'list watch patch'),
  ...rights('endpointslices.discovery.k8s.io', 'list watch'),
  ...rights('ingresses.networking.k8s.io', 'list watch create patch delete'),
  ...rights('events', 'create patch'),
];

/** Of what belongs to no namespace. */
const CLUSTER_RIGHTS: readonly Right[] = [
  ...rights('ingressclasses.networking.k8s.io', 'list watch'),
  ...rights('clusteranalysistemplates.argoproj.io', 'get list watch'),
];

/** What it never needs, and what would hurt most in wrong hands. */
const FOREIGN_RIGHTS: readonly Right[] = [
  ...rights('secrets', 'get list watch create update patch delete'),
  ...rights('configmaps', 'get list create patch'),
  ...rights('pods', 'get create update delete'),
  ...rights('pods/exec', 'create'),
  ...rights('services', 'get create update delete'),
  ...rights('ingresses.networking.k8s.io', 'get update'),
  ...rights('replicasets.apps', 'update deletecollection'),
  ...rights('deployments.apps', 'create update patch delete'),
  ...rights('deployments.apps/scale', 'update'),
  ...rights('jobs.batch', 'get list watch create update patch delete'),
  ...rights('analysisruns.argoproj.io', 'update deletecollection'),
  ...rights('analysisruns.argoproj.io/finalizers', 'update'),
  ...rights('analysistemplates.argoproj.io', 'create update patch delete'),
  ...rights('rollouts.argoproj.io', 'create update delete deletecollection'),
  ...rights('rollouts.argoproj.io/status', 'update'),
  ...rights('serviceaccounts/token', 'create'),
  ...rights('roles.rbac.authorization.k8s.io', 'create update bind escalate'),
];

const LEASE_RIGHTS = rights('leases.coordination.k8s.io', 'get create patch');

describe('kubectl apply -k deploy', () => {
  test('a second time changes nothing', async () => {
    const printed = await cluster.plane.mustKubectl(['apply', '-k', join(REPOSITORY, 'deploy')]);
    const lines = printed.trim().split('\n');
    expect(lines.length).toBeGreaterThan(15);
    expect(lines.filter((line) => !line.endsWith(' unchanged'))).toEqual([]);
  });

  test('server-side apply accepts the same manifests', async () => {
    const printed = await cluster.plane.mustKubectl([
      'apply',
      '--server-side',
      '--dry-run=server',
      '--field-manager=gitops',
      '-k',
      join(REPOSITORY, 'deploy'),
    ]);
    expect(printed).toContain('deployment.apps/serin serverside-applied');
  });

  test('the pod is let in by the restricted profile, runs, and is found by the metrics Service', async () => {
    const { plane } = cluster;
    await plane.mustKubectl(['wait', 'deployment/serin', '-n', OWN_NAMESPACE, '--for=condition=Available']);
    const slices = await waitFor(
      () =>
        plane
          .client()
          .get<{ items: { ports: { port: number }[]; endpoints: { conditions: { ready: boolean } }[] }[] }>(
            `/apis/discovery.k8s.io/v1/namespaces/${OWN_NAMESPACE}/endpointslices?labelSelector=kubernetes.io/service-name=serin-metrics`,
          ),
      {
        what: 'a ready endpoint of serin-metrics',
        until: ({ items }) => items.some(({ endpoints }) => endpoints.some(({ conditions }) => conditions.ready)),
      },
    );
    expect(slices.items.flatMap(({ ports }) => ports.map(({ port }) => port))).toEqual([8090]);
  });

  test('the controller may do what it does in every namespace, and nothing more', async () => {
    const controller = serviceAccount(OWN_NAMESPACE, 'serin');
    const asked = [...CONTROLLER_RIGHTS, ...FOREIGN_RIGHTS];
    for (const namespace of [TEAM, OWN_NAMESPACE]) {
      expect(await allowedOf(controller, asked, namespace)).toEqual(CONTROLLER_RIGHTS);
    }
    expect(await allowedOf(controller, CLUSTER_RIGHTS, '')).toEqual(CLUSTER_RIGHTS);
  });

  test('the controller holds a Lease in its own namespace only', async () => {
    const controller = serviceAccount(OWN_NAMESPACE, 'serin');
    expect(await allowedOf(controller, LEASE_RIGHTS, OWN_NAMESPACE)).toEqual(LEASE_RIGHTS);
    expect(await allowedOf(controller, LEASE_RIGHTS, TEAM)).toEqual([]);
  });
});

describe('roles of people', () => {
  const READ = [
    ...['rollouts', 'analysisruns', 'analysistemplates', 'experiments'].flatMap((resource) =>
      rights(`${resource}.argoproj.io`, 'get list watch'),
    ),
    ...rights('podtemplates', 'get list watch'),
  ];
  const WRITE = [
    ...['rollouts', 'analysisruns', 'analysistemplates', 'experiments'].flatMap((resource) =>
      rights(`${resource}.argoproj.io`, 'create update patch delete deletecollection'),
    ),
    ...rights('rollouts.argoproj.io/scale', 'update patch'),
    ...rights('rollouts.argoproj.io/status', 'patch'),
  ];
  const ADMINISTER = [
    ...rights('rollouts.argoproj.io/status', 'update'),
    ...rights('rollouts.argoproj.io/finalizers', 'update'),
    ...rights('experiments.argoproj.io/finalizers', 'update'),
  ];

  test.each([
    { role: 'view', may: READ },
    { role: 'edit', may: [...READ, ...WRITE] },
    { role: 'admin', may: [...READ, ...WRITE, ...ADMINISTER] },
  ])('$role', async ({ role, may }) => {
    const person = { username: 'somebody', groups: [`team-${role}s`] };
    await waitFor(() => allowedOf(person, [...READ, ...WRITE, ...ADMINISTER], TEAM), {
      what: `the rights of ${role} to be taken in`,
      until: (allowed) => allowed.join() === may.join(),
    });
    expect(await allowedOf(person, [...READ, ...WRITE, ...ADMINISTER], ELSEWHERE)).toEqual([]);
  });
});

describe('kubectl apply -k deploy/namespaced', () => {
  const folder = join(REPOSITORY, 'deploy', 'namespaced');

  test('has the rules of the cluster-wide variant, but for what belongs to no namespace', async () => {
    const rulesIn = async (path: string) =>
      (parse(await readFile(join(REPOSITORY, path), 'utf8')) as { rules: { resources: string[] }[] }).rules;
    const everywhere = await rulesIn('deploy/cluster-role.yaml');
    const clusterWide = new Set(['ingressclasses', 'clusteranalysistemplates']);
    const namespaced = everywhere.filter(({ resources }) => !resources.some((one) => clusterWide.has(one)));
    expect(await rulesIn('deploy/namespaced/role.yaml')).toEqual(namespaced);
    for (const component of ['gateway-api', 'istio', 'traefik']) {
      const folder = `deploy/components/${component}`;
      const [ofObjects, ...clusterScoped] = await rulesIn(`${folder}/cluster-role.yaml`);
      expect(await rulesIn(`${folder}/namespaced/role.yaml`)).toEqual([ofObjects]);
      // A class is of no namespace, and a Gateway means nothing without its class.
      const further = component === 'gateway-api' ? [['gateways', 'gatewayclasses']] : [];
      expect(clusterScoped.map(({ resources }) => resources)).toEqual(further);
    }
  });

  test('the administrator of a namespace installs it, and the controller reaches no other namespace', async () => {
    const { plane } = cluster;
    await plane.mustKubectl(['apply', '-k', folder, '--namespace', TEAM], { user: 'team-admin' });
    await plane.mustKubectl(['wait', 'deployment/serin', '-n', TEAM, '--for=condition=Available']);
    const args = await plane.mustKubectl([
      'get',
      'deployment',
      'serin',
      '-n',
      TEAM,
      '-o',
      'jsonpath={.spec.template.spec.containers[0].args}',
    ]);
    expect(JSON.parse(args)).toEqual(['--leader-elect', '--namespaced', '--namespace=$(POD_NAMESPACE)']);

    const controller = serviceAccount(TEAM, 'serin');
    const needed = [...CONTROLLER_RIGHTS, ...LEASE_RIGHTS];
    const asked = [...needed, ...FOREIGN_RIGHTS, ...CLUSTER_RIGHTS];
    expect(await allowedOf(controller, asked, TEAM)).toEqual(needed);
    expect(await allowedOf(controller, asked, ELSEWHERE)).toEqual([]);
    expect(await allowedOf(controller, asked, '')).toEqual([]);
  });
});

describe('a component grants in the namespaces that it is named for', () => {
  const PODS_OF_JOBS = rights('pods', 'list watch');
  test.each([
    { component: 'analysis-secrets', grants: rights('secrets', 'get') },
    { component: 'experiments', grants: rights('services', 'create delete') },
    {
      component: 'analysis-jobs',
      grants: [
        ...rights('jobs.batch', 'get list watch create delete'),
        ...rights('analysisruns.argoproj.io/finalizers', 'update'),
      ],
    },
  ])('$component', async ({ component, grants }) => {
    const { plane } = cluster;
    const controller = serviceAccount(OWN_NAMESPACE, 'serin');
    const asked = [...CONTROLLER_RIGHTS, ...FOREIGN_RIGHTS];
    const before = await allowedOf(controller, asked, TEAM);
    const folder = await mkdtemp(join(plane.scratch, 'overlay-'));
    const path = relative(folder, join(REPOSITORY, 'deploy', 'components', component));
    await writeFile(join(folder, 'kustomization.yaml'), `namespace: ${TEAM}\ncomponents: [${path}]\n`);
    await plane.mustKubectl(['apply', '-k', folder]);
    await waitFor(() => allowedOf(controller, grants, TEAM), {
      what: `the rights of ${component} to be taken in`,
      until: (allowed) => allowed.length === grants.length,
    });
    const gained = (await allowedOf(controller, asked, TEAM)).filter((right) => !before.includes(right));
    expect(gained).toEqual(expect.arrayContaining(grants));
    expect(gained).toHaveLength(grants.length);
    expect(await allowedOf(controller, [...grants, ...PODS_OF_JOBS], ELSEWHERE)).toEqual(PODS_OF_JOBS);
  });

  const ROUTES = ['httproutes.gateway.networking.k8s.io', 'grpcroutes.gateway.networking.k8s.io'];
  const GATEWAYS = ['gateways', 'gatewayclasses'].flatMap((plural) =>
    rights(`${plural}.gateway.networking.k8s.io`, 'list watch'),
  );
  const ISTIO = ['virtualservices.networking.istio.io', 'destinationrules.networking.istio.io'];
  const TRAEFIK = ['traefikservices.traefik.io'];
  const SHARED = [
    { component: 'gateway-api', kinds: ROUTES, beside: GATEWAYS },
    { component: 'istio', kinds: ISTIO, beside: [] },
    { component: 'traefik', kinds: TRAEFIK, beside: [] },
  ].map(({ component, kinds, beside }) => {
    const ofObjects = kinds.flatMap((kind) => rights(kind, 'list watch patch'));
    return { component, ofObjects, everywhere: [...ofObjects, ...beside] };
  });
  test.each([
    ...SHARED.map(({ component, ofObjects, everywhere }) => {
      return { component: `${component}/namespaced`, grants: ofObjects, asked: everywhere, isNamespaced: true };
    }),
    // The last ones: they grant the same in every namespace.
    ...SHARED.map(({ component, everywhere }) => {
      return { component, grants: everywhere, asked: everywhere, isNamespaced: false };
    }),
  ])('$component', async ({ component, grants, asked, isNamespaced }) => {
    const { plane } = cluster;
    // The bindings of the namespaced component are of its own namespace's controller.
    const controller = serviceAccount(isNamespaced ? TEAM : OWN_NAMESPACE, 'serin');
    expect(await allowedOf(controller, asked, TEAM)).toEqual([]);
    const folder = await mkdtemp(join(plane.scratch, 'overlay-'));
    const path = relative(folder, join(REPOSITORY, 'deploy', 'components', component));
    const namespace = isNamespaced ? `namespace: ${TEAM}\n` : '';
    await writeFile(join(folder, 'kustomization.yaml'), `${namespace}components: [${path}]\n`);
    await plane.mustKubectl(['apply', '-k', folder]);
    await waitFor(() => allowedOf(controller, grants, TEAM), {
      what: `the rights of ${component} to be taken in`,
      until: (allowed) => allowed.length === grants.length,
    });
    expect(await allowedOf(controller, asked, TEAM)).toEqual(grants);
    expect(await allowedOf(controller, asked, ELSEWHERE)).toEqual(isNamespaced ? [] : grants);
  });
});
