/**
 * The admission webhook of the real ingress-nginx tries every Ingress in nginx before it is stored, ours as well. All
 * files of this suite play with it, so a state of ours that it refuses would stop their releases; here it does refuse one.
 */
import { expect } from 'vitest';
import { findCondition } from '../../src/kube/conditions.ts';
import { waitFor } from '../testbed/cluster/wait.ts';
import { promote } from './commands.ts';
import { imageOf, rolloutOf, until, type Kind } from './rollout.ts';
import { test } from './test.ts';
import { ingress, routing } from '../apiserver/manifests.ts';

const STEPS: Kind['steps'] = [{ setWeight: 20 }, { pause: {} }];

test('what the webhook says of a canary Ingress is what the Rollout waits for, and nothing is lost', async ({
  traffic,
}) => {
  const { session, name } = traffic;
  const withAnnotations = (annotations: Readonly<Record<string, string>>): Kind => ({
    replicas: 2,
    steps: STEPS,
    nginx: { stableIngress: name, additionalIngressAnnotations: annotations },
  });
  const refused = withAnnotations({ 'canary-by-header': 'X-Canary', 'configuration-snippet': 'return 200;' });
  const accepted = withAnnotations({ 'canary-by-header': 'X-Canary' });

  const direct = await session.tryKubectl(
    ['apply', '--dry-run=server', '-f', '-'],
    JSON.stringify({
      ...ingress('direct'),
      metadata: { name: 'direct', annotations: { 'nginx.ingress.kubernetes.io/configuration-snippet': 'return 200;' } },
    }),
  );
  expect(direct.stderr).toContain('Snippet directives are disabled');

  await session.apply(...routing(name), rolloutOf(traffic, 'blue', accepted));
  await until(traffic, { phase: 'Healthy', weight: 0 });
  await using load = await traffic.load();
  await session.apply(rolloutOf(traffic, 'green', refused));
  const message = await waitFor(
    async () => findCondition((await session.get('rollouts', name)).status?.conditions, 'Blocked')?.message ?? '',
    {
      what: 'the Rollout to be blocked by the webhook',
      until: (text) => text.includes('Snippet directives are disabled'),
    },
  );
  expect(message).toContain('validate.nginx.ingress.kubernetes.io');

  await session.apply(rolloutOf(traffic, 'green', accepted));
  await until(traffic, { phase: 'Paused', canaryImage: imageOf('green'), weight: 20 });
  await promote(session, name);
  await until(traffic, { phase: 'Healthy', stableImage: imageOf('green'), weight: 0 });
  await traffic.propagated();
  const wrong = (await load.next(100)).notFrom('green');
  await traffic.account((await load.stop()).all, { scenario: 'refused by the webhook, mended, promoted', wrong });
});
