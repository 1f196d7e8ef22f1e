/** A Rollout that cannot be rolled out says why, stands still, and heals by itself (spec 2, appendix A10). */
import { describe, expect } from 'vitest';
import type { CanaryStrategy } from '../../src/api/canary.ts';
import type { RolloutSpec } from '../../src/api/rollout.ts';
import { waitFor } from '../cluster/wait.ts';
import { patchSpec } from './commands.ts';
import { basicRollout, ingress, routedRollout, routing, service } from './manifests.ts';
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

describe('what this version does not do is refused in clear words', () => {
  interface Row {
    readonly name: string;
    readonly spec?: Partial<RolloutSpec>;
    readonly canary?: CanaryStrategy;
    readonly message: string;
  }
  const analysis = { templates: [{ templateName: 'success-rate' }] };
  const unsupported = (path: string, field: string) =>
    `${path}: Forbidden: ${field} is not supported by this version of Serin`;
  const rows: readonly Row[] = [
    {
      name: 'an analysis before a blue-green promotion',
      spec: { strategy: { blueGreen: { activeService: 'web', prePromotionAnalysis: analysis } } },
      message: unsupported('spec.strategy.blueGreen.prePromotionAnalysis', 'prePromotionAnalysis'),
    },
    { name: 'background analysis', canary: { analysis }, message: unsupported(`${CANARY}.analysis`, 'analysis') },
    {
      name: 'an analysis step',
      canary: { steps: [{ setWeight: 20 }, { analysis }] },
      message: unsupported(`${CANARY}.steps[1].analysis`, 'analysis'),
    },
    {
      name: 'an experiment step',
      canary: { steps: [{ experiment: { templates: [{ name: 'a', specRef: 'canary' }] } }] },
      message: unsupported(`${CANARY}.steps[0].experiment`, 'experiment'),
    },
    {
      name: 'a plugin step',
      canary: { steps: [{ plugin: { name: 'org/step' } }] },
      message: unsupported(`${CANARY}.steps[0].plugin`, 'plugin'),
    },
    {
      name: 'another router',
      canary: { stableService: 'web', canaryService: 'web-canary', trafficRouting: { smi: {} } },
      message: unsupported(`${CANARY}.trafficRouting.smi`, 'smi'),
    },
  ];
  test.for(rows)('$name', async ({ spec = {}, canary = {}, message }, { session }) => {
    await session.apply(basicRollout({ canary, ...spec }));
    await session.until('web', { phase: 'Degraded', message: `${INVALID} ${message}` });
    expect(await session.list('replicasets')).toEqual([]);
  });
});

test('a spec that becomes invalid freezes the running pods, and a good one goes on from there', async ({ session }) => {
  await session.apply(basicRollout({ replicas: 2 }));
  await session.until('web', { phase: 'Healthy' });
  await session.apply(basicRollout({ replicas: 3, image: 'web:2', canary: { stableService: 'nobody' } }));
  await session.until('web', { phase: 'Degraded', canaryImage: 'web:1', sizes: 'web:1=2' });
  const { status, metadata } = await session.get('rollouts', 'web');
  expect(status?.observedGeneration).toBe(String(metadata.generation));
  expect(status?.stableRS).not.toBe('');
  await session.settled();
  expect(await session.look('web')).toMatchObject({ sizes: 'web:1=2', pods: 2 });

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
