/** What the chapters of an unattended demo are told with: commands as people give them, and waits for what they lead to. */
import type { Command } from '../../src/core/view/commands.ts';
import type { RolloutView } from '../../src/core/view/view.ts';
import type { ControlPlane } from '../../test/testbed/cluster/control-plane.ts';
import type { Manifests, RolloutManifest } from './manifests.ts';
import type { Show } from './show.ts';
import type { Sight } from './sight.ts';
import { patchesOf, sendPatches } from './tell.ts';
import type { Traffic } from './traffic.ts';
import { untilSeen, type Patience } from './until.ts';

export interface UnattendedParts {
  readonly plane: ControlPlane;
  readonly sight: Sight;
  readonly traffic: Traffic | null;
  readonly show: Show;
  readonly manifests: Manifests;
  readonly patience: Patience;
}

/** Tells the outcome; rejects with what has not happened. */
export async function chapter(
  { show, patience }: UnattendedParts,
  title: string,
  play: () => Promise<string>,
): Promise<void> {
  const startedAt = performance.now();
  try {
    const outcome = await play();
    show.tell({ title, ms: performance.now() - startedAt, outcome });
  } catch (error) {
    // The reason for the end of the demo is better than this chapter's.
    patience.signal.throwIfAborted();
    throw new Error(`"${title}" did not come true`, { cause: error });
  }
}

export async function apply({ plane }: UnattendedParts, { path }: RolloutManifest): Promise<void> {
  await plane.mustKubectl(['apply', '-f', path]);
}

export async function tell({ plane, sight }: UnattendedParts, command: Command): Promise<void> {
  const { rollout } = sight;
  if (rollout === null) throw new Error(`there is no Rollout to ${command}`);
  await sendPatches(plane.client(), rollout, patchesOf(rollout, command));
}

export function see(
  { sight, patience }: UnattendedParts,
  what: string,
  satisfied: (view: RolloutView) => boolean,
): Promise<RolloutView> {
  return untilSeen(sight, what, satisfied, patience);
}

/** The image is stable, ready, and gets every request. */
export function isServing(view: RolloutView, { image }: RolloutManifest): boolean {
  return view.phase === 'Healthy' && view.progress === 'settled' && runs(view.stable, image) && carriesNoWeight(view);
}

/** The present template was given up, and gets no request. */
export function isGivenUp(view: RolloutView): boolean {
  return view.progress === 'aborted' && carriesNoWeight(view);
}

export function carriesNoWeight({ weight }: RolloutView): boolean {
  return weight === null || weight.highest === 0;
}

export function runs(revision: RolloutView['stable'], image: string): boolean {
  return revision?.images[0] === image;
}
