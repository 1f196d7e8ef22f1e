/** Who gets the canary besides the weight: headers, cookies, header routes, several Ingresses and hosts. */
import { describe, expect } from 'vitest';
import type { StringMatch } from '../../src/api/schema/steps.ts';
import { ingress, path } from '../apiserver/manifests.ts';
import { waitFor } from '../testbed/cluster/wait.ts';
import type { Answer } from '../testbed/data-plane/answers.ts';
import type { Wish } from '../testbed/data-plane/ask.ts';
import { promote } from './commands.ts';
import { sampleSize } from './extent.ts';
import { deploy, releaseTo, until, type Kind } from './rollout.ts';
import { test } from './test.ts';
import type { Traffic } from './traffic.ts';

const SAMPLE = sampleSize(400, 100);
const SHARE_SAMPLE = sampleSize(2_000, 1_000);

type Headers = NonNullable<Wish['headers']>;

/** Green waits beside blue at the first pause. */
async function greenBesideBlue(traffic: Traffic, kind: Kind): Promise<void> {
  await deploy(traffic, 'blue', kind);
  await releaseTo(traffic, 'green', {}, kind);
  await traffic.propagated();
}

function annotated(
  traffic: Traffic,
  annotations: Readonly<Record<string, string>>,
  steps: NonNullable<Kind['steps']>,
): Kind {
  return { replicas: 2, steps, nginx: { stableIngress: traffic.name, additionalIngressAnnotations: annotations } };
}

interface Expectation {
  readonly headers: Headers;
  /** Who must answer. */
  readonly answers: 'blue' | 'green';
}

/** Samples every kind of request, and enters the result into the table. */
async function check(traffic: Traffic, scenario: string, expectations: readonly Expectation[]): Promise<void> {
  const wrong: Answer[] = [];
  let all: readonly Answer[] = [];
  for (const { headers, answers } of expectations) {
    const sample = await traffic.sample(SAMPLE, { headers });
    wrong.push(...sample.notFrom(answers));
    all = [...all, ...sample.all];
  }
  await traffic.account(all, { scenario, wrong });
}

const WEIGHT_0 = [{ setCanaryScale: { replicas: 1 } }, { pause: {} }];
const WEIGHT_30 = [{ setWeight: 30 }, { pause: {} }];

describe('annotations for the canary Ingress', () => {
  test('X-Canary: always and never, beside a weight', async ({ traffic }) => {
    await greenBesideBlue(traffic, annotated(traffic, { 'canary-by-header': 'X-Canary' }, WEIGHT_30));
    await check(traffic, 'X-Canary always and never beside 30 %', [
      { headers: { 'X-Canary': 'always' }, answers: 'green' },
      { headers: { 'X-Canary': 'never' }, answers: 'blue' },
    ]);
    await shareIs(traffic, 30, 'the rest of the requests beside X-Canary', {});
  });

  test('weight, header and cookie together: the header comes before the cookie, the cookie before the weight', async ({
    traffic,
  }) => {
    const annotations = { 'canary-by-header': 'X-Canary', 'canary-by-cookie': 'Canary' };
    await greenBesideBlue(traffic, annotated(traffic, annotations, WEIGHT_30));
    await check(traffic, 'header and cookie beside 30 %', [
      { headers: { 'X-Canary': 'always' }, answers: 'green' },
      { headers: { 'X-Canary': 'never' }, answers: 'blue' },
      { headers: { cookie: 'Canary=always' }, answers: 'green' },
      { headers: { cookie: 'Canary=never' }, answers: 'blue' },
      { headers: { 'X-Canary': 'always', cookie: 'Canary=never' }, answers: 'green' },
      { headers: { 'X-Canary': 'never', cookie: 'Canary=always' }, answers: 'blue' },
    ]);
    await shareIs(traffic, 30, 'the rest beside header and cookie', {});
    const others = { 'X-Canary': 'perhaps', cookie: 'Canary=perhaps' };
    await shareIs(traffic, 30, 'other values of header and cookie', { headers: others });
  });

  test('header value, cookie and weight together', async ({ traffic }) => {
    const annotations = {
      'canary-by-header': 'X-Canary',
      'canary-by-header-value': 'iwantsit',
      'canary-by-cookie': 'Canary',
    };
    await greenBesideBlue(traffic, annotated(traffic, annotations, WEIGHT_30));
    await check(traffic, 'header value and cookie beside 30 %', [
      { headers: { 'X-Canary': 'iwantsit' }, answers: 'green' },
      { headers: { 'X-Canary': 'iwantsit', cookie: 'Canary=never' }, answers: 'green' },
      { headers: { 'X-Canary': 'other', cookie: 'Canary=always' }, answers: 'green' },
      { headers: { 'X-Canary': 'other', cookie: 'Canary=never' }, answers: 'blue' },
    ]);
    await shareIs(traffic, 30, 'another header value', { headers: { 'X-Canary': 'never' } });
  });

  test('header-only: nobody without the header or the cookie gets the canary', async ({ traffic }) => {
    const annotations = {
      'canary-by-header': 'X-Canary',
      'canary-by-header-value': 'iwantsit',
      'canary-by-cookie': 'Canary',
    };
    await greenBesideBlue(traffic, annotated(traffic, annotations, WEIGHT_0));
    await check(traffic, 'header-only, header value or cookie', [
      { headers: {}, answers: 'blue' },
      { headers: { 'X-Canary': 'always' }, answers: 'blue' },
      { headers: { cookie: 'Canary=maybe' }, answers: 'blue' },
      { headers: { 'X-Canary': 'iwantsit' }, answers: 'green' },
      { headers: { cookie: 'theme=dark; Canary=always' }, answers: 'green' },
    ]);
  });
});

describe('setHeaderRoute', () => {
  const MATCHES: readonly {
    readonly name: string;
    readonly match: StringMatch;
    readonly hits: readonly string[];
    readonly misses: readonly string[];
  }[] = [
    { name: 'exact', match: { exact: 'alice' }, hits: ['alice'], misses: ['alice2', 'bob'] },
    { name: 'regex', match: { regex: '^(alice|bob)$' }, hits: ['alice', 'bob'], misses: ['alice2', 'carol'] },
    { name: 'prefix', match: { prefix: 'ali' }, hits: ['alice', 'ali'], misses: ['malice', 'bob'] },
  ];
  const managedRoutes = [{ name: 'testers' }];
  const routeTo = (match: StringMatch): NonNullable<Kind['steps']> => [
    { setHeaderRoute: { name: 'testers', match: [{ headerName: 'X-Tester', headerValue: match }] } },
    { pause: {} },
  ];
  const tester = (value: string): Headers => ({ 'X-Tester': value });

  /** The header goes with the steps: everybody has the new version, and the old one has nobody. */
  async function promoted(traffic: Traffic, scenario: string): Promise<void> {
    await promote(traffic.session, traffic.name);
    await until(traffic, { phase: 'Healthy', weight: 0 });
    await traffic.propagated();
    await check(traffic, scenario, [{ headers: {}, answers: 'green' }]);
  }

  describe.for(MATCHES)('$name', ({ name, match, hits, misses }) => {
    test('the header alone', async ({ traffic }) => {
      const steps = [{ setCanaryScale: { replicas: 1 } }, ...routeTo(match)];
      await greenBesideBlue(traffic, { replicas: 2, steps, managedRoutes });
      await check(traffic, `setHeaderRoute, ${name}`, [
        { headers: {}, answers: 'blue' },
        ...hits.map((value): Expectation => ({ headers: tester(value), answers: 'green' })),
        ...misses.map((value): Expectation => ({ headers: tester(value), answers: 'blue' })),
      ]);
      await promoted(traffic, `setHeaderRoute, ${name}, promoted`);
    });

    test('beside a weight', async ({ traffic }) => {
      const scenario = `setHeaderRoute, ${name}, beside 30 %`;
      await greenBesideBlue(traffic, { replicas: 2, steps: [{ setWeight: 30 }, ...routeTo(match)], managedRoutes });
      await check(
        traffic,
        `${scenario}, with the header`,
        hits.map((value) => ({ headers: tester(value), answers: 'green' })),
      );
      await shareIs(traffic, 30, `${scenario}, without it`, {});
      for (const value of misses) await shareIs(traffic, 30, `${scenario}, with ${value}`, { headers: tester(value) });
      await promoted(traffic, `${scenario}, promoted`);
    });
  });
});

async function shareIs(traffic: Traffic, percent: number, scenario: string, wish: Partial<Wish>): Promise<void> {
  const sample = await traffic.sample(SHARE_SAMPLE, wish);
  const measured = sample.percentOf('green');
  expect(Math.abs(measured - percent)).toBeLessThanOrEqual(traffic.tolerance(percent, SHARE_SAMPLE));
  await traffic.account(sample.all, { scenario, note: `measured ${measured.toFixed(1)} %` });
}

describe('more than one way in', () => {
  test('two hosts of one stable Ingress', async ({ traffic }) => {
    const other = `other.${traffic.host}`;
    await deploy(traffic, 'blue', { replicas: 2, steps: WEIGHT_30 });
    const rules = [traffic.host, other].map((host) => ({ host, http: { paths: [path('/', traffic.name)] } }));
    await traffic.session.apply(ingress(traffic.name, { rules }));
    await releaseTo(traffic, 'green', { weight: 30 }, { replicas: 2, steps: WEIGHT_30 });
    await traffic.propagated();
    await shareIs(traffic, 30, 'two hosts, the first', {});
    await shareIs(traffic, 30, 'two hosts, the second', { host: other });
  });

  test('two stable Ingresses', async ({ traffic }) => {
    const second = `${traffic.name}-second`;
    const kind: Kind = {
      replicas: 2,
      steps: WEIGHT_30,
      nginx: { stableIngresses: [traffic.name, second] },
    };
    await traffic.session.apply(ingress(second, {}, traffic.name));
    await deploy(traffic, 'blue', kind);
    await releaseTo(traffic, 'green', { weight: 30 }, kind);
    await waitFor(() => traffic.session.list('ingresses'), {
      what: 'two canary Ingresses beside two stable ones',
      until: (all) => all.length === 4,
    });
    await traffic.propagated();
    await shareIs(traffic, 30, 'two stable Ingresses, the first', {});
    await shareIs(traffic, 30, 'two stable Ingresses, the second', { host: `${second}.example.com` });
  });
});
