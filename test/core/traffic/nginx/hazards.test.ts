import { describe, expect, test } from 'vitest';
import type { CanaryStep } from '../../../../src/api/schema/steps.ts';
import type { NginxTrafficRouting } from '../../../../src/api/schema/traffic-routing.ts';
import { nginxRouter } from '../../../../src/core/traffic/nginx/router.ts';
import type { Ingress, IngressClass } from '../../../../src/kube/objects.ts';
import { buildSituation, ingress, routed, type WorldOptions } from '../../build-world.ts';

const P = 'nginx.ingress.kubernetes.io';
const WEIGHTS: readonly CanaryStep[] = [{ setWeight: 20 }, { pause: {} }];
const HEADER: CanaryStep = {
  setHeaderRoute: { name: 'testers', match: [{ headerName: 'X-Tester', headerValue: { exact: 'yes' } }] },
};

interface Scene {
  readonly nginx?: NginxTrafficRouting;
  readonly maxTrafficWeight?: number;
  readonly steps?: readonly CanaryStep[];
  readonly ingresses?: readonly Ingress[];
  readonly selectedLabels?: WorldOptions['selectedLabels'];
  readonly classes?: readonly IngressClass[];
}

function hazards({
  nginx = {},
  maxTrafficWeight,
  steps = WEIGHTS,
  ingresses = [],
  classes = [],
  selectedLabels = {},
}: Scene) {
  const situation = buildSituation({
    strategy: routed({
      steps,
      trafficRouting: {
        nginx: { stableIngress: 'web', ...nginx },
        ...(maxTrafficWeight === undefined ? {} : { maxTrafficWeight }),
      },
    }),
    ingresses,
    ingressClasses: classes,
    selectedLabels,
  });
  return nginxRouter.hazards(situation);
}

function reasons(scene: Scene): readonly string[] {
  return hazards(scene).map(({ reason }) => reason);
}

function leadingTo(name: string, service: string, fields: { class?: string; canary?: string } = {}): Ingress {
  const backend = { service: { name: service, port: { number: 80 } } };
  return ingress(name, {
    ...(fields.canary === undefined ? {} : { annotations: { [`${P}/canary`]: fields.canary } }),
    spec: {
      ingressClassName: fields.class ?? 'nginx',
      rules: [{ host: 'other.example.com', http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }],
    },
  });
}

/** The stable Ingress in other clothes. */
function stable(fields: { class?: string; annotations?: object }): Ingress {
  const plain = ingress('web', fields.annotations === undefined ? {} : { annotations: fields.annotations });
  return fields.class === undefined ? plain : { ...plain, spec: { ...plain.spec, ingressClassName: fields.class } };
}

function classOf(name: string, controller: string): IngressClass {
  const metadata = { name, uid: `uid-${name}`, resourceVersion: '1' };
  return { apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', metadata, spec: { controller } };
}

test('an ordinary Rollout has none', () => {
  expect(hazards({})).toEqual([]);
});

describe('SharedBackend', () => {
  test('another Ingress to the stable Service', () => {
    expect(hazards({ ingresses: [leadingTo('admin', 'web-stable')] })).toEqual([
      {
        reason: 'SharedBackend',
        message: expect.stringMatching(/^Ingress admin also leads to Service web-stable/) as string,
      },
    ]);
  });

  test('by its default backend', () => {
    const spec = { ingressClassName: 'nginx', defaultBackend: { service: { name: 'web-stable' } } };
    expect(reasons({ ingresses: [ingress('admin', { spec })] })).toEqual(['SharedBackend']);
  });

  test.each([
    { name: 'to another Service', other: leadingTo('admin', 'admin') },
    { name: 'of another proxy', other: leadingTo('admin', 'web-stable', { class: 'internal' }) },
    { name: 'that is a canary', other: leadingTo('admin', 'web-stable', { canary: 'true' }) },
  ])('not one $name', ({ other }) => {
    expect(hazards({ ingresses: [other] })).toEqual([]);
  });

  test('not one that the Rollout splits as well', () => {
    const { stableIngress: _one, ...rest } = { stableIngress: 'web' };
    const situation = buildSituation({
      strategy: routed({ steps: WEIGHTS, trafficRouting: { nginx: { ...rest, stableIngresses: ['web', 'api'] } } }),
      ingresses: [leadingTo('api', 'web-stable')],
    });
    expect(nginxRouter.hazards(situation)).toEqual([]);
  });
});

describe('CanaryServiceExposed', () => {
  test('an ordinary Ingress to the canary Service', () => {
    expect(hazards({ ingresses: [leadingTo('preview', 'web-canary')] })).toEqual([
      {
        reason: 'CanaryServiceExposed',
        message: expect.stringMatching(/^Ingress preview leads to the canary Service web-canary/) as string,
      },
    ]);
  });

  test('the stable Ingress itself', () => {
    const plain = stable({});
    const spec = {
      ...plain.spec,
      rules: [...(plain.spec?.rules ?? []), ...(leadingTo('x', 'web-canary').spec?.rules ?? [])],
    };
    expect(reasons({ ingresses: [{ ...plain, spec }] })).toEqual(['CanaryServiceExposed']);
  });

  test.each([
    { name: 'of another proxy', other: leadingTo('preview', 'web-canary', { class: 'internal' }) },
    { name: 'that is a canary', other: leadingTo('preview', 'web-canary', { canary: 'true' }) },
  ])('not one $name', ({ other }) => {
    expect(hazards({ ingresses: [other] })).toEqual([]);
  });
});

describe('RolesApart', () => {
  const apart = { 'web-canary': { role: 'canary' }, 'web-stable': { role: 'stable' } };

  test('two values of one label', () => {
    expect(hazards({ selectedLabels: apart })).toEqual([
      {
        reason: 'RolesApart',
        message: expect.stringMatching(
          /^Services web-canary and web-stable select different values of label role/,
        ) as string,
      },
    ]);
  });

  test.each([
    { name: 'one value', selectedLabels: { ...apart, 'web-canary': apart['web-stable'] } },
    { name: 'two labels', selectedLabels: { ...apart, 'web-canary': { trial: 'yes' } } },
    { name: 'a label of the stable Service alone', selectedLabels: { 'web-stable': apart['web-stable'] } },
  ])('not $name', ({ selectedLabels }) => {
    expect(hazards({ selectedLabels })).toEqual([]);
  });
});

describe('SessionAffinity', () => {
  const bound = { [`${P}/affinity`]: 'cookie' };

  test('clients that a cookie binds', () => {
    expect(reasons({ ingresses: [stable({ annotations: bound })] })).toEqual(['SessionAffinity']);
  });

  test('not where somebody has chosen what becomes of them', () => {
    const chosen = { ...bound, [`${P}/affinity-canary-behavior`]: 'sticky' };
    expect(hazards({ ingresses: [stable({ annotations: chosen })] })).toEqual([]);
    const nginx = { additionalIngressAnnotations: { 'affinity-canary-behavior': 'legacy' } };
    expect(hazards({ nginx, ingresses: [stable({ annotations: bound })] })).toEqual([]);
  });

  // Proxies read it from the canary Ingress (docs/reference/proxies.md).
  test('also where `legacy` stands on the stable Ingress, where it has no effect', () => {
    const chosen = { ...bound, [`${P}/affinity-canary-behavior`]: 'legacy' };
    expect(reasons({ ingresses: [stable({ annotations: chosen })] })).toEqual(['SessionAffinity']);
  });
});

describe('WeightTotalIgnored', () => {
  const total = (value: string) => ({ additionalIngressAnnotations: { 'canary-weight-total': value } });

  test.each([
    { name: 'a total that the steps do not count to', nginx: total('1000'), says: 'set maxTrafficWeight: 1000' },
    { name: 'a total below 100', nginx: total('50'), says: 'is read as 100' },
    { name: 'a total beside maxTrafficWeight', nginx: total('500'), maxTrafficWeight: 1000, says: 'is overridden by' },
  ])('$name', ({ says, ...scene }) => {
    expect(hazards(scene)).toEqual([
      { reason: 'WeightTotalIgnored', message: expect.stringContaining(says) as string },
    ]);
  });

  test.each([
    { name: '100', nginx: total('100') },
    { name: 'the one of maxTrafficWeight', nginx: total('1000'), maxTrafficWeight: 1000 },
    { name: 'none', nginx: {}, maxTrafficWeight: 1000 },
  ])('not $name', (scene) => {
    expect(hazards(scene)).toEqual([]);
  });
});

describe('HeaderRuleIgnored', () => {
  const lent = (annotations: Record<string, string>) => ({ additionalIngressAnnotations: annotations });

  test.each([
    { name: 'a value without a header', nginx: lent({ 'canary-by-header-value': 'x' }), says: 'has no effect' },
    { name: 'a pattern without a header', nginx: lent({ 'canary-by-header-pattern': 'x' }), says: 'has no effect' },
    {
      name: 'a pattern beside a value',
      nginx: lent({ 'canary-by-header': 'X', 'canary-by-header-value': 'x', 'canary-by-header-pattern': 'y' }),
      says: 'is overridden by canary-by-header-value',
    },
    {
      name: 'a character that ingress-nginx drops',
      nginx: lent({ 'canary-by-header': 'X', 'canary-by-header-value': 'a b' }),
      says: 'ingress-nginx ignores canary-by-header-value: "a b"',
    },
    {
      name: 'look-around in a pattern of Traefik',
      nginx: lent({ 'canary-by-header': 'X', 'canary-by-header-pattern': '^(?!no)' }),
      ingresses: [stable({ class: 'traefik' })],
      says: 'Traefik cannot read',
    },
  ])('$name', ({ says, ...scene }) => {
    expect(hazards(scene)).toEqual([{ reason: 'HeaderRuleIgnored', message: expect.stringContaining(says) as string }]);
  });

  test.each([
    { name: 'a header alone', nginx: lent({ 'canary-by-header': 'X-Canary' }) },
    { name: 'a pattern', nginx: lent({ 'canary-by-header': 'X', 'canary-by-header-pattern': '^(?!no)' }) },
    {
      name: 'a space for Traefik',
      nginx: lent({ 'canary-by-header': 'X', 'canary-by-header-value': 'a b' }),
      ingresses: [stable({ class: 'traefik' })],
    },
  ])('not $name', (scene) => {
    expect(hazards(scene)).toEqual([]);
  });
});

describe('WeightIgnored', () => {
  const ingresses = [stable({ class: 'higress' })];

  test.each<{ name: string; scene: Scene }>([
    {
      name: 'a header all the time',
      scene: { nginx: { additionalIngressAnnotations: { 'canary-by-header': 'X' } } },
    },
    {
      name: 'a cookie all the time',
      scene: { nginx: { additionalIngressAnnotations: { 'canary-by-cookie': 'X' } } },
    },
    { name: 'a header of a step', scene: { steps: [HEADER, ...WEIGHTS] } },
  ])('$name beside weights, where the proxy knows one or the other', ({ scene }) => {
    expect(reasons({ ...scene, ingresses })).toEqual(['WeightIgnored']);
    expect(hazards(scene)).toEqual([]);
  });

  test('not without weights, and not without rules', () => {
    expect(hazards({ steps: [HEADER, { pause: {} }], ingresses })).toEqual([]);
    expect(hazards({ ingresses })).toEqual([]);
  });
});

describe('ProxyUnknown', () => {
  const ingresses = [stable({ class: 'f5' })];
  const classes = [classOf('f5', 'nginx.org/ingress-controller')];

  test('a controller of which nothing is known', () => {
    expect(hazards({ ingresses, classes })).toEqual([
      { reason: 'ProxyUnknown', message: expect.stringContaining('nginx.org/ingress-controller') as string },
    ]);
  });

  test('not where the class cannot be asked, and not where the Rollout names a prefix', () => {
    expect(hazards({ ingresses })).toEqual([]);
    expect(hazards({ ingresses, classes, nginx: { annotationPrefix: 'alb.ingress.kubernetes.io' } })).toEqual([]);
  });
});
