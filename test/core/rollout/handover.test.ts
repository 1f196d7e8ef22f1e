/** Services that two Rollouts exchange while both specs are invalid. */
import { describe, expect, test } from 'vitest';
import { ANNOTATIONS, LABELS } from '../../../src/api/words/labels.ts';
import { decideRollout } from '../../../src/core/rollout/decide.ts';
import type { RolloutWorld } from '../../../src/core/observed/world.ts';
import type { Service } from '../../../src/kube/objects.ts';
import type { PatchWrite } from '../../../src/kube/plan.ts';
import { blueGreen, buildWorld, hashOf, NAME, NAMESPACE, routed, type WorldOptions } from '../build-world.ts';

function serviceOf(name: string, manager: string, hash: string): Service {
  return {
    metadata: {
      name,
      namespace: NAMESPACE,
      uid: `uid-${name}`,
      resourceVersion: '7',
      annotations: { [ANNOTATIONS.managedByRollouts]: manager },
    },
    spec: { selector: { app: NAME, [LABELS.podTemplateHash]: hash } },
  };
}

/** The Rollout names a Service of `other`, and has `former`, which it names no longer. */
function exchanging(
  { other = 'api', ...options }: WorldOptions & { readonly other?: string },
  taken: string,
): RolloutWorld {
  const world = buildWorld({ claimedServices: ['former'], ...options });
  const services = new Map(world.services);
  services.set(taken, serviceOf(taken, other, 'of-another'));
  services.set('former', serviceOf('former', NAME, hashOf('v1')));
  return { ...world, services };
}

const patchesOf = (world: RolloutWorld) =>
  decideRollout(world).writes.filter((one): one is PatchWrite => one.op === 'patch' && one.resource.kind === 'Service');

describe.each<{ strategy: string; options: WorldOptions; taken: string }>([
  { strategy: 'canary', options: { strategy: { stableService: 'web-stable' } }, taken: 'web-stable' },
  { strategy: 'canary with a router', options: { strategy: routed() }, taken: 'web-canary' },
  { strategy: 'blue-green', options: { blueGreen: blueGreen() }, taken: 'web' },
])('$strategy', ({ options, taken }) => {
  test('a Service that another Rollout names is handed over, and serves on', () => {
    expect(patchesOf(exchanging(options, taken))).toMatchObject([
      {
        name: 'former',
        patch: { metadata: { annotations: { [ANNOTATIONS.managedByRollouts]: null } } },
        resourceVersion: '7',
      },
    ]);
    expect(patchesOf(exchanging(options, taken))[0]?.patch).not.toHaveProperty('spec');
  });

  test.each<{ name: string; more: WorldOptions }>([
    { name: 'nobody else names it', more: { claimedServices: [] } },
    { name: 'the spec is invalid for another reason, too', more: { spec: { progressDeadlineSeconds: -1 } } },
  ])('it stays where $name', ({ more }) => {
    expect(patchesOf(exchanging({ ...options, ...more }, taken))).toEqual([]);
  });
});
