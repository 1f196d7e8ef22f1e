/**
 * The commands that a person can give to the Rollout, in two forms: as a kubectl command, and as the same request sent by
 * the demo itself. The view says which of them are possible now.
 */
import { z } from 'zod';
import type { Rollout } from '../../src/api/schema/rollout.ts';
import { commandPatches, type Command } from '../../src/core/view/commands.ts';
import type { RolloutView } from '../../src/core/view/view.ts';
import { ROLLOUTS } from '../../src/kube/resources.ts';
import type { ApiClient, PatchKind } from '../../test/testbed/cluster/api-client.ts';
import { collectionPath } from './sight.ts';

/** A patch of one Rollout, in either of its two forms. */
export interface RolloutPatch {
  readonly kind: PatchKind & ('merge' | 'json');
  readonly subresource?: 'status';
  readonly patch: unknown;
}

export function patchesOf(rollout: Rollout, command: Command): readonly RolloutPatch[] {
  return commandPatches(rollout, command).map((patch) => ({ kind: 'merge', ...patch }));
}

/** The image of the present template; after an abort that is the aborted one. */
export function imageAskedFor({ canary, stable }: RolloutView): string {
  return (canary ?? stable)?.images[0] ?? '';
}

const CONTAINER = '/spec/template/spec/containers/0';
/** The variable by which an image of the demo fails some of its requests. */
const ERROR_RATE = 'ERROR_RATE';

/** A good image. A JSON patch, because a merge patch would have to repeat the whole container. */
export function imagePatch(rollout: Rollout, image: string): RolloutPatch {
  return containerPatch(rollout, image, null);
}

/** An image that fails so many of 100 requests. */
export function badImagePatch(rollout: Rollout, image: string, errorRate: number): RolloutPatch {
  return containerPatch(rollout, image, errorRate);
}

function containerPatch(rollout: Rollout, image: string, errorRate: number | null): RolloutPatch {
  const replaced = { op: 'replace', path: `${CONTAINER}/image`, value: image };
  return { kind: 'json', patch: [replaced, ...environmentChanges(rollout, errorRate)] };
}

/** Without a bad image before or after it, the template keeps its environment, so that it is the stable one again. */
function environmentChanges(rollout: Rollout, errorRate: number | null): readonly object[] {
  const path = `${CONTAINER}/env`;
  const before = environmentOf(rollout);
  const others = before.filter(({ name }) => name !== ERROR_RATE);
  if (errorRate !== null) {
    return [{ op: 'add', path, value: [...others, { name: ERROR_RATE, value: String(errorRate) }] }];
  }
  if (others.length === before.length) return [];
  return [others.length === 0 ? { op: 'remove', path } : { op: 'replace', path, value: others }];
}

const podSpec = z.looseObject({
  containers: z.array(z.looseObject({ env: z.array(z.looseObject({ name: z.string() })).default([]) })),
});

function environmentOf({ spec }: Rollout): readonly { readonly name: string }[] {
  return podSpec.parse(spec.template?.spec).containers[0]?.env ?? [];
}

/** Arguments of kubectl. */
export function patchArguments(rolloutName: string, { kind, subresource, patch }: RolloutPatch): readonly string[] {
  return [
    'patch',
    'rollout',
    rolloutName,
    ...(subresource === undefined ? [] : [`--subresource=${subresource}`]),
    `--type=${kind}`,
    '-p',
    JSON.stringify(patch),
  ];
}

/** The patches are in force when this resolves. */
export async function sendPatches(
  client: ApiClient,
  rollout: Rollout,
  patches: readonly RolloutPatch[],
): Promise<void> {
  const { namespace = '', name } = rollout.metadata;
  const path = `${collectionPath(ROLLOUTS, namespace)}/${name}`;
  for (const { kind, subresource, patch } of patches) {
    await client.patch(subresource === undefined ? path : `${path}/${subresource}`, kind, patch);
  }
}
