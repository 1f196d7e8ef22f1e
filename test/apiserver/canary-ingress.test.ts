/** The canary Ingress through the life of its Rollout: what it takes from the stable one, what it keeps, and when it goes (spec 8.6, field/pains 5 to 23). */
import { describe, expect } from 'vitest';
import type { NginxTrafficRouting } from '../../src/api/schema/traffic-routing.ts';
import type { CanaryStep } from '../../src/api/schema/steps.ts';
import { waitFor } from '../testbed/cluster/wait.ts';
import { abort, patchSpec, promote, retry } from './commands.ts';
import { basicRollout, ingress, path, routedRollout, routing, service, type RolloutManifest } from './manifests.ts';
import { test, type Session } from './session.ts';

const PREFIX = 'nginx.ingress.kubernetes.io';
const CANARY = 'web-web-canary';
const STEPS: readonly CanaryStep[] = [{ setWeight: 30 }, { pause: {} }];

function manifest(image: string, nginx: NginxTrafficRouting = {}, steps = STEPS): RolloutManifest {
  return routedRollout({ image, canary: { steps, trafficRouting: { nginx: { stableIngress: 'web', ...nginx } } } });
}

/** web:2 waits at weight 30. */
async function paused(session: Session, nginx: NginxTrafficRouting = {}): Promise<void> {
  await session.apply(manifest('web:1', nginx));
  await session.until('web', { phase: 'Healthy' });
  await session.apply(manifest('web:2', nginx));
  await session.until('web', { phase: 'Paused', index: 1, weight: 30 });
}

async function annotations(session: Session, name = CANARY): Promise<Readonly<Record<string, string>>> {
  return (await session.get('ingresses', name)).metadata.annotations ?? {};
}

function annotationsBecome(session: Session, wanted: Readonly<Record<string, string>>): Promise<unknown> {
  return waitFor(() => annotations(session), {
    what: `the canary Ingress to carry exactly ${JSON.stringify(wanted)}`,
    until: (present) => JSON.stringify(sorted(present)) === JSON.stringify(sorted(wanted)),
  });
}

function sorted(map: Readonly<Record<string, string>>): object {
  return Object.fromEntries(Object.entries(map).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

describe('what it takes from the stable Ingress', () => {
  test('only the paths of the stable Service, class and TLS, and nothing else', async ({ session }) => {
    const tls = [{ hosts: ['a.example.com'], secretName: 'tls' }];
    const stable = {
      ...ingress('web', {
        tls,
        rules: [
          { host: 'a.example.com', http: { paths: [path('/', 'web'), path('/api', 'api')] } },
          { host: 'b.example.com', http: { paths: [path('/', 'api')] } },
          { host: 'no-http.example.com' },
          {
            host: 'bucket.example.com',
            http: {
              paths: [
                {
                  path: '/',
                  pathType: 'Prefix',
                  backend: { resource: { apiGroup: 'x.io', kind: 'Bucket', name: 'b' } },
                },
              ],
            },
          },
        ],
      }),
      metadata: {
        name: 'web',
        labels: { team: 'a' },
        annotations: { 'cert-manager.io/issuer': 'x', [`${PREFIX}/proxy-body-size`]: '1m' },
      },
    };
    await session.apply(service('web', 'web'), service('web-canary', 'web'), stable, manifest('web:1'));
    await session.until('web', { phase: 'Healthy', weight: 0 });
    const { metadata, spec } = await session.get('ingresses', CANARY);
    expect(spec).toEqual({
      ingressClassName: 'nginx',
      tls,
      rules: [{ host: 'a.example.com', http: { paths: [path('/', 'web-canary')] } }],
    });
    expect(metadata.labels).toBeUndefined();
    expect(metadata.annotations).toEqual({ [`${PREFIX}/canary`]: 'true', [`${PREFIX}/canary-weight`]: '0' });
    const { uid } = (await session.get('rollouts', 'web')).metadata;
    expect(metadata.ownerReferences).toEqual([
      expect.objectContaining({ kind: 'Rollout', name: 'web', uid, controller: true }),
    ]);
  });

  test('an edit of the stable Ingress in the middle of a rollout is carried over', async ({ session }) => {
    await session.apply(...routing());
    await paused(session);
    const rules = [
      { host: 'web.example.com', http: { paths: [path('/', 'web')] } },
      { host: 'new.example.com', http: { paths: [path('/shop', 'web')] } },
    ];
    const tls = [{ hosts: ['new.example.com'], secretName: 'new' }];
    await session.apply(ingress('web', { rules, tls }));
    await waitFor(() => session.get('ingresses', CANARY), {
      what: 'the canary Ingress to follow',
      until: ({ spec }) => spec?.rules?.length === 2,
    });
    const { spec } = await session.get('ingresses', CANARY);
    expect(spec).toMatchObject({
      tls,
      rules: [rules[0]?.host, rules[1]?.host].map((host) => ({ host })),
    });
    expect(await session.look('web')).toMatchObject({ phase: 'Paused', index: 1, weight: 30 });
  });

  test('several stable Ingresses have a canary each, with the same weight', async ({ session }) => {
    await session.apply(...routing(), ingress('intern', {}, 'web'));
    await session.apply(
      routedRollout({ canary: { steps: STEPS, trafficRouting: { nginx: { stableIngresses: ['web', 'intern'] } } } }),
    );
    await session.until('web', { phase: 'Healthy' });
    await session.apply(
      routedRollout({
        image: 'web:2',
        canary: { steps: STEPS, trafficRouting: { nginx: { stableIngresses: ['web', 'intern'] } } },
      }),
    );
    await session.until('web', { phase: 'Paused', index: 1 });
    for (const name of ['web-web-canary', 'web-intern-canary']) {
      expect((await annotations(session, name))[`${PREFIX}/canary-weight`]).toBe('30');
    }
  });
});

describe('annotations', () => {
  test('those that the Rollout no longer asks for go, those of others stay', async ({ session }) => {
    await session.apply(...routing());
    await paused(session, {
      additionalIngressAnnotations: { 'canary-by-header': 'X-Canary', 'canary-by-header-value': 'yes' },
      canaryIngressAnnotations: { 'example.com/mine': '1' },
    });
    await session.kubectl('annotate', 'ingress', CANARY, 'example.com/foreign=kept');
    await session.kubectl('label', 'ingress', CANARY, 'team=foreign');
    await annotationsBecome(session, {
      [`${PREFIX}/canary`]: 'true',
      [`${PREFIX}/canary-weight`]: '30',
      [`${PREFIX}/canary-by-header`]: 'X-Canary',
      [`${PREFIX}/canary-by-header-value`]: 'yes',
      'example.com/mine': '1',
      'example.com/foreign': 'kept',
    });
    await session.apply(manifest('web:2', { additionalIngressAnnotations: { 'canary-by-cookie': 'tester' } }));
    await annotationsBecome(session, {
      [`${PREFIX}/canary`]: 'true',
      [`${PREFIX}/canary-weight`]: '30',
      [`${PREFIX}/canary-by-cookie`]: 'tester',
      'example.com/foreign': 'kept',
    });
    expect((await session.get('ingresses', CANARY)).metadata.labels).toEqual({ team: 'foreign' });
    expect(await session.look('web')).toMatchObject({ phase: 'Paused', index: 1 });
  });

  test('a weight that somebody edits is put right', async ({ session }) => {
    await session.apply(...routing());
    await paused(session);
    await session.kubectl('annotate', '--overwrite', 'ingress', CANARY, `${PREFIX}/canary-weight=99`);
    await session.until('web', { weight: 30 });
  });

  test('a prefix of its own and a larger total', async ({ session }) => {
    const trafficRouting = {
      maxTrafficWeight: 1000,
      nginx: {
        stableIngress: 'web',
        annotationPrefix: 'custom.io',
        additionalIngressAnnotations: { 'canary-by-header': 'X' },
      },
    };
    const thousandths = (image: string) =>
      routedRollout({ replicas: 2, image, canary: { steps: [{ setWeight: 5 }, { pause: {} }], trafficRouting } });
    await session.apply(...routing(), thousandths('web:1'));
    await session.until('web', { phase: 'Healthy' });
    await session.apply(thousandths('web:2'));
    await session.until('web', { phase: 'Paused', index: 1, weight: 5, canary: 1 });
    expect(await annotations(session)).toEqual({
      'custom.io/canary': 'true',
      'custom.io/canary-weight': '5',
      'custom.io/canary-weight-total': '1000',
      'custom.io/canary-by-header': 'X',
    });
  });
});

test('TLS that somebody adds by hand is put right, and the rollout goes on', async ({ session }) => {
  const canary = { steps: [{ setWeight: 50 }, { pause: {} }], scaleDownDelaySeconds: 1 };
  await session.apply(...routing(), routedRollout({ canary }));
  await session.until('web', { phase: 'Healthy', weight: 0 });
  await session.apply(routedRollout({ image: 'web:2', canary }));
  await session.until('web', { phase: 'Paused', index: 1, weight: 50 });
  const tls = [{ hosts: ['web.example.com'], secretName: 'by-hand' }];
  await session.kubectl('patch', 'ingress', CANARY, '--type=merge', '-p', JSON.stringify({ spec: { tls } }));
  await waitFor(() => session.get('ingresses', CANARY), {
    what: 'the TLS to go that the stable Ingress does not have',
    until: ({ spec }) => spec?.tls === undefined,
  });
  await session.settled();
  await promote(session, 'web');
  await session.until('web', { phase: 'Healthy', stableImage: 'web:2', weight: 0 });
});

describe('setHeaderRoute', () => {
  const managed = { managedRoutes: [{ name: 'testers' }], nginx: { stableIngress: 'web' } };
  const headerRoute = (headerValue?: object): CanaryStep => ({
    setHeaderRoute: {
      name: 'testers',
      ...(headerValue === undefined ? {} : { match: [{ headerName: 'X-Tester', headerValue }] }),
    },
  });
  const stepped = (image: string, steps: readonly CanaryStep[]) =>
    routedRollout({ image, canary: { steps, trafficRouting: managed } });
  const rule = (weight: number, keys: Readonly<Record<string, string>> = {}) => ({
    [`${PREFIX}/canary`]: 'true',
    [`${PREFIX}/canary-weight`]: String(weight),
    ...Object.fromEntries(Object.entries(keys).map(([key, value]) => [`${PREFIX}/${key}`, value])),
  });

  test('exact, regex and prefix in turn, with a weight and alone, until an empty match takes it away', async ({
    session,
  }) => {
    const steps: readonly CanaryStep[] = [
      { setCanaryScale: { replicas: 1 } },
      headerRoute({ exact: 'yes' }),
      { pause: {} },
      { setWeight: 10 },
      { pause: {} },
      headerRoute({ regex: '^(a|b)$' }),
      { pause: {} },
      headerRoute({ prefix: 'v1.' }),
      { pause: {} },
      headerRoute(),
      { pause: {} },
    ];
    await session.apply(...routing(), stepped('web:1', steps));
    await session.until('web', { phase: 'Healthy' });
    await session.apply(stepped('web:2', steps));
    for (const { index, wanted } of [
      { index: 2, wanted: rule(0, { 'canary-by-header': 'X-Tester', 'canary-by-header-value': 'yes' }) },
      { index: 4, wanted: rule(10, { 'canary-by-header': 'X-Tester', 'canary-by-header-value': 'yes' }) },
      { index: 6, wanted: rule(10, { 'canary-by-header': 'X-Tester', 'canary-by-header-pattern': '^(a|b)$' }) },
      { index: 8, wanted: rule(10, { 'canary-by-header': 'X-Tester', 'canary-by-header-pattern': '^v1\\.' }) },
      { index: 10, wanted: rule(10) },
    ]) {
      await session.until('web', { phase: 'Paused', index });
      expect(await annotations(session)).toEqual(wanted);
      await promote(session, 'web');
    }
    await session.until('web', { phase: 'Healthy', stableImage: 'web:2', weight: 0 });
  });

  test('an abort and the end switch it off', async ({ session }) => {
    const steps = [{ setWeight: 10 }, headerRoute({ exact: 'yes' }), { pause: {} }];
    await session.apply(...routing(), stepped('web:1', steps));
    await session.until('web', { phase: 'Healthy' });
    await session.apply(stepped('web:2', steps));
    await session.until('web', { phase: 'Paused', index: 2 });
    await abort(session, 'web');
    await annotationsBecome(session, rule(0));
    await session.until('web', { phase: 'Degraded', canaryService: 'web:1' });
    await retry(session, 'web');
    await annotationsBecome(session, rule(10, { 'canary-by-header': 'X-Tester', 'canary-by-header-value': 'yes' }));
    await session.until('web', { phase: 'Paused', index: 2 });
    await promote(session, 'web');
    await session.until('web', { phase: 'Healthy', stableImage: 'web:2' });
    await annotationsBecome(session, rule(0));
  });
});

test('header-only: one canary pod, weight 0, reached by header and cookie alone', async ({ session }) => {
  await session.applyExamples('header-only.yaml');
  await session.until('user-profile', { phase: 'Healthy', weight: 0 });
  await patchSpec(session, 'user-profile', {
    template: {
      spec: {
        containers: [
          {
            name: 'user-profile',
            image: 'argoproj/rollouts-demo:green',
            ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
          },
        ],
      },
    },
  });
  const green = 'argoproj/rollouts-demo:green';
  await session.until('user-profile', {
    phase: 'Paused',
    index: 1,
    canary: 1,
    stable: 2,
    weight: 0,
    canaryService: green,
  });
  expect(await annotations(session, 'user-profile-user-profile-ingress-canary')).toEqual({
    [`${PREFIX}/canary`]: 'true',
    [`${PREFIX}/canary-weight`]: '0',
    [`${PREFIX}/canary-by-header`]: 'X-Canary',
    [`${PREFIX}/canary-by-header-value`]: 'iwantsit',
    [`${PREFIX}/canary-by-cookie`]: 'Canary',
  });
  await promote(session, 'user-profile');
  await session.until('user-profile', { phase: 'Healthy', stableService: green, canary: 2, weight: 0 });
});

describe('when it goes', () => {
  const gone = (session: Session, name: string) =>
    waitFor(async () => !(await session.list('ingresses')).some(({ metadata }) => metadata.name === name), {
      what: `Ingress ${name} to be deleted`,
    });

  test('the router is removed from the spec', async ({ session }) => {
    await session.apply(...routing());
    await paused(session);
    await session.apply(
      basicRollout({ image: 'web:2', canary: { steps: STEPS, stableService: 'web', canaryService: 'web-canary' } }),
    );
    await gone(session, CANARY);
    await waitFor(() => session.get('rollouts', 'web'), {
      what: 'the weights to leave the status',
      until: ({ status }) => status?.canary?.weights === undefined,
    });
    expect((await session.list('ingresses')).map(({ metadata }) => metadata.name)).toEqual(['web']);
  });

  test('the stable Ingress is renamed', async ({ session }) => {
    await session.apply(...routing());
    await paused(session);
    await session.apply(ingress('front', {}, 'web'), manifest('web:2', { stableIngress: 'front' }));
    await gone(session, CANARY);
    await waitFor(async () => (await annotations(session, 'web-front-canary'))[`${PREFIX}/canary-weight`] === '30', {
      what: 'the weight on the new canary Ingress',
    });
  });

  test('somebody deletes it: it comes back with its weight', async ({ session }) => {
    await session.apply(...routing());
    await paused(session);
    const { uid } = (await session.get('ingresses', CANARY)).metadata;
    await session.kubectl('delete', 'ingress', CANARY);
    await session.until('web', { weight: 30, phase: 'Paused' });
    expect((await session.get('ingresses', CANARY)).metadata.uid).not.toBe(uid);
  });
});

describe('an Ingress of somebody else', () => {
  const blocked = (session: Session) =>
    waitFor(
      async () => (await session.get('rollouts', 'web')).status?.conditions?.find(({ type }) => type === 'Blocked'),
      { what: 'the Blocked condition' },
    );

  test('that is a canary for the same host and path blocks with a reason, and the rollout goes on without it', async ({
    session,
  }) => {
    const foreign = {
      ...ingress('rival', { rules: [{ host: 'web.example.com', http: { paths: [path('/', 'rival')] } }] }),
      metadata: { name: 'rival', annotations: { [`${PREFIX}/canary`]: 'true', [`${PREFIX}/canary-weight`]: '5' } },
    };
    await session.apply(...routing(), manifest('web:1'));
    await session.until('web', { phase: 'Healthy' });
    await session.apply(foreign, manifest('web:2'));
    const message = `Ingress ${session.namespace}/rival is already a canary for web.example.com/, and a proxy uses only one; delete it to go on`;
    expect(await blocked(session)).toMatchObject({ reason: 'CanaryIngressForeign', message });
    expect(await session.waitForEvent('web', 'RolloutBlocked')).toMatchObject({ type: 'Warning', message });
    await session.settled();
    expect(await session.look('web')).toMatchObject({ index: 0, weight: 0 });
    await session.kubectl('delete', 'ingress', 'rival');
    await session.until('web', { phase: 'Paused', index: 1, weight: 30 });
  });

  test('that has the name of the canary Ingress is left alone', async ({ session }) => {
    await session.apply(...routing(), ingress(CANARY, {}, 'other'), manifest('web:1'));
    expect(await blocked(session)).toMatchObject({
      reason: 'CanaryIngressForeign',
      message: `Ingress ${session.namespace}/${CANARY} belongs to another owner, delete or rename it to go on`,
    });
    expect((await session.get('ingresses', CANARY)).spec?.rules?.[0]?.http?.paths[0]?.backend.service?.name).toBe(
      'other',
    );
    await session.kubectl('delete', 'ingress', CANARY);
    await session.until('web', { phase: 'Healthy', weight: 0 });
  });
});

describe('after kubectl delete --cascade=orphan in the middle of a rollout', () => {
  async function orphaned(session: Session): Promise<void> {
    await session.apply(...routing());
    await paused(session);
    await session.kubectl('delete', 'rollout', 'web', '--cascade=orphan');
    await waitFor(async () => (await session.list('rollouts')).length === 0, { what: 'the Rollout to be gone' });
    const { metadata } = await session.get('ingresses', CANARY);
    expect(metadata.ownerReferences ?? []).toEqual([]);
    expect(metadata.annotations).toMatchObject({ [`${PREFIX}/canary-weight`]: '30' });
  }

  test('a new Rollout takes the canary Ingress back, and it goes with that one', async ({ session }) => {
    await orphaned(session);
    const { uid } = (await session.get('ingresses', CANARY)).metadata;
    await session.apply(manifest('web:1'));
    await session.until('web', { phase: 'Healthy', stableImage: 'web:1', weight: 0 });
    const { metadata } = await session.get('ingresses', CANARY);
    expect(metadata).toMatchObject({ uid, ownerReferences: [{ kind: 'Rollout', name: 'web', controller: true }] });
    expect((await session.events('web')).map(({ reason }) => reason)).not.toContain('RolloutBlocked');
    await session.kubectl('delete', 'rollout', 'web');
    await waitFor(async () => (await session.list('ingresses')).length === 1, { what: 'the canary Ingress to go' });
  });

  test('a new Rollout of the new image walks its steps: the revision that serves is stable', async ({ session }) => {
    await orphaned(session);
    await session.apply(manifest('web:2'));
    await session.until('web', { phase: 'Paused', stableImage: 'web:1', stableService: 'web:1', weight: 30 });
  });

  test('a new Rollout that routes through another Ingress empties and deletes it', async ({ session }) => {
    await orphaned(session);
    await session.apply(ingress('front', {}, 'web'), manifest('web:1', { stableIngress: 'front' }));
    await waitFor(async () => !(await session.list('ingresses')).some(({ metadata }) => metadata.name === CANARY), {
      what: 'the former canary Ingress to be deleted',
    });
    await session.until('web', { phase: 'Healthy', stableImage: 'web:1' });
  });
});
