/** A ReplicaSet of a former controller on a cluster that fills in more than our table of defaults knows (spec 4.4, rule 3). */
import { describe, expect, test } from 'vitest';
import { decideRollout } from '../../../src/core/rollout/decide.ts';
import { templateDoubt } from '../../../src/core/rollout/template-doubt.ts';
import type { RolloutWorld } from '../../../src/core/observed/world.ts';
import { REPLICA_SETS } from '../../../src/kube/resources.ts';
import type { PodTemplate } from '../../../src/kube/objects.ts';
import {
  blueGreen,
  buildWorld,
  hashOf,
  replicaSetNameOf,
  routed,
  templateOf,
  type WorldOptions,
} from '../build-world.ts';

function filledIn(version: string, fields: object = { aNewDefault: 'on' }): PodTemplate {
  const { spec, ...rest } = templateOf(version);
  return { ...rest, spec: { ...spec, ...fields } };
}

/** The ReplicaSet is labelled with the hash of `theirs`, which is none of ours for what it runs. */
const INHERITED: WorldOptions = {
  version: 'v1',
  stable: 'theirs',
  revisions: [{ version: 'theirs', size: 5, template: filledIn('v1') }],
  status: { currentPodHash: hashOf('theirs') },
};

const doubtIn = (world: RolloutWorld) => templateDoubt(world, decideRollout(world));
const created = (world: RolloutWorld) =>
  decideRollout(world)
    .writes.filter(({ op, resource }) => op === 'create' && resource === REPLICA_SETS)
    .map(({ name }) => name);

describe.each([
  { name: 'a canary', options: {} },
  { name: 'a canary behind a router', options: { strategy: routed({ steps: [{ setWeight: 20 }] }) } },
  { name: 'blue-green', options: { blueGreen: blueGreen() } },
])('$name', ({ options }) => {
  const world = buildWorld({ ...INHERITED, ...options });

  test('is in doubt before it creates a ReplicaSet, and asks about that one', () => {
    expect(created(world)).toEqual([replicaSetNameOf('v1')]);
    expect(doubtIn(world)?.create.name).toBe(replicaSetNameOf('v1'));
  });

  test('creates none when the API server makes the same of it', () => {
    const informed = { ...world, defaultedTemplate: filledIn('v1') };
    expect(created(informed)).toEqual([]);
    expect(doubtIn(informed)).toBeNull();
  });

  test('creates one when the API server makes something else of it', () => {
    expect(created({ ...world, defaultedTemplate: templateOf('v1') })).toEqual([replicaSetNameOf('v1')]);
  });
});

describe('there is no doubt', () => {
  test.each<{ name: string; options: WorldOptions }>([
    { name: 'where the image is another one', options: { version: 'v2' } },
    {
      name: 'where the template asks for what the ReplicaSet has not',
      options: { spec: { template: filledIn('v1', { hostNetwork: true }) } },
    },
    {
      name: 'where our table of defaults tells',
      options: { revisions: [{ version: 'theirs', size: 5, template: filledIn('v1', { dnsPolicy: 'ClusterFirst' }) }] },
    },
    { name: 'where the hash tells', options: { revisions: [{ version: 'v1', size: 5, template: filledIn('v1') }] } },
  ])('$name', ({ options }) => {
    expect(doubtIn(buildWorld({ ...INHERITED, ...options }))).toBeNull();
  });
});

test('the same doubt has the same key, and another one as soon as either template is another', () => {
  const keyOf = (options: WorldOptions) => doubtIn(buildWorld({ ...INHERITED, ...options }))?.key;
  const key = keyOf({});
  expect(key).toBeDefined();
  expect(keyOf({ replicas: 7 })).toBe(key);
  const newer = filledIn('v1', { aNewDefault: 'on', aNewerDefault: 'on' });
  expect(keyOf({ revisions: [{ version: 'theirs', size: 5, template: newer }] })).not.toBe(key);
  const both = filledIn('v1', { aNewDefault: 'on', hostPID: true });
  const asked = (fields: object) =>
    keyOf({ spec: { template: filledIn('v1', fields) }, revisions: [{ version: 'theirs', size: 5, template: both }] });
  expect(asked({ hostPID: true })).not.toBe(asked({}));
});
