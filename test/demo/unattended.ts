/**
 * The demo without a person: an update that is promoted at every pause, and one that is aborted and
 * healed. It uses the same commands as a person, and judges by what the cluster shows.
 */
import type { RolloutView } from '../../src/core/rollout/view.ts';
import type { Command } from '../../src/core/rollout/commands.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Manifests, RolloutManifest } from './manifests.ts';
import type { Show } from './show.ts';
import type { Sight } from './sight.ts';
import { patchesOf, sendPatches } from './tell.ts';
import { until, type Patience } from './until.ts';

export interface UnattendedParts {
  readonly cluster: Cluster;
  readonly sight: Sight;
  readonly show: Show;
  readonly manifests: Manifests;
  readonly patience: Patience;
}

/** Every part of the story came true when this resolves; rejects with the first that did not. */
export async function playUnattended(parts: UnattendedParts): Promise<void> {
  const { manifests } = parts;
  const { first, second } = manifests;
  await chapter(parts, 'deploy', async () => {
    await apply(parts, ...manifests.surroundings, first.path);
    await see(parts, `${first.image} to be Healthy`, (view) => isServing(view, first));
    return `${first.image} is Healthy`;
  });
  await chapter(parts, 'update', () => update(parts, second));
  await chapter(parts, 'promote', () => promoteThrough(parts, second));
  await chapter(parts, 'update again', () => update(parts, first));
  await chapter(parts, 'abort', async () => {
    await tell(parts, 'abort');
    const gaveUp = (view: RolloutView): boolean => view.progress === 'aborted' && carriesNoWeight(view);
    await see(parts, 'the abort to take the weight to 0', gaveUp);
    return `weight 0, ${second.image} serves alone`;
  });
  await chapter(parts, 'heal', async () => {
    await apply(parts, second.path);
    await see(parts, `${second.image} to be Healthy again`, (view) => isServing(view, second));
    return `the stable manifest applied again, ${second.image} is Healthy`;
  });
}

async function chapter({ show, patience }: UnattendedParts, title: string, play: () => Promise<string>): Promise<void> {
  const startedAt = performance.now();
  try {
    const outcome = await play();
    show.tell({ title, ms: performance.now() - startedAt, outcome });
  } catch (error) {
    // Whoever ended the demo knows better why than this chapter.
    patience.signal.throwIfAborted();
    throw new Error(`"${title}" did not come true`, { cause: error });
  }
}

async function update(parts: UnattendedParts, manifest: RolloutManifest): Promise<string> {
  await apply(parts, manifest.path);
  const view = await see(
    parts,
    `${manifest.image} to pause until a person promotes it`,
    (seen) => waitsForPromotion(seen) && runs(seen.canary, manifest),
  );
  return `${manifest.image} is paused with weight ${view.weight?.highest ?? 0}`;
}

/** Promotes at every pause that only a person ends, until the update is the stable revision. */
async function promoteThrough(parts: UnattendedParts, manifest: RolloutManifest): Promise<string> {
  const weights = followWeights(parts.sight);
  try {
    for (;;) {
      const view = await see(
        parts,
        `${manifest.image} to be Healthy`,
        (seen) => isServing(seen, manifest) || waitsForPromotion(seen),
      );
      if (isServing(view, manifest)) return `weight ${weights.seen.join(' → ')}, ${manifest.image} is Healthy`;
      await tell(parts, 'promote');
      await see(parts, 'the promotion to be taken in', (seen) => !isSamePause(seen, view));
    }
  } finally {
    weights.end();
  }
}

/** Every weight in the order in which the canary Ingress had it. */
function followWeights(sight: Sight): { readonly seen: readonly number[]; readonly end: () => void } {
  const seen: number[] = [];
  const look = (): void => {
    const weight = sight.view(Date.now())?.weight?.highest;
    if (weight !== undefined && weight !== seen.at(-1)) seen.push(weight);
  };
  look();
  return { seen, end: sight.onChange(look) };
}

function waitsForPromotion(view: RolloutView): boolean {
  return view.phase === 'Paused' && view.waitsFor?.needsPerson === true;
}

function isSamePause(view: RolloutView, before: RolloutView): boolean {
  return waitsForPromotion(view) && positionOf(view) === positionOf(before);
}

function positionOf({ steps }: RolloutView): number {
  return steps.findIndex(({ state }) => state === 'current');
}

/** The image is stable, ready, and gets every request. */
function isServing(view: RolloutView, manifest: RolloutManifest): boolean {
  return (
    view.phase === 'Healthy' && view.progress === 'settled' && runs(view.stable, manifest) && carriesNoWeight(view)
  );
}

function carriesNoWeight({ weight }: RolloutView): boolean {
  return weight === null || weight.highest === 0;
}

function runs(revision: RolloutView['stable'], { image }: RolloutManifest): boolean {
  return revision?.images[0] === image;
}

async function apply({ cluster }: UnattendedParts, ...paths: readonly string[]): Promise<void> {
  await cluster.plane.mustKubectl(['apply', ...paths.flatMap((path) => ['-f', path])]);
}

async function tell({ cluster, sight }: UnattendedParts, command: Command): Promise<void> {
  const { rollout } = sight;
  if (rollout === null) throw new Error(`there is no Rollout to ${command}`);
  await sendPatches(cluster.plane.client(), rollout, patchesOf(rollout, command));
}

function see(
  { sight, patience }: UnattendedParts,
  what: string,
  satisfied: (view: RolloutView) => boolean,
): Promise<RolloutView> {
  return until(sight, what, satisfied, patience);
}
