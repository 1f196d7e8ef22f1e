/**
 * The demo with a person: deploys, changes the image once, and from then on only shows what the person
 * does, here by keys or anywhere else.
 */
import type { Command } from '../../src/core/rollout/commands.ts';
import type { RolloutView } from '../../src/core/rollout/view.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { adviceFor, type Kubectl } from './advice.ts';
import { imageAfter, type Manifests } from './manifests.ts';
import type { Prompt } from './show.ts';
import type { Sight } from './sight.ts';
import { imagePatch, patchesOf, sendPatches, type RolloutPatch } from './tell.ts';
import { until, type Patience } from './until.ts';

export interface AttendedParts {
  readonly cluster: Cluster;
  readonly sight: Sight;
  readonly manifests: Manifests;
  readonly kubectl: Kubectl;
}

/** The first deployment is Healthy and its image has been changed when this resolves. */
export async function openForPerson({ cluster, sight, manifests }: AttendedParts, patience: Patience): Promise<void> {
  const apply = (...paths: readonly string[]) =>
    cluster.plane.mustKubectl(['apply', ...paths.flatMap((path) => ['-f', path])]);
  await apply(...manifests.surroundings, manifests.first.path);
  await until(sight, 'the first deployment to be Healthy', ({ phase }) => phase === 'Healthy', patience);
  await apply(manifests.second.path);
}

const COMMAND_OF_KEY: Readonly<Record<string, Command>> = { p: 'promote', a: 'abort', r: 'retry' };

/** What the person can do now, by commands and, if there is a keyboard, by keys. */
export function promptFor(parts: AttendedParts, view: RolloutView | null, hasKeyboard: boolean): Prompt {
  const { rollout } = parts.sight;
  const advice = view === null || rollout === null ? [] : adviceFor(rollout, view, parts.manifests, parts.kubectl);
  if (!hasKeyboard) return { advice, keys: [{ key: 'Ctrl-C', does: 'ends', useful: true }] };
  const commands = Object.entries(COMMAND_OF_KEY).map(([key, command]) => ({
    key,
    does: command,
    useful: view?.commands.includes(command) === true,
  }));
  return {
    advice,
    keys: [
      ...commands,
      { key: 'n', does: 'new image', useful: view !== null },
      { key: 'q', does: 'quit', useful: true },
    ],
  };
}

/** Does what a key stands for; a key that makes no sense now does nothing. */
export async function actOnKey({ cluster, sight }: AttendedParts, key: string): Promise<void> {
  const { rollout } = sight;
  const view = sight.view(Date.now());
  if (rollout === null || view === null) return;
  const patches = patchesForKey(key);
  if (patches.length > 0) await sendPatches(cluster.plane.client(), rollout, patches);

  function patchesForKey(pressed: string): readonly RolloutPatch[] {
    if (pressed === 'n') return [imagePatch(imageAfter(imageAskedFor()))];
    const command = COMMAND_OF_KEY[pressed];
    return command !== undefined && view?.commands.includes(command) === true && rollout !== null
      ? patchesOf(rollout, command)
      : [];
  }

  function imageAskedFor(): string {
    return (view?.canary ?? view?.stable)?.images[0] ?? '';
  }
}
