/** What a person is told of a Rollout whose requests may go elsewhere than it says (docs/reference/hazards.md). */
import { expect } from 'vitest';
import { findCondition } from '../../src/kube/conditions.ts';
import { waitFor } from '../testbed/cluster/wait.ts';
import { promote } from './commands.ts';
import { ingress, path, routedRollout, routing } from './manifests.ts';
import { test, type Session } from './session.ts';

const CANARY = { steps: [{ setWeight: 20 }, { pause: {} }] };

async function hazardOf(session: Session) {
  return findCondition((await session.get('rollouts', 'web')).status?.conditions, 'TrafficHazard');
}

function hazardBecomes(session: Session, what: string, until: (message: string | undefined) => boolean) {
  return waitFor(async () => (await hazardOf(session))?.message, { what, until });
}

test('an Ingress that shares the stable Service is named while it is there, and the rollout goes on', async ({
  session,
}) => {
  await session.apply(...routing(), routedRollout({ canary: CANARY }));
  await session.until('web', { phase: 'Healthy' });
  expect(await hazardOf(session)).toBeUndefined();

  await session.apply(
    ingress('admin', { rules: [{ host: 'admin.example.com', http: { paths: [path('/', 'web')] } }] }),
  );
  expect(await session.waitForEvent('web', 'SharedBackend')).toMatchObject({
    type: 'Warning',
    message: expect.stringMatching(/^Ingress admin also leads to Service web/) as string,
  });
  expect(await hazardOf(session)).toMatchObject({ status: 'True', reason: 'SharedBackend' });

  await session.apply(routedRollout({ image: 'web:2', canary: CANARY }));
  await session.until('web', { phase: 'Paused', index: 1, weight: 20 });
  await promote(session, 'web');
  await session.until('web', { phase: 'Healthy', stableImage: 'web:2' });

  await session.kubectl('delete', 'ingress', 'admin');
  await hazardBecomes(session, 'the hazard to be over', (message) => message === undefined);
  expect((await session.events('web')).filter(({ reason }) => reason === 'SharedBackend')).toHaveLength(1);
});

test('two hazards are one condition and two events', async ({ session }) => {
  const preview = [{ host: 'preview.example.com', http: { paths: [path('/', 'web-canary')] } }];
  const nginx = { stableIngress: 'web', additionalIngressAnnotations: { 'canary-weight-total': '1000' } };
  await session.apply(
    ...routing(),
    ingress('preview', { rules: preview }),
    routedRollout({ canary: { ...CANARY, trafficRouting: { nginx } } }),
  );
  await session.until('web', { phase: 'Healthy' });
  await session.waitForEvent('web', 'CanaryServiceExposed');
  await session.waitForEvent('web', 'WeightTotalIgnored');
  const message = await hazardBecomes(session, 'both to be told', (told) => told?.includes('; ') === true);
  expect(message).toMatch(/^Ingress preview leads to the canary Service web-canary.*; canary-weight-total: "1000"/);
});

test('the class of an Ingress tells which proxy it is', async ({ session }) => {
  const className = `edge-${session.namespace}`;
  const classOf = (controller: string) => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: { name: className },
    spec: { controller },
  });
  await session.apply(classOf('nginx.org/ingress-controller'));
  try {
    await session.apply(
      ...routing(),
      ingress('web', { ingressClassName: className }),
      routedRollout({ canary: CANARY }),
    );
    await session.until('web', { phase: 'Healthy' });
    await session.waitForEvent('web', 'ProxyUnknown');
    // The controller of a class cannot be changed; a class can be made anew.
    await session.kubectl('delete', 'ingressclass', className);
    await session.apply(classOf('k8s.io/ingress-nginx'));
    await hazardBecomes(session, 'the proxy to be known', (message) => message === undefined);
  } finally {
    await session.kubectl('delete', 'ingressclass', className);
  }
});

test('the annotation about the time of the proxies is checked', async ({ session }) => {
  const rollout = routedRollout({ canary: CANARY });
  const key = 'serin.dev/traffic-propagation-time';
  const saying = (text: string) => ({ ...rollout, metadata: { ...rollout.metadata, annotations: { [key]: text } } });
  await session.apply(...routing(), saying('10 minutes'));
  expect(await invalidSpecOf(session)).toBe(
    `The Rollout "web" is invalid: metadata.annotations[${key}]: Invalid value: "10 minutes": must be a duration from 0s to 1h`,
  );
  await session.apply(saying('10s'));
  await session.until('web', { phase: 'Healthy' });
});

function invalidSpecOf(session: Session): Promise<string | undefined> {
  return waitFor(
    async () => findCondition((await session.get('rollouts', 'web')).status?.conditions, 'InvalidSpec')?.message,
    { what: 'the Rollout to be invalid', until: (message) => message !== undefined },
  );
}
