/** Deployments as Rollouts, and the sets that documents make. */
import { describe, expect, test } from 'vitest';
import { commentsOf, converted, objectOf, problemsOf, refusalsOf } from './converted.ts';
import { DEPLOYMENT, INGRESS, KRUISE_BETA, SERVICE, together } from './samples.ts';

const SCALED_OBJECT = `
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: { name: web, namespace: shop }
spec: { scaleTargetRef: { name: web }, maxReplicaCount: 9 }
`;

describe('a Deployment alone', () => {
  const objects = together(DEPLOYMENT);

  test('is replaced as it was, by a reference to it', () => {
    const conversion = converted(objects);
    expect(problemsOf(conversion, objects)).toEqual([]);
    expect(objectOf(conversion, 'Rollout')).toEqual({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Rollout',
      metadata: { name: 'web', namespace: 'shop', labels: { team: 'a' } },
      spec: {
        replicas: 4,
        workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', scaleDown: 'onsuccess' },
        minReadySeconds: 3,
        revisionHistoryLimit: 7,
        progressDeadlineSeconds: 500,
        strategy: { canary: { maxSurge: 1, maxUnavailable: '25%' } },
      },
    });
    expect(commentsOf(conversion)).toEqual([
      expect.stringMatching(/^DECIDE: Rollout web spec\.strategy: Without steps/),
    ]);
  });

  test('gives the Rollout its template when asked', () => {
    const conversion = converted(objects, { copyTemplate: true });
    expect(problemsOf(conversion, objects)).toEqual([]);
    const { selector, template } = objects[0]?.spec ?? {};
    expect(objectOf(conversion, 'Rollout')['spec']).toMatchObject({ selector, template });
    expect(objectOf(conversion, 'Rollout')['spec']).not.toHaveProperty('workloadRef');
  });
});

test('behind a Service and an Ingress it is a canary, with steps to decide', () => {
  const objects = together(DEPLOYMENT, SERVICE, INGRESS);
  const conversion = converted(objects);
  expect(problemsOf(conversion, objects)).toEqual([]);
  expect(objectOf(conversion, 'Rollout')['spec']).toMatchObject({
    strategy: {
      canary: {
        stableService: 'web',
        canaryService: 'web-canary',
        trafficRouting: { nginx: { stableIngress: 'web' } },
        steps: [{ setWeight: 20 }, { pause: {} }, { setWeight: 60 }, { pause: {} }],
      },
    },
  });
  expect(conversion.unused).toEqual([]);
});

test.each([
  { what: 'selects other pods', others: [SERVICE.replace('app: web }, ports', 'app: other }, ports'), INGRESS] },
  { what: 'is in another namespace', others: [SERVICE.replace('shop', 'other'), INGRESS] },
  { what: 'has no Ingress', others: [SERVICE] },
])('a Service that $what is not taken', ({ others }) => {
  const conversion = converted(together(DEPLOYMENT, ...others));
  expect(objectOf(conversion, 'Rollout')['spec']).toMatchObject({ strategy: { canary: { maxSurge: 1 } } });
  expect(JSON.stringify(conversion.sheets)).not.toContain('stableService');
  expect(conversion.unused).toContain('Service web');
});

test('the canary Service has nothing that belongs to one Service alone', () => {
  const service = SERVICE.replace(
    'spec: {',
    'spec: { type: LoadBalancer, clusterIP: 10.0.0.7, externalTrafficPolicy: Local, loadBalancerIP: 10.1.1.1, ',
  )
    .replace('targetPort: http', 'targetPort: http, nodePort: 30001')
    .replace('labels:', 'annotations: { external-dns: a }, labels:');
  const conversion = converted(together(KRUISE_BETA, DEPLOYMENT, service, INGRESS));
  expect(objectOf(conversion, 'Service')).toEqual({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web-canary', namespace: 'shop', labels: { app: 'web' } },
    spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
  });
  expect(commentsOf(conversion)).toContain(
    'Service web-canary: The annotations are not copied: they may claim names or addresses.',
  );
});

test('a canary Service that is there is used as it is', () => {
  const own = SERVICE.replace('name: web,', 'name: web-canary,');
  const conversion = converted(together(KRUISE_BETA, DEPLOYMENT, SERVICE, own, INGRESS));
  expect(conversion.sheets.map(({ object }) => object.kind)).toEqual(['Rollout']);
  expect(conversion.unused).toEqual([]);
});

test('autoscalers of the Deployment are pointed at the Rollout', () => {
  const conversion = converted(together(DEPLOYMENT, SCALED_OBJECT));
  expect(objectOf(conversion, 'ScaledObject')).toEqual({
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'ScaledObject',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { scaleTargetRef: { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'web' }, maxReplicaCount: 9 },
  });
});

test('a Deployment that another source names makes no Rollout of its own', () => {
  const conversion = converted(together(DEPLOYMENT, KRUISE_BETA, SERVICE, INGRESS));
  expect(conversion.sheets.filter(({ object }) => object.kind === 'Rollout')).toHaveLength(1);
});

test.each([
  { what: 'Recreate', text: DEPLOYMENT.replace('RollingUpdate', 'Recreate'), path: 'spec.strategy.type' },
  { what: 'a deadline that is too short', text: DEPLOYMENT.replace('500', '2'), path: '' },
])('$what is refused', ({ text, path }) => {
  expect(converted(together(text)).refusals.map((one) => one.path)).toEqual([path]);
});

test('--copy-template needs the Deployment', () => {
  expect(refusalsOf(converted(together(KRUISE_BETA), { copyTemplate: true }))).toEqual([
    'Rollout web : --copy-template needs the Deployment web, which is not among the documents',
  ]);
});

test('what nothing is made of is named', () => {
  const other = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings }\n';
  expect(converted(together(DEPLOYMENT, other)).unused).toEqual(['ConfigMap settings']);
});
