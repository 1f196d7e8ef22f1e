/** A Rollout that cannot be rolled out says why, stands still, and heals by itself (spec 2, appendix A10). */
import { describe, expect } from 'vitest';
import type { CanaryStrategy } from '../../src/api/schema/canary.ts';
import { ANNOTATIONS } from '../../src/api/words/labels.ts';
import type { RolloutSpec } from '../../src/api/schema/rollout.ts';
import { waitFor } from '../testbed/cluster/wait.ts';
import { abort, patchSpec, promote, retry } from './commands.ts';
import { basicRollout, blueGreenRollout, ingress, routedRollout, routing, service, twoServices } from './manifests.ts';
import { Recording } from './recording.ts';
import { test } from './session.ts';

const INVALID = 'InvalidSpec: The Rollout "web" is invalid:';
const CANARY = 'spec.strategy.canary';

describe('what the Rollout refers to', () => {
  test('is told in order, and each missing object heals it by its coming alone', async ({ session }) => {
    const [stable, canary, stableIngress] = routing() as [object, object, object];
    await session.apply(routedRollout());
    const refused = (message: string) => session.until('web', { phase: 'Degraded', message: `${INVALID} ${message}` });
    await refused(`${CANARY}.stableService: Invalid value: "web": service "web" not found`);
    expect(await session.look('web')).toMatchObject({ canary: 0, weight: null, index: null });
    expect(await session.list('replicasets')).toEqual([]);

    await session.apply(stable);
    await refused(`${CANARY}.canaryService: Invalid value: "web-canary": service "web-canary" not found`);
    await session.apply(canary);
    await refused(
      `${CANARY}.trafficRouting.nginx.stableIngress: Invalid value: "web": ingress.networking.k8s.io "web" not found`,
    );
    await session.apply(ingress('web', {}, 'other'));
    await refused(
      `${CANARY}.trafficRouting.nginx.stableIngress: Invalid value: "web": ingress \`web\` has no rules using service web backend`,
    );
    await session.apply(stableIngress);
    await session.until('web', { phase: 'Healthy', message: '' });
    const { status } = await session.get('rollouts', 'web');
    expect(status?.conditions?.map(({ type }) => type)).not.toContain('InvalidSpec');
  });

  test('A10: also without replicas, and what comes is enough for it to be Healthy', async ({ session }) => {
    const [stable, canary, stableIngress] = routing() as [object, object, object];
    await session.apply(canary, stableIngress, routedRollout({ replicas: 0 }));
    const message = `${INVALID} ${CANARY}.stableService: Invalid value: "web": service "web" not found`;
    await session.until('web', { phase: 'Degraded', message });
    await session.apply(stable);
    const { generation } = (await session.get('rollouts', 'web')).metadata;
    await session.until('web', { phase: 'Healthy', message: '', pods: 0 });
    expect((await session.get('rollouts', 'web')).metadata.generation).toBe(generation);
  });

  test('a Service that vanishes in the middle of an update freezes it, and its return lets it go on', async ({
    session,
  }) => {
    const canary = { steps: [{ setWeight: 50 }, { pause: {} }] };
    await session.apply(...routing(), routedRollout({ replicas: 2, canary }));
    await session.until('web', { phase: 'Healthy' });
    await session.apply(routedRollout({ replicas: 2, image: 'web:2', canary }));
    await session.until('web', { phase: 'Paused', index: 1, weight: 50 });
    await session.kubectl('delete', 'service', 'web-canary');
    await session.until('web', { phase: 'Degraded', index: 1, canary: 1, stable: 2, weight: 50 });
    await session.apply(service('web-canary', 'web'));
    await session.until('web', { phase: 'Paused', index: 1, weight: 50, canaryService: 'web:2' });
  });

  test.for([
    {
      strategy: 'canary',
      manifest: (name: string, from: string) =>
        basicRollout({ name, canary: { stableService: from, steps: [{ setWeight: 50 }, { pause: {} }] } }),
    },
    {
      strategy: 'blue-green',
      manifest: (name: string, from: string) =>
        basicRollout({ name, strategy: { blueGreen: { activeService: from } } }),
    },
  ])('$strategy: Rollouts that exchange their Services in a ring get them', async ({ manifest }, { session }) => {
    const names = ['one', 'two', 'three'];
    const services = (owners: readonly string[]) => names.map((name, i) => service(`for-${name}`, owners[i] ?? ''));
    await session.apply(...services(names), ...names.map((name) => manifest(name, `for-${name}`)));
    for (const name of names) await session.until(name, { phase: 'Healthy', available: 1 });
    const next = ['two', 'three', 'one'];
    await session.apply(...services(next), ...next.map((name, i) => manifest(name, `for-${names[i]}`)));
    for (const name of names) await session.until(name, { phase: 'Healthy', available: 1 });
    for (const [i, name] of names.entries()) {
      const { metadata } = await waitFor(() => session.get('services', `for-${name}`), {
        what: `Service for-${name} to belong to ${next[i]}`,
        until: (seen) => seen.metadata.annotations?.[ANNOTATIONS.managedByRollouts] === next[i],
      });
      expect(metadata.name).toBe(`for-${name}`);
    }
  });

  test('a Service of another Rollout is not taken', async ({ session }) => {
    await session.apply(service('web', 'web'), basicRollout({ canary: { stableService: 'web' } }));
    await session.until('web', { phase: 'Healthy', stableService: 'web:1' });
    const rival = basicRollout({ name: 'rival', canary: { stableService: 'web' } });
    const template = {
      metadata: { labels: { app: 'web', of: 'rival' } },
      spec: { containers: [{ name: 'web', image: 'web:9' }] },
    };
    await session.apply({ ...rival, spec: { ...rival.spec, selector: { matchLabels: { of: 'rival' } }, template } });
    await session.until('rival', {
      phase: 'Degraded',
      message: `InvalidSpec: The Rollout "rival" is invalid: ${CANARY}.stableService: Invalid value: "web": Service "web" is managed by another Rollout`,
    });
    expect(await session.look('web')).toMatchObject({ phase: 'Healthy', stableService: 'web:1' });
  });

  test('a Service that selects other pods is not taken', async ({ session }) => {
    await session.apply(service('web', 'someone-else'), basicRollout({ canary: { stableService: 'web' } }));
    await session.until('web', {
      phase: 'Degraded',
      message: `${INVALID} ${CANARY}.stableService: Invalid value: "web": Service "web" has unmatch label "app" in rollout`,
    });
  });
});

test('what stands behind the Rollout in the same file never makes it Degraded', async ({ session }) => {
  using recording = await Recording.start(session, 'rollouts');
  await session.apply(routedRollout());
  await session.until('web', { phase: 'Progressing' });
  const { status } = await session.get('rollouts', 'web');
  expect(status?.conditions).toContainEqual(expect.objectContaining({ type: 'Blocked', reason: 'ReferencesNotReady' }));
  await session.apply(...routing());
  await session.until('web', { phase: 'Healthy' });
  expect(await recording.moments('web', ({ phase }) => phase)).not.toContain('Degraded');
});

describe('the brake works while a spec is invalid', () => {
  const steps = [{ setWeight: 50 }, { pause: {} }];
  const unknown = { steps: [...steps, { analysis: { templates: [{ templateName: 'success-rate' }] } }] };

  test('spec.replicas and an abort act, and nothing goes on', async ({ session }) => {
    await session.apply(...routing(), routedRollout({ replicas: 2, canary: { steps } }));
    await session.until('web', { phase: 'Healthy' });
    await session.apply(routedRollout({ replicas: 2, image: 'web:2', canary: { steps } }));
    await session.until('web', { phase: 'Paused', index: 1, weight: 50 });
    await session.apply(routedRollout({ replicas: 2, image: 'web:2', canary: unknown }));
    await session.until('web', { phase: 'Degraded', weight: 50 });
    await promote(session, 'web');
    await session.kubectl('scale', 'rollout', 'web', '--replicas=5');
    await session.until('web', { phase: 'Degraded', index: 1, weight: 50, stableAvailable: 5, canaryAvailable: 3 });
    await abort(session, 'web');
    const seen = await session.until('web', { phase: 'Degraded', aborted: true, weight: 0, canaryService: 'web:1' });
    expect(seen.message).toContain('InvalidSpec');
    await session.apply(routedRollout({ replicas: 5, image: 'web:2', canary: { steps } }));
    await session.until('web', { phase: 'Degraded', aborted: true, weight: 0, stable: 5 });
    await retry(session, 'web');
    await session.until('web', { phase: 'Paused', index: 1, weight: 50 });
  });

  test('an abort brings the active Service back', async ({ session }) => {
    const blueGreen = { autoPromotionEnabled: false, scaleDownDelaySeconds: 600 };
    await session.apply(...twoServices(), blueGreenRollout({ replicas: 2, blueGreen }));
    await session.until('web', { phase: 'Healthy' });
    await session.apply(blueGreenRollout({ replicas: 2, image: 'web:2', blueGreen }));
    await session.until('web', { phase: 'Paused', preview: 'web:2' });
    // Somebody leads everybody to the new revision by hand, and then finds that it is broken.
    const hash = (await session.get('rollouts', 'web')).status?.currentPodHash ?? '';
    const broken = { ...blueGreen, prePromotionAnalysis: { templates: [{ templateName: 'x' }] } };
    await session.apply(blueGreenRollout({ replicas: 2, image: 'web:2', blueGreen: broken }));
    await session.until('web', { phase: 'Degraded', active: 'web:1' });
    const selector = { spec: { selector: { 'rollouts-pod-template-hash': hash } } };
    await session.kubectl('patch', 'service', 'web', '--type=merge', '-p', JSON.stringify(selector));
    await abort(session, 'web');
    await session.until('web', { phase: 'Degraded', aborted: true, active: 'web:1' });
  });
});

describe('what this version does not do is refused in clear words', () => {
  interface Row {
    readonly name: string;
    readonly spec?: Partial<RolloutSpec>;
    readonly canary?: CanaryStrategy;
    readonly message: string;
  }
  const unsupported = (path: string, field: string) =>
    `${path}: Forbidden: ${field} is not supported by this version of Serin`;
  const rows: readonly Row[] = [
    {
      name: 'a plugin step',
      canary: { steps: [{ plugin: { name: 'org/step' } }] },
      message: unsupported(`${CANARY}.steps[0].plugin`, 'plugin'),
    },
    {
      name: 'another router',
      canary: { stableService: 'web', canaryService: 'web-canary', trafficRouting: { smi: {} } },
      message: `${unsupported(`${CANARY}.trafficRouting.smi`, 'smi')}: SMI is archived; lead through an HTTPRoute with gatewayAPI, which service meshes serve today`,
    },
  ];
  test.for(rows)('$name', async ({ spec = {}, canary = {}, message }, { session }) => {
    await session.apply(basicRollout({ canary, ...spec }));
    await session.until('web', { phase: 'Degraded', message: `${INVALID} ${message}` });
    expect(await session.list('replicasets')).toEqual([]);
  });
});

describe('an analysis whose template is missing is named', () => {
  interface Row {
    readonly name: string;
    readonly spec: Partial<RolloutSpec>;
    readonly path: string;
  }
  const analysis = { templates: [{ templateName: 'success-rate' }] };
  const rows: readonly Row[] = [
    {
      name: 'before a blue-green promotion',
      spec: { strategy: { blueGreen: { activeService: 'web', prePromotionAnalysis: analysis } } },
      path: 'spec.strategy.blueGreen.prePromotionAnalysis',
    },
    { name: 'in the background', spec: { strategy: { canary: { analysis } } }, path: `${CANARY}.analysis` },
    {
      name: 'at a step',
      spec: { strategy: { canary: { steps: [{ setWeight: 20 }, { analysis }] } } },
      path: `${CANARY}.steps[1].analysis`,
    },
  ];
  test.for(rows)('$name', async ({ spec, path }, { session }) => {
    await session.apply(service('web', 'web'), basicRollout(spec));
    const message = `${path}.templates: Invalid value: "success-rate": AnalysisTemplate 'success-rate' not found`;
    await session.until('web', { phase: 'Degraded', message: `${INVALID} ${message}` });
    expect(await session.list('replicasets')).toEqual([]);
  });
});

test('a spec that becomes invalid freezes what runs, its size follows, and a good one goes on from there', async ({
  session,
}) => {
  await session.apply(basicRollout({ replicas: 2 }));
  await session.until('web', { phase: 'Healthy' });
  await session.apply(basicRollout({ replicas: 3, image: 'web:2', canary: { stableService: 'nobody' } }));
  await session.until('web', { phase: 'Degraded', canaryImage: 'web:1', sizes: 'web:1=3' });
  const { status, metadata } = await session.get('rollouts', 'web');
  expect(status?.observedGeneration).toBe(String(metadata.generation));
  expect(status?.stableRS).not.toBe('');
  await session.settled();
  expect(await session.look('web')).toMatchObject({ sizes: 'web:1=3', pods: 3 });

  // A changed message is a new condition; an unchanged one is not written again.
  const before = status?.conditions?.find(({ type }) => type === 'InvalidSpec');
  await session.kubectl('label', 'rollout', 'web', 'touched=yes');
  await session.settled();
  const after = (await session.get('rollouts', 'web')).status?.conditions?.find(({ type }) => type === 'InvalidSpec');
  expect(after).toEqual(before);

  await patchSpec(session, 'web', { strategy: { canary: { stableService: null } } });
  await session.until('web', { phase: 'Healthy', sizes: 'web:2=3' });
});

test('a wrong step is refused when it is applied, in words', async ({ session }) => {
  const wrong = basicRollout({ canary: { steps: [{ setWeight: 20 }, { setWeight: 101 }] } });
  const result = await session.tryKubectl(['apply', '-f', '-'], JSON.stringify(wrong));
  expect(result.code).not.toBe(0);
  expect(result.stderr).toContain('spec.strategy.canary: Invalid value: SetWeight needs to be between 0 and 100');
  const unknown = await session.tryKubectl(
    ['apply', '-f', '-'],
    JSON.stringify(basicRollout({ canary: { steps: [{ setWieght: 20 } as object] } })),
  );
  expect(unknown.stderr).toContain('unknown field "spec.strategy.canary.steps[0].setWieght"');
});

test('a Rollout that nobody can read hurts only itself', async ({ session }) => {
  await session.apply(basicRollout({ name: 'odd' }), basicRollout());
  await session.until('odd', { phase: 'Healthy' });
  // A status that another controller has left in a shape that nobody expects.
  await session.kubectl(
    'patch',
    'rollout',
    'odd',
    '--subresource=status',
    '--type=merge',
    '-p',
    '{"status":{"currentStepIndex":-7,"conditions":[]}}',
  );
  await session.until('web', { phase: 'Healthy' });
  await session.apply(basicRollout({ image: 'web:2' }));
  await session.until('web', { phase: 'Healthy', stableImage: 'web:2' });
  await waitFor(() => session.look('odd'), {
    what: 'odd to be healthy again',
    until: ({ phase }) => phase === 'Healthy',
  });
});
