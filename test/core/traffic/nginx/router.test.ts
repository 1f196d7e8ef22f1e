/** The canary Ingress: what it says for a split, and when it is written (spec 8.6 and the treatments of its quirks). */
import { describe, expect, test } from 'vitest';
import type { BlueGreenStrategy } from '../../../../src/api/schema/blue-green.ts';
import type { CanaryStrategy } from '../../../../src/api/schema/canary.ts';
import type { HeaderRouteMatch } from '../../../../src/api/schema/steps.ts';
import type { NginxTrafficRouting } from '../../../../src/api/schema/traffic-routing.ts';
import { canaryIngressName } from '../../../../src/core/traffic/nginx/ingress.ts';
import { ingressesIn } from '../../../../src/core/traffic/nginx/observed.ts';
import { nginxRouter } from '../../../../src/core/traffic/nginx/router.ts';
import type { TrafficSplit } from '../../../../src/core/traffic/router.ts';
import type { Ingress, IngressPath } from '../../../../src/kube/objects.ts';
import { controllerReference } from '../../../../src/kube/owners.ts';
import type { Write } from '../../../../src/kube/plan.ts';
import { ROLLOUTS } from '../../../../src/kube/resources.ts';
import {
  applied,
  buildSituation,
  ingress,
  NAME,
  NAMESPACE,
  NOW,
  routed,
  UID,
  type WorldOptions,
} from '../../build-world.ts';
import { withIngresses } from '../../routed-ingresses.ts';

const CANARY = 'web-web-canary';
const P = 'nginx.ingress.kubernetes.io';

function strategyOf(nginx: NginxTrafficRouting, rest: CanaryStrategy['trafficRouting'] = {}): CanaryStrategy {
  return routed({ trafficRouting: { ...rest, nginx: { stableIngress: 'web', ...nginx } } });
}

function splitOf(weight: number, ...matches: HeaderRouteMatch[]): TrafficSplit {
  return { weight, headerRoutes: matches.length === 0 ? [] : [{ name: 'route', matches }] };
}

function render(options: WorldOptions, split: TrafficSplit = splitOf(20)): Write[] {
  return nginxRouter.render(buildSituation({ strategy: strategyOf({}), ...options }), split);
}

/** The one Ingress that is applied where none is there yet. */
function appliedIngress(options: WorldOptions = {}, split?: TrafficSplit): Ingress {
  const [write, ...more] = render({ split: null, ...options }, split);
  expect(more).toEqual([]);
  return bodyOf(write);
}

function bodyOf(write: Write | undefined): Ingress {
  if (write?.op !== 'apply') throw new Error(`expected an apply, got ${JSON.stringify(write)}`);
  return write.body as unknown as Ingress;
}

/** Our canary Ingress as it is in a world. */
function canaryIn(options: WorldOptions): Ingress {
  const canary = ingressesIn(buildSituation({ strategy: strategyOf({}), ...options }).world).get(CANARY);
  if (canary === undefined) throw new Error('the world has no canary Ingress');
  return canary;
}

function annotationsOf(nginx: NginxTrafficRouting, split?: TrafficSplit): object {
  return appliedIngress({ strategy: strategyOf(nginx) }, split).metadata.annotations ?? {};
}

function path(service: string, at = '/'): IngressPath {
  return { path: at, pathType: 'Prefix', backend: { service: { name: service, port: { number: 80 } } } };
}

describe('the canary Ingress', () => {
  test('is the stable one with the canary Service and a weight, owned by the Rollout', () => {
    expect(appliedIngress()).toEqual({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: {
        name: CANARY,
        namespace: NAMESPACE,
        annotations: { [`${P}/canary`]: 'true', [`${P}/canary-weight`]: '20' },
        ownerReferences: [
          {
            apiVersion: 'argoproj.io/v1alpha1',
            kind: 'Rollout',
            name: NAME,
            uid: UID,
            controller: true,
            blockOwnerDeletion: true,
          },
        ],
      },
      spec: {
        ingressClassName: 'nginx',
        rules: [
          {
            host: 'web.example.com',
            http: {
              paths: [
                { path: '/', pathType: 'Prefix', backend: { service: { name: 'web-canary', port: { name: 'http' } } } },
              ],
            },
          },
        ],
      },
    });
  });

  test('takes only the paths that lead to the stable Service', () => {
    const spec = {
      rules: [
        {
          host: 'a.example.com',
          http: { paths: [path('web-stable'), path('other', '/other'), path('web-stable', '/api')] },
        },
        { host: 'b.example.com', http: { paths: [path('other')] } },
        { host: 'c.example.com' },
        {
          host: 'd.example.com',
          http: {
            paths: [
              { path: '/', pathType: 'Prefix', backend: { resource: { kind: 'Bucket', name: 'files' } } },
              path('web-stable', '/app'),
            ],
          },
        },
      ],
    };
    expect(appliedIngress({ ingresses: [ingress('web', { spec })] }).spec?.rules).toEqual([
      { host: 'a.example.com', http: { paths: [path('web-canary'), path('web-canary', '/api')] } },
      { host: 'd.example.com', http: { paths: [path('web-canary', '/app')] } },
    ]);
  });

  test('takes class and TLS over, and nothing else', () => {
    const stable = ingress('web', {
      annotations: {
        'kubernetes.io/ingress.class': 'nginx',
        [`${P}/rewrite-target`]: '/',
        'cert-manager.io/cluster-issuer': 'letsencrypt',
      },
      spec: {
        tls: [{ hosts: ['web.example.com'], secretName: 'web-tls' }],
        defaultBackend: { service: { name: 'web-stable', port: { number: 80 } } },
        rules: [{ host: 'web.example.com', http: { paths: [path('web-stable')] } }],
      },
    });
    const { metadata, spec } = appliedIngress({ ingresses: [stable] });
    expect(metadata.annotations).toEqual({
      'kubernetes.io/ingress.class': 'nginx',
      [`${P}/canary`]: 'true',
      [`${P}/canary-weight`]: '20',
    });
    expect(spec).toEqual({
      tls: [{ hosts: ['web.example.com'], secretName: 'web-tls' }],
      rules: [{ host: 'web.example.com', http: { paths: [path('web-canary')] } }],
    });
  });

  test.each([
    { rollout: 'web', stable: 'web', name: 'web-web-canary' },
    { rollout: 'r'.repeat(200), stable: 's'.repeat(45), name: `${'r'.repeat(200)}-${'s'.repeat(45)}-canary` },
    { rollout: 'r'.repeat(200), stable: 's'.repeat(60), name: `${'r'.repeat(200)}-${'s'.repeat(45)}-canary` },
  ])('is named after the Rollout and the stable Ingress, in 253 characters', ({ rollout, stable, name }) => {
    expect(canaryIngressName(rollout, stable)).toBe(name);
    expect(name.length).toBeLessThanOrEqual(253);
  });
});

describe('annotations', () => {
  const base = { [`${P}/canary`]: 'true', [`${P}/canary-weight`]: '20' };
  test.each<{ name: string; nginx: NginxTrafficRouting; expected: object }>([
    {
      name: 'additional ones get the prefix',
      nginx: { additionalIngressAnnotations: { 'canary-by-header': 'X-Canary' } },
      expected: { ...base, [`${P}/canary-by-header`]: 'X-Canary' },
    },
    {
      name: 'unless they have it',
      nginx: { additionalIngressAnnotations: { [`${P}/canary-by-cookie`]: 'c' } },
      expected: { ...base, [`${P}/canary-by-cookie`]: 'c' },
    },
    {
      name: 'those of the canary Ingress are taken as they are',
      nginx: { canaryIngressAnnotations: { 'team.example.com/owner': 'shop' } },
      expected: { ...base, 'team.example.com/owner': 'shop' },
    },
    {
      name: 'and win over additional ones',
      nginx: {
        additionalIngressAnnotations: { 'canary-by-header': 'a' },
        canaryIngressAnnotations: { [`${P}/canary-by-header`]: 'b' },
      },
      expected: { ...base, [`${P}/canary-by-header`]: 'b' },
    },
    {
      name: 'nobody changes what makes it a canary',
      nginx: {
        additionalIngressAnnotations: { canary: 'false', 'canary-weight': '99' },
        canaryIngressAnnotations: { [`${P}/canary-weight`]: '98' },
      },
      expected: base,
    },
    {
      name: 'another dialect',
      nginx: { annotationPrefix: 'nginx.example.com' },
      expected: { 'nginx.example.com/canary': 'true', 'nginx.example.com/canary-weight': '20' },
    },
    { name: 'an empty prefix is none', nginx: { annotationPrefix: '' }, expected: base },
  ])('$name', ({ nginx, expected }) => {
    expect(annotationsOf(nginx)).toEqual(expected);
  });

  test('a total other than 100 is said', () => {
    const strategy = strategyOf({}, { maxTrafficWeight: 1000 });
    expect(appliedIngress({ strategy }, splitOf(200)).metadata.annotations).toEqual({
      [`${P}/canary`]: 'true',
      [`${P}/canary-weight`]: '200',
      [`${P}/canary-weight-total`]: '1000',
    });
  });
});

describe('header routes', () => {
  const header = (headerValue: NonNullable<HeaderRouteMatch['headerValue']>): HeaderRouteMatch => ({
    headerName: 'X-Tester',
    headerValue,
  });
  test.each<{ name: string; match: HeaderRouteMatch; expected: object }>([
    {
      name: 'exact',
      match: header({ exact: 'yes' }),
      expected: { 'canary-by-header': 'X-Tester', 'canary-by-header-value': 'yes' },
    },
    {
      name: 'regex',
      match: header({ regex: '^(a|b)$' }),
      expected: { 'canary-by-header': 'X-Tester', 'canary-by-header-pattern': '^(a|b)$' },
    },
    {
      name: 'prefix',
      match: header({ prefix: 'v1.2+x' }),
      expected: { 'canary-by-header': 'X-Tester', 'canary-by-header-pattern': String.raw`^v1\.2\+x` },
    },
  ])('$name', ({ match, expected }) => {
    const prefixed = Object.fromEntries(Object.entries(expected).map(([key, value]) => [`${P}/${key}`, value]));
    expect(annotationsOf({}, splitOf(0, match))).toEqual({
      ...prefixed,
      [`${P}/canary`]: 'true',
      [`${P}/canary-weight`]: '0',
    });
  });

  test('one of a step takes the place of what the Rollout asks for all the time', () => {
    const nginx = {
      additionalIngressAnnotations: { 'canary-by-header': 'X-Canary', 'canary-by-header-value': 'iwantsit' },
    };
    expect(annotationsOf(nginx, splitOf(20, header({ regex: 'a.*' })))).toEqual({
      [`${P}/canary`]: 'true',
      [`${P}/canary-weight`]: '20',
      [`${P}/canary-by-header`]: 'X-Tester',
      [`${P}/canary-by-header-pattern`]: 'a.*',
    });
  });

  test('the latest of several is the one', () => {
    const first = { name: 'first', matches: [header({ exact: 'first' })] };
    const second = { name: 'second', matches: [header({ exact: 'second' })] };
    const annotations = annotationsOf({}, { weight: 0, headerRoutes: [first, second] });
    expect(annotations).toMatchObject({ [`${P}/canary-by-header-value`]: 'second' });
  });

  test('the end removes it', () => {
    const [write] = render({ split: splitOf(20, header({ exact: 'yes' })) });
    expect(bodyOf(write).metadata.annotations).toEqual({ [`${P}/canary`]: 'true', [`${P}/canary-weight`]: '20' });
  });
});

describe('render', () => {
  test('writes nothing when the Ingress says it already', () => {
    expect(render({ split: splitOf(20) }, splitOf(20))).toEqual([]);
  });

  test('applies a new weight on the version that it has seen, and tells', () => {
    const [write, ...more] = render({ split: splitOf(20) }, splitOf(50));
    expect(more).toEqual([]);
    expect(write).toMatchObject({
      op: 'apply',
      name: CANARY,
      body: { metadata: { resourceVersion: '1', annotations: { [`${P}/canary-weight`]: '50' } } },
      events: [
        {
          reason: 'PatchingCanaryIngress',
          message: `Updating Ingress \`${CANARY}\` to desiredWeight '50'`,
          saidByAnother: true,
        },
        { reason: 'TrafficWeightUpdated', message: 'Traffic weight updated from 20 to 50' },
      ],
    });
  });

  test('tells of a first Ingress', () => {
    const [write] = render({ split: null }, splitOf(0));
    expect(write?.events).toEqual([
      {
        type: 'Normal',
        reason: 'CreatingCanaryIngress',
        message: `Creating canary ingress \`${CANARY}\` with weight \`0\``,
      },
      { type: 'Normal', reason: 'TrafficWeightUpdated', message: 'Traffic weight updated to 0' },
    ]);
  });

  test('tells of a change that is not of the weight', () => {
    const canary = canaryIn({ split: splitOf(20) });
    const edited = ingress('web', {
      spec: { rules: [{ host: 'new.example.com', http: { paths: [path('web-stable')] } }] },
    });
    const [write] = render({ ingresses: [edited, canary] }, splitOf(20));
    expect(write?.events).toEqual([
      {
        type: 'Normal',
        reason: 'PatchingCanaryIngress',
        message: `Updating Ingress \`${CANARY}\` to desiredWeight '20'`,
      },
    ]);
  });

  test('follows an edit of the stable Ingress', () => {
    const canary = canaryIn({ split: splitOf(20) });
    const edited = ingress('web', {
      spec: { rules: [{ host: 'new.example.com', http: { paths: [path('web-stable')] } }] },
    });
    const [write] = render({ ingresses: [edited, canary] }, splitOf(20));
    expect(write).toMatchObject({ op: 'apply', body: { spec: { rules: [{ host: 'new.example.com' }] } } });
  });

  test('serves several stable Ingresses', () => {
    const strategy = routed({ trafficRouting: { nginx: { stableIngresses: ['web', 'api'] } } });
    expect(render({ strategy, split: null }).map(({ name }) => name)).toEqual([CANARY, 'web-api-canary']);
  });

  test('an empty list beside a single name is nothing', () => {
    const strategy = strategyOf({ stableIngresses: [] });
    expect(render({ strategy, split: null }).map(({ name }) => name)).toEqual([CANARY]);
  });

  test('leaves foreign annotations, labels and what the server adds alone', () => {
    const canary = canaryIn({ split: splitOf(20) });
    const touched: Ingress = {
      ...canary,
      metadata: {
        ...canary.metadata,
        labels: { team: 'shop' },
        annotations: {
          ...canary.metadata.annotations,
          'field.cattle.io/publicEndpoints': '[]',
          [`${P}/ssl-redirect`]: 'false',
        },
      },
    };
    expect(render({ ingresses: [touched] }, splitOf(20))).toEqual([]);
  });

  test.each([`${P}/canary-by-cookie`, `${P}/canary-by-header`, `${P}/canary-weight-total`])(
    'takes away %s that nobody asked for',
    (key) => {
      const canary = canaryIn({ split: splitOf(20) });
      const annotations = { ...canary.metadata.annotations, [key]: 'stray' };
      const touched: Ingress = { ...canary, metadata: { ...canary.metadata, annotations } };
      expect(render({ ingresses: [touched] }, splitOf(20))).toMatchObject([
        { op: 'patch', resourceVersion: '1', patch: { metadata: { annotations: { [key]: null } } } },
      ]);
    },
  );

  test('applies again when an annotation that we applied is not asked for any more', () => {
    const before = strategyOf({ canaryIngressAnnotations: { 'team.example.com/owner': 'shop' } });
    const canary = canaryIn({ strategy: before, split: splitOf(20) });
    expect(canary.metadata.annotations).toHaveProperty(['team.example.com/owner']);
    const [write] = render({ ingresses: [canary] }, splitOf(20));
    expect(bodyOf(write).metadata.annotations).not.toHaveProperty(['team.example.com/owner']);
  });

  test('applies what another controller has written, although it says the same', () => {
    const canary = canaryIn({ split: splitOf(20) });
    const inherited = { ...canary, metadata: { ...canary.metadata, managedFields: undefined } } as Ingress;
    expect(render({ ingresses: [inherited] }, splitOf(20))).toMatchObject([{ op: 'apply', name: CANARY }]);
    expect(render({ ingresses: [canary] }, splitOf(20))).toEqual([]);
  });

  test('takes away TLS that the stable Ingress does not have, whoever wrote it', () => {
    const canary = canaryIn({ split: splitOf(20) });
    const edited = { ...canary, spec: { ...canary.spec, tls: [{ secretName: 'by-hand' }] } };
    const [write] = render({ ingresses: [edited] }, splitOf(20));
    expect(bodyOf(write).spec?.tls).toEqual([]);
    expect(bodyOf(render({})[0]).spec).not.toHaveProperty('tls');
  });

  test('adopts an Ingress that a former Rollout of this name has left', () => {
    const canary = canaryIn({ split: splitOf(20) });
    const owner = { ...canary.metadata.ownerReferences?.[0], uid: 'uid-former' };
    const left = { ...canary, metadata: { ...canary.metadata, ownerReferences: [owner] } } as Ingress;
    expect(render({ ingresses: [left] })).toMatchObject([
      { op: 'patch', name: CANARY, patch: { metadata: { ownerReferences: [{ uid: UID, name: NAME }] } } },
    ]);
  });

  test('has nothing to say where the stable Ingress is missing', () => {
    const strategy = routed({ trafficRouting: { nginx: { stableIngresses: ['web', 'gone'] } } });
    const situation = buildSituation({ strategy, split: null });
    const ingresses = new Map([...ingressesIn(situation.world)].filter(([name]) => name !== 'gone'));
    const writes = nginxRouter.render(
      { ...situation, world: withIngresses(situation.world, ingresses.values()) },
      splitOf(0),
    );
    expect(writes.map(({ name }) => name)).toEqual([CANARY]);
  });
});

describe('a canary Ingress without a controller', () => {
  const STABLE = ingress('web');
  const carrying = (options: WorldOptions = {}) => canaryIn({ split: splitOf(50), ...options });
  const orphaned = (
    from: Ingress,
    { writer = 'serin', ...metadata }: Partial<Ingress['metadata']> & { readonly writer?: string } = {},
  ): Ingress => {
    const {
      ownerReferences: _gone,
      managedFields: own,
      ...rest
    } = from.metadata as Ingress['metadata'] & {
      readonly managedFields?: unknown;
    };
    // The cache keeps nothing of another manager, and of a former controller its name.
    const kept = { serin: own, 'rollouts-controller': [{ manager: 'rollouts-controller' }] }[writer];
    const fields = kept === undefined ? {} : { managedFields: kept };
    return { ...from, metadata: { ...rest, ...fields, ...metadata } };
  };
  const situationWith = (strategy: WorldOptions['strategy'], ...ingresses: Ingress[]) =>
    buildSituation({ strategy: strategy ?? {}, ingresses });
  const ADOPTED = { op: 'patch', resourceVersion: '1', patch: { metadata: { ownerReferences: [{ uid: UID }] } } };

  test.each(['serin', 'rollouts-controller'])('that %s wrote is adopted, and its weight counts', (writer) => {
    const situation = situationWith(strategyOf({}), STABLE, orphaned(carrying(), { writer }));
    expect(nginxRouter.blockedOn(situation)).toBeNull();
    expect(nginxRouter.observe(situation)).toEqual({ lowestWeight: 50, highestWeight: 50 });
    expect(nginxRouter.render(situation, splitOf(0))).toMatchObject([{ name: CANARY, ...ADOPTED }]);
  });

  test('that somebody else wrote stays his', () => {
    const situation = situationWith(strategyOf({}), STABLE, orphaned(carrying(), { writer: 'kubectl' }));
    expect(nginxRouter.blockedOn(situation)).toMatchObject({ reason: 'CanaryIngressForeign' });
    expect(nginxRouter.observe(situation)).toEqual({ lowestWeight: 0, highestWeight: 0 });
    expect(nginxRouter.render(situation, splitOf(0))).toEqual([]);
  });

  test('that another Rollout controls stays its own', () => {
    const theirs = orphaned(carrying(), { ownerReferences: [controllerReference(ROLLOUTS, 'other', 'uid-other')] });
    const situation = situationWith(strategyOf({}), STABLE, theirs);
    expect(nginxRouter.blockedOn(situation)).toMatchObject({ reason: 'CanaryIngressForeign' });
    expect(nginxRouter.leftovers(situation)).toEqual([]);
  });

  test('keeps the owners that do not control it', () => {
    const bystander = { apiVersion: 'v1', kind: 'ConfigMap', name: 'backup', uid: 'uid-backup' };
    const situation = situationWith(strategyOf({}), STABLE, orphaned(carrying(), { ownerReferences: [bystander] }));
    expect(nginxRouter.blockedOn(situation)).toBeNull();
    expect(nginxRouter.render(situation, splitOf(0))).toMatchObject([
      { patch: { metadata: { ownerReferences: [bystander, { uid: UID, controller: true }] } } },
    ]);
  });

  describe.each<{ name: string; strategy?: CanaryStrategy; blueGreen?: BlueGreenStrategy; canary?: Ingress }>([
    {
      name: 'whose router was removed',
      strategy: { stableService: 'web-stable', canaryService: 'web-canary', steps: [{ setWeight: 50 }] },
    },
    {
      name: 'whose stable Ingress was renamed',
      strategy: strategyOf({}),
      canary: { ...carrying(), metadata: { ...carrying().metadata, name: 'web-former-canary' } },
    },
    {
      name: 'whose Rollout is blue-green by now, with the stable Service as the active one',
      blueGreen: { activeService: 'web-stable' },
    },
  ])('$name', ({ strategy = {}, blueGreen, canary = carrying() }) => {
    const build = (...ingresses: Ingress[]) =>
      buildSituation({
        strategy,
        ...(blueGreen === undefined ? {} : { blueGreen }),
        ingresses: [STABLE, ...ingresses],
      });

    test('is adopted, and its weight counts until it is emptied', () => {
      const situation = build(orphaned(canary));
      expect(nginxRouter.leftovers(situation)).toMatchObject([
        {
          write: { name: canary.metadata.name, ...ADOPTED },
          returnsRequests: false,
          leadsRequests: true,
          settledAt: null,
        },
      ]);
      const { ownerReferences = [] } = canary.metadata;
      expect(nginxRouter.leftovers(build(orphaned(canary, { ownerReferences })))).toMatchObject([
        { write: { op: 'apply', name: canary.metadata.name }, returnsRequests: true, leadsRequests: true },
      ]);
    });

    test('is no canary of somebody else', () => {
      expect(nginxRouter.blockedOn(build(orphaned(canary)))).toBeNull();
    });

    test('stays where somebody else wrote it', () => {
      expect(nginxRouter.leftovers(build(orphaned(canary, { writer: 'kubectl' })))).toEqual([]);
    });
  });

  test('that another Rollout has left under a name that could be ours stays', () => {
    const theirs = {
      ...orphaned(carrying(), { name: 'web-api-x-canary' }),
      spec: { rules: [{ host: 'api.example.com', http: { paths: [path('web-api-canary')] } }] },
    };
    const situation = situationWith(strategyOf({}), STABLE, theirs, ingress('x', { spec: { rules: [] } }));
    expect(nginxRouter.leftovers(situation)).toEqual([]);
    expect(nginxRouter.observe(situation).highestWeight).toBe(0);
  });
});

describe('settledAt', () => {
  const AT = NOW - 3_000;

  test('some seconds after the last write of ours to any canary Ingress', () => {
    const strategy = routed({ trafficRouting: { nginx: { stableIngresses: ['web', 'api'] } } });
    const situation = buildSituation({ strategy, split: splitOf(20), splitWrittenAt: AT });
    expect(nginxRouter.settledAt(situation)).toBe(AT + 6_000);
    const earlier = applied(ingressesIn(situation.world).get('web-api-canary') ?? {}, AT - 60_000);
    const ingresses = new Map([...ingressesIn(situation.world), ['web-api-canary', earlier]]);
    expect(nginxRouter.settledAt({ ...situation, world: withIngresses(situation.world, ingresses.values()) })).toBe(
      AT + 6_000,
    );
  });

  test.each([
    { name: 'a little ahead', ahead: 2_000, settled: NOW + 8_000 },
    { name: 'far ahead', ahead: 3_600_000, settled: null },
  ])('of a server whose clock is $name: $settled', ({ ahead, settled }) => {
    const situation = buildSituation({ strategy: strategyOf({}), split: splitOf(20), splitWrittenAt: NOW + ahead });
    expect(nginxRouter.settledAt(situation)).toBe(settled);
  });

  test('as long as its proxy needs', () => {
    const situation = buildSituation({
      strategy: strategyOf({}),
      split: splitOf(20),
      splitWrittenAt: AT,
      propagationMs: 12_000,
    });
    expect(nginxRouter.settledAt(situation)).toBe(AT + 12_000);
  });

  test('never, where there is no canary Ingress or nothing is known of its writes', () => {
    expect(nginxRouter.settledAt(buildSituation({ strategy: strategyOf({}), split: null }))).toBeNull();
    const { managedFields: _unknown, ...metadata } = canaryIn({}).metadata as Ingress['metadata'] & {
      readonly managedFields?: unknown;
    };
    const ingresses = [{ ...canaryIn({}), metadata }];
    expect(nginxRouter.settledAt(buildSituation({ strategy: strategyOf({}), ingresses }))).toBeNull();
  });
});

describe('observe', () => {
  test.each([
    { split: null, lowest: 0 },
    { split: splitOf(0), lowest: 0 },
    { split: splitOf(35), lowest: 35 },
  ])('reads the weight off the canary Ingress: $lowest', ({ split, lowest }) => {
    const situation = buildSituation({ strategy: strategyOf({}), split });
    expect(nginxRouter.observe(situation)).toEqual({ lowestWeight: lowest, highestWeight: lowest });
  });

  test('several Ingresses may disagree', () => {
    const strategy = routed({ trafficRouting: { nginx: { stableIngresses: ['web', 'api'] } } });
    const situation = buildSituation({ strategy, split: splitOf(20) });
    const ingresses = new Map([...ingressesIn(situation.world)].filter(([name]) => name !== 'web-api-canary'));
    const observed = nginxRouter.observe({ ...situation, world: withIngresses(situation.world, ingresses.values()) });
    expect(observed).toEqual({ lowestWeight: 0, highestWeight: 20 });
  });

  test('an Ingress that the spec led through before sends requests to the canary until it is gone', () => {
    const situation = buildSituation({ strategy: strategyOf({}), split: splitOf(0) });
    const present = ingressesIn(situation.world).get(CANARY);
    if (present === undefined) throw new Error('there is no canary Ingress');
    const former = {
      ...present,
      metadata: {
        ...present.metadata,
        name: 'web-former-canary',
        annotations: { ...present.metadata.annotations, [`${P}/canary-weight`]: '33' },
      },
    };
    const ingresses = new Map([...ingressesIn(situation.world), ['web-former-canary', former]]);
    const observed = nginxRouter.observe({ ...situation, world: withIngresses(situation.world, ingresses.values()) });
    expect(observed).toEqual({ lowestWeight: 0, highestWeight: 33 });
  });

  test.each(['', '20%', 'many', undefined])('a weight that is not a number counts as none: %s', (weight) => {
    const canary = ingress(CANARY, { annotations: weight === undefined ? {} : { [`${P}/canary-weight`]: weight } });
    const situation = buildSituation({ strategy: strategyOf({}), ingresses: [canary] });
    expect(nginxRouter.observe(situation)).toEqual({ lowestWeight: 0, highestWeight: 0 });
  });
});

describe('requests beside the weight', () => {
  const leads = (annotations: Readonly<Record<string, string>>, nginx: NginxTrafficRouting = {}) =>
    nginxRouter.leadsBesideWeight(
      buildSituation({ strategy: strategyOf(nginx), ingresses: [annotated(canaryIn({}), annotations)] }),
    );
  const annotated = (canary: Ingress, annotations: Readonly<Record<string, string>>): Ingress => ({
    ...canary,
    metadata: { ...canary.metadata, annotations: { ...canary.metadata.annotations, ...annotations } },
  });

  test.each([
    { annotations: {}, expected: false },
    { annotations: { [`${P}/canary-by-header`]: 'X-Tester' }, expected: true },
    { annotations: { [`${P}/canary-by-cookie`]: 'tester' }, expected: true },
    { annotations: { [`${P}/canary-by-header`]: '' }, expected: false },
    { annotations: { [`${P}/canary-by-header-value`]: 'yes' }, expected: false },
    { annotations: { 'other.example.com/canary-by-header': 'X-Tester' }, expected: false },
  ])('$annotations: $expected', ({ annotations, expected }) => {
    expect(leads(annotations)).toBe(expected);
  });

  test('are looked for in the dialect of the Rollout', () => {
    const annotationPrefix = 'other.example.com';
    expect(leads({ 'other.example.com/canary-by-header': 'X-Tester' }, { annotationPrefix })).toBe(true);
  });

  test('are none of ours on an Ingress of somebody else', () => {
    const theirs = ingress(CANARY, { annotations: { [`${P}/canary-by-header`]: 'X-Tester' } });
    const situation = buildSituation({ strategy: strategyOf({}), ingresses: [theirs] });
    expect(nginxRouter.leadsBesideWeight(situation)).toBe(false);
  });
});

describe('blockedOn', () => {
  const blockedOn = (...ingresses: Ingress[]) =>
    nginxRouter.blockedOn(buildSituation({ strategy: strategyOf({}), ingresses }));
  const foreignCanary = (fields: Partial<Ingress> = {}): Ingress =>
    ingress('their-canary', { annotations: { [`${P}/canary`]: 'true' }, ...fields });

  test('is nothing with our own canary beside the stable Ingress', () => {
    expect(blockedOn()).toBeNull();
  });

  test('is a canary of somebody else on the same host and path', () => {
    expect(blockedOn(foreignCanary())).toMatchObject({
      reason: 'CanaryIngressForeign',
      needsAttention: true,
      message: expect.stringContaining('shop/their-canary is already a canary for web.example.com/') as string,
    });
  });

  test.each<{ name: string; other: Ingress }>([
    {
      name: 'on another host',
      other: foreignCanary({ spec: { rules: [{ host: 'x.example.com', http: { paths: [path('x')] } }] } }),
    },
    {
      name: 'on another path',
      other: foreignCanary({ spec: { rules: [{ host: 'web.example.com', http: { paths: [path('x', '/x')] } }] } }),
    },
    { name: 'that is no canary', other: ingress('theirs') },
    { name: 'that says it is none', other: ingress('theirs', { annotations: { [`${P}/canary`]: 'false' } }) },
  ])('is not an Ingress $name', ({ other }) => {
    expect(blockedOn(other)).toBeNull();
  });

  test('is not the canary of another Rollout that shares the stable Ingress', () => {
    const shared = { rules: [{ host: 'web.example.com', http: { paths: [path('web-stable'), path('api', '/api')] } }] };
    const theirs = { rules: [{ host: 'web.example.com', http: { paths: [path('api-canary', '/api')] } }] };
    expect(blockedOn(ingress('web', { spec: shared }), foreignCanary({ spec: theirs }))).toBeNull();
  });

  test('is an Ingress that has the name of ours and another owner', () => {
    expect(blockedOn(ingress(CANARY))).toMatchObject({
      reason: 'CanaryIngressForeign',
      message: `Ingress shop/${CANARY} belongs to another owner, delete or rename it to go on`,
    });
  });
});

describe('leftovers', () => {
  const writesAt = (options: WorldOptions) =>
    nginxRouter
      .leftovers(buildSituation(options))
      .flatMap(({ write }) => (write === null ? [] : `${write.op} ${write.name}`));
  const leftovers = (strategy: CanaryStrategy, ...ingresses: Ingress[]) => writesAt({ strategy, ingresses });
  const canaryOf = (strategy: CanaryStrategy): Ingress[] =>
    [...ingressesIn(buildSituation({ strategy }).world).values()].filter(({ metadata }) =>
      metadata.name.endsWith('-canary'),
    );

  test('are none while the Rollout routes through them', () => {
    expect(leftovers(strategyOf({}), ...canaryOf(strategyOf({})))).toEqual([]);
  });

  test('are those of a router that was removed', () => {
    expect(leftovers({}, ...canaryOf(strategyOf({})))).toEqual([`delete ${CANARY}`]);
  });

  test('are those of a stable Ingress that was renamed', () => {
    const before = canaryOf(strategyOf({ stableIngress: 'former' }));
    expect(leftovers(strategyOf({}), ...before)).toEqual(['delete web-former-canary']);
  });

  describe('that lead requests to the canary', () => {
    const steps = [{ setWeight: 80 }, { pause: {} }];
    const without = { stableService: 'web-stable', canaryService: 'web-canary', steps };

    test('are emptied first, header routes included, and go when every proxy has heard of it', () => {
      const headerRoutes = [{ name: 'testers', matches: [{ headerName: 'X-Tester', headerValue: { exact: 'yes' } }] }];
      const [leftover] = [
        ...ingressesIn(
          buildSituation({ strategy: routed({ steps }), split: { weight: 0, headerRoutes } }).world,
        ).values(),
      ].filter(({ metadata }) => metadata.name === CANARY);
      const situation = buildSituation({ strategy: without, ingresses: leftover === undefined ? [] : [leftover] });
      const [first, ...others] = nginxRouter.leftovers(situation);
      expect(others).toEqual([]);
      expect(first).toMatchObject({ returnsRequests: false, leadsRequests: true, settledAt: NOW + 6000 });
      const emptied = bodyOf(first?.write ?? undefined);
      expect(emptied.metadata.annotations).toEqual({ [`${P}/canary`]: 'true', [`${P}/canary-weight`]: '0' });
      expect(emptied.spec).toEqual(leftover?.spec);
      const at = (writtenAt: number) => buildSituation({ strategy: without, ingresses: [applied(emptied, writtenAt)] });
      const isEmpty = { returnsRequests: false, leadsRequests: false, weight: 0 };
      expect(nginxRouter.leftovers(at(NOW - 1000))).toEqual([
        { ...isEmpty, write: null, settledAt: NOW - 1000 + 6000 },
      ]);
      expect(nginxRouter.leftovers(at(NOW - 6000))).toMatchObject([
        { ...isEmpty, write: { op: 'delete' }, settledAt: null },
      ]);
    });
  });

  test('are never of somebody else', () => {
    expect(leftovers({}, ingress(CANARY))).toEqual([]);
  });
});
