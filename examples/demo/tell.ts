/**
 * The commands that a person can give to the Rollout, in two forms: as a kubectl command, and as the same request sent by
 * the demo itself. The view says which of them are possible now.
 */
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

/** A JSON patch, because a merge patch would have to repeat the whole container. */
export function imagePatch(image: string): RolloutPatch {
  return { kind: 'json', patch: [{ op: 'replace', path: '/spec/template/spec/containers/0/image', value: image }] };
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
