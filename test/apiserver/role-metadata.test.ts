/** Labels and annotations that roles put in the place of the template's own: what comes back, and who depends on it. */
import { describe, expect } from 'vitest';
import type { BlueGreenStrategy } from '../../src/api/schema/blue-green.ts';
import type { CanaryStrategy } from '../../src/api/schema/canary.ts';
import type { JsonObject } from '../../src/kube/json.ts';
import { waitFor } from '../testbed/cluster/wait.ts';
import { patchSpec, promote } from './commands.ts';
import { basicRollout, blueGreenRollout, routedRollout, routing, service, twoServices } from './manifests.ts';
import { readyEndpoints } from './ready-endpoints.ts';
import { imageOf } from './scene.ts';
import { test, type Session } from './session.ts';

const STEPS = [{ setWeight: 50 }, { pause: {} }];
const HASH = 'rollouts-pod-template-hash';
const PAUSED = { phase: 'Paused', index: 1 };
const OWN = { labels: { app: 'web', role: 'stable' }, annotations: { note: 'template' } };
const TRIAL = { labels: { role: 'canary' }, annotations: { note: 'canary' } };

function template(image: string, metadata: object = OWN): JsonObject {
  const ports = [{ name: 'http', containerPort: 8080 }];
  return { metadata: metadata as JsonObject, spec: { containers: [{ name: 'web', image, ports }] } };
}

function canaryOf(image: string, canary: CanaryStrategy = {}, routed = false) {
  const strategy = { steps: STEPS, canaryMetadata: TRIAL, ...canary };
  return (routed ? routedRollout : basicRollout)({ replicas: 2, template: template(image), canary: strategy });
}

function blueGreenOf(image: string, blueGreen: Partial<BlueGreenStrategy> = {}) {
  const strategy = { autoPromotionEnabled: false, previewMetadata: TRIAL, ...blueGreen };
  return blueGreenRollout({ replicas: 2, template: template(image), blueGreen: strategy });
}

/** The template of the ReplicaSet and all pods of the image say this, as `role/note`. */
async function untilAllSay(session: Session, image: string, said: string): Promise<void> {
  const saysOf = (metadata?: {
    labels?: Readonly<Record<string, string>>;
    annotations?: Readonly<Record<string, string>>;
  }) => `${metadata?.labels?.['role']}/${metadata?.annotations?.['note']}`;
  await waitFor(
    async () => {
      const [replicaSets, pods] = await Promise.all([session.list('replicasets', HASH), session.list('pods')]);
      const made = replicaSets.filter((one) => imageOf(one) === image).map((one) => saysOf(one.spec.template.metadata));
      const worn = pods
        .filter(({ metadata, spec }) => metadata.deletionTimestamp === undefined && spec.containers[0]?.image === image)
        .map(({ metadata }) => saysOf(metadata));
      return [...made, ...worn];
    },
    {
      what: `template and pods of ${image} to say ${said}`,
      until: (all) => all.length > 0 && all.every((one) => one === said),
    },
  );
}

async function untilReached(session: Session, name: string, pods: number): Promise<void> {
  await waitFor(async () => readyEndpoints(await session.list('endpointslices'), name), {
    what: `Service ${name} to reach ${pods} pods`,
    until: (reached) => reached === pods,
  });
}

function labelled(name: string, selector: object): object {
  const made = service(name, 'web') as { spec: object };
  return { ...made, spec: { ...made.spec, selector } };
}

describe('what the template says comes back when the role ends', () => {
  test('of a canary without a router, and no second ReplicaSet is made', async ({ session }) => {
    await session.apply(canaryOf('web:1'));
    await session.until('web', { phase: 'Healthy' });
    await session.apply(canaryOf('web:2'));
    await session.until('web', PAUSED);
    await untilAllSay(session, 'web:2', 'canary/canary');
    await untilAllSay(session, 'web:1', 'stable/template');
    await promote(session, 'web');
    await session.until('web', { phase: 'Healthy', stableImage: 'web:2', pods: 2 });
    await untilAllSay(session, 'web:2', 'stable/template');
    expect(await session.list('replicasets')).toHaveLength(2);
  });

  test('also key by key, when the role is edited and taken away in the middle', async ({ session }) => {
    await session.apply(canaryOf('web:1'));
    await session.until('web', { phase: 'Healthy' });
    await session.apply(canaryOf('web:2'));
    await session.until('web', PAUSED);
    await session.apply(canaryOf('web:2', { canaryMetadata: { labels: { role: 'trial' } } }));
    await untilAllSay(session, 'web:2', 'trial/template');
    await session.apply(canaryOf('web:2', { canaryMetadata: {} }));
    await untilAllSay(session, 'web:2', 'stable/template');
    expect(await session.look('web')).toMatchObject({ ...PAUSED, revision: 2 });
  });

  test('of a preview, before the active Service that selects by it moves', async ({ session }) => {
    await session.apply(labelled('web', { app: 'web', role: 'stable' }), service('web-preview', 'web'));
    await session.apply(blueGreenOf('web:1'));
    await session.until('web', { phase: 'Healthy' });
    await session.apply(blueGreenOf('web:2'));
    await session.until('web', { phase: 'Paused', preview: 'web:2' });
    await untilAllSay(session, 'web:2', 'canary/canary');
    await promote(session, 'web');
    await session.until('web', { phase: 'Healthy', active: 'web:2' });
    await untilAllSay(session, 'web:2', 'stable/template');
    await untilReached(session, 'web', 2);
  });

  test('of a Deployment', async ({ session }) => {
    const deployment = (image: string) => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: { replicas: 0, selector: { matchLabels: { app: 'web' } }, template: template(image) },
    });
    const { template: _template, selector: _selector, ...spec } = canaryOf('web:1').spec;
    const workloadRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
    await session.apply(deployment('web:1'), { ...canaryOf('web:1'), spec: { ...spec, workloadRef } });
    await session.until('web', { phase: 'Healthy' });
    await session.apply(deployment('web:2'));
    await session.until('web', PAUSED);
    await untilAllSay(session, 'web:2', 'canary/canary');
    await promote(session, 'web');
    await session.until('web', { phase: 'Healthy', stableImage: 'web:2' });
    await untilAllSay(session, 'web:2', 'stable/template');
  });
});

describe('a Service that selects by a label of roles', () => {
  test('a stable Service by what the canary replaces: it waits for the label, and the weight for the Service', async ({
    session,
  }) => {
    await session.apply(...routing(), labelled('web', { app: 'web', role: 'stable' }));
    await session.apply(labelled('metrics', { app: 'web', role: 'stable' }), canaryOf('web:1', {}, true));
    await session.until('web', { phase: 'Healthy' });
    await session.apply(canaryOf('web:2', {}, true));
    await session.until('web', { ...PAUSED, weight: 50 });
    await promote(session, 'web');
    await session.until('web', { phase: 'Healthy', weight: 0, stableService: 'web:2' });
    await untilReached(session, 'web', 2);
    await untilAllSay(session, 'web:2', 'stable/template');
  });

  test('a canary Service by what the canary brings: its pods keep that until no request is sent there', async ({
    session,
  }) => {
    const canary: CanaryStrategy = { canaryMetadata: { labels: { trial: 'yes' } } };
    await session.apply(
      ...routing(),
      labelled('web-canary', { app: 'web', trial: 'yes' }),
      canaryOf('web:1', canary, true),
    );
    await session.until('web', { phase: 'Healthy' });
    await session.apply(canaryOf('web:2', canary, true));
    await session.until('web', { ...PAUSED, weight: 50 });
    await promote(session, 'web');
    await session.until('web', { phase: 'Healthy', weight: 0, stableService: 'web:2' });
    await untilReached(session, 'web', 2);
    await untilReached(session, 'web-canary', 0);
  });
});

test('a role that repeats the label of the selector is promoted, and the label stays', async ({ session }) => {
  const canary: CanaryStrategy = { canaryMetadata: { labels: { app: 'web', role: 'canary' } } };
  await session.apply(...routing(), canaryOf('web:1', canary, true));
  await session.until('web', { phase: 'Healthy' });
  await session.apply(canaryOf('web:2', canary, true));
  await session.until('web', { ...PAUSED, weight: 50 });
  await promote(session, 'web');
  await session.until('web', { phase: 'Healthy', weight: 0, stableImage: 'web:2' });
  await untilAllSay(session, 'web:2', 'stable/template');
  await untilReached(session, 'web', 2);
});

test('a role that changes what the selector of a workload needs is told in the status, by its name', async ({
  session,
}) => {
  const { template: own, selector, ...spec } = canaryOf('web:1', { canaryMetadata: { labels: { app: 'x' } } }).spec;
  await session.apply(...twoServices(), {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: { replicas: 0, selector, template: own },
  });
  const workloadRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
  await session.apply({ ...canaryOf('web:1'), spec: { ...spec, workloadRef } });
  const { message } = await session.until('web', { phase: 'Degraded' });
  expect(message).toContain('spec.strategy.canary.canaryMetadata.labels[app]: Invalid value: "x"');
  await patchSpec(session, 'web', { strategy: { canary: { canaryMetadata: null } } });
  await session.until('web', { phase: 'Healthy' });
});
