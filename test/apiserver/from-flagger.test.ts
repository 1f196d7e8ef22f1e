/**
 * A Flagger Canary with metrics and webhooks, translated (examples/analysis/from-flagger.yaml, docs/migrating.md): the
 * Rollout takes the Deployment over, and a release is gated, tested, measured, and promoted or sent back. What it asks
 * outside is played by the test: no query is evaluated here.
 */
import { describe } from 'vitest';
import { allowJobs, applyTemplates, manifestsIn } from './analysis-examples.ts';
import { OutsideWorld } from './outside-world.ts';
import { oneByOne as test, type Session } from './session.ts';

const OLD = 'cilium/echoserver:1.10.2';
const NEW = 'cilium/echoserver:1.10.3';

/** The outside as the numbers of the metrics that it reports. */
interface Numbers {
  successRate: string;
  seconds: string;
  checkoutErrors: string;
  mayPromote: boolean;
}

const GOOD: Numbers = { successRate: '1', seconds: '0.1', checkoutErrors: '0.1', mayPromote: true };

function open(numbers: Numbers): Promise<OutsideWorld> {
  return OutsideWorld.open(({ path, body }) => {
    if (path === '/may-promote') return { status: numbers.mayPromote ? 200 : 403 };
    if (path !== '/api/v1/query') return {};
    const query = new URLSearchParams(body).get('query') ?? '';
    const asked = [
      ['histogram_quantile', numbers.seconds],
      ['checkout_errors_total', numbers.checkoutErrors],
      ['nginx_ingress_controller_requests', numbers.successRate],
    ] as const;
    const sample = asked.find(([part]) => query.includes(part))?.[1];
    if (sample === undefined) return { status: 400 };
    const result = [{ metric: {}, value: [1_767_323_045, sample] }];
    return { body: JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }) };
  });
}

/** The files as they are, but for the hosts, and seconds in the place of minutes. */
async function takeOver(session: Session, world: OutsideWorld): Promise<void> {
  await allowJobs(session);
  await applyTemplates(session, 'deploy/analysis-templates/ingress-nginx');
  await session.applyExamples('echoserver.yaml');
  const here = (text: string) =>
    text
      .replaceAll(/http:\/\/(?:gate\.example\.test|tester\.example\.test|prometheus\.monitoring:9090)/g, world.url)
      .replaceAll(/(window, value:|interval, value:|duration:) \w+/g, '$1 1s');
  for (const file of ['gates.yaml', 'from-flagger.yaml']) {
    await session.apply(...(await manifestsIn(`examples/analysis/${file}`, here)));
  }
  await session.until('echoserver', { phase: 'Healthy', stableImage: OLD, sizes: `${OLD}=5` });
}

function release(session: Session): Promise<string> {
  return session.kubectl('set', 'image', 'deployment/echoserver', `echoserver=${NEW}`);
}

describe('the translation of a Canary of Flagger', () => {
  test('releases a good version through its gates, and measures it', async ({ session, expect }) => {
    const numbers = { ...GOOD, mayPromote: false };
    await using world = await open(numbers);
    await takeOver(session, world);
    await release(session);
    await session.until('echoserver', { index: 14, weight: 50 });
    await world.untilAsked('/may-promote');
    expect(world.paths.filter((path) => path !== '/api/v1/query')).toEqual(['/may-start', '/', '/may-promote']);
    numbers.mayPromote = true;
    await session.until('echoserver', { phase: 'Healthy', stableImage: NEW, weight: 0 });
    const queries = world.asked
      .filter(({ path }) => path === '/api/v1/query')
      .map(({ body }) => new URLSearchParams(body).get('query') ?? '');
    const hash = (await session.get('rollouts', 'echoserver')).status?.stableRS ?? '';
    const canary = `ingress="echoserver", canary=~"${session.namespace}-echoserver-canary-.+"`;
    for (const part of [canary, `pod=~"echoserver-${hash}-.*"`, '[1s]']) {
      expect(queries.some((query) => query.includes(part))).toBe(true);
    }
    expect(queries.filter((query) => query.includes('{{'))).toEqual([]);
  });

  test.for([
    { harm: 'fails too many requests', metric: 'success-rate', bad: { successRate: '0.9' } },
    { harm: 'is too slow', metric: 'latency-p50', bad: { seconds: '0.7' } },
    { harm: 'fails too many checkouts', metric: 'checkout-errors', bad: { checkoutErrors: '0.6' } },
  ])('sends a version back that $harm, after five bad measurements', async ({ metric, bad }, { session, expect }) => {
    const numbers = { ...GOOD, mayPromote: false };
    await using world = await open(numbers);
    await takeOver(session, world);
    await release(session);
    await session.until('echoserver', { index: 14, weight: 50 });
    Object.assign(numbers, bad);
    const { message } = await session.until('echoserver', {
      phase: 'Degraded',
      aborted: true,
      weight: 0,
      stableImage: OLD,
    });
    expect(message).toContain(`Metric "${metric}" assessed Failed due to failed (5) > failureLimit (4)`);
  });
});
