/**
 * The demo without a person: an update that is promoted at every pause, and one that is aborted and
 * healed. It uses the same commands as a person, and judges by what the cluster shows and what the users of
 * the application got.
 */
import type { RolloutView } from '../../src/core/view/view.ts';
import type { Command } from '../../src/core/view/commands.ts';
import type { ControlPlane } from '../../test/testbed/cluster/control-plane.ts';
import { describeAnswer } from '../../test/testbed/data-plane/answers.ts';
import { versionOfImage, type Manifests, type RolloutManifest } from './manifests.ts';
import { requestsText } from './measured.ts';
import { measure, type Measurement } from './measurement.ts';
import { positionOf, waitsForPromotion } from './pause.ts';
import type { Show } from './show.ts';
import type { Sight } from './sight.ts';
import { patchesOf, sendPatches } from './tell.ts';
import type { Traffic } from './traffic.ts';
import { until, untilSeen, type Patience } from './until.ts';
import { followWeights } from './weights.ts';

export interface UnattendedParts {
  readonly plane: ControlPlane;
  readonly sight: Sight;
  readonly traffic: Traffic | null;
  readonly show: Show;
  readonly manifests: Manifests;
  readonly patience: Patience;
}

/** Resolves when every part of the story has succeeded; rejects with the first that did not. */
export async function playUnattended(parts: UnattendedParts): Promise<void> {
  const { manifests } = parts;
  const { first, second } = manifests;
  await chapter(parts, 'deploy', async () => {
    await apply(parts, ...manifests.surroundings, first.path);
    await see(parts, `${first.image} to be Healthy`, (view) => isServing(view, first));
    await parts.traffic?.begin(parts.patience.signal);
    return `${first.image} is Healthy`;
  });
  const { sight, traffic, patience } = parts;
  const measurement = traffic === null ? null : measure({ sight, traffic, patience }, second.image);
  await chapter(parts, 'update', () => update(parts, second));
  await chapter(parts, 'promote', () => promoteThrough(parts, second, measurement));
  if (measurement !== null) await chapter(parts, 'measured', () => measurement.judge());
  await chapter(parts, 'update again', () => update(parts, first));
  await chapter(parts, 'abort', async () => {
    await tell(parts, 'abort');
    const gaveUp = (view: RolloutView): boolean => view.progress === 'aborted' && carriesNoWeight(view);
    await see(parts, 'the abort to set the weight to 0', gaveUp);
    return `weight 0, ${second.image} serves alone`;
  });
  await chapter(parts, 'heal', async () => {
    await apply(parts, second.path);
    await see(parts, `${second.image} to be Healthy again`, (view) => isServing(view, second));
    return `the stable manifest applied again, ${second.image} is Healthy`;
  });
  if (traffic !== null) await chapter(parts, 'requests', () => judgeRequests(traffic, second.image, patience));
}

async function chapter({ show, patience }: UnattendedParts, title: string, play: () => Promise<string>): Promise<void> {
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

async function update(parts: UnattendedParts, manifest: RolloutManifest): Promise<string> {
  await apply(parts, manifest.path);
  const view = await see(
    parts,
    `${manifest.image} to pause until a person promotes it`,
    (seen) => waitsForPromotion(seen, parts.sight.rollout) && runs(seen.canary, manifest),
  );
  return `${manifest.image} is paused with weight ${view.weight?.highest ?? 0}`;
}

/** Promotes at every pause that only a person ends, once its share is measured, until the update is the stable revision. */
async function promoteThrough(
  parts: UnattendedParts,
  manifest: RolloutManifest,
  measurement: Measurement | null,
): Promise<string> {
  const weights = followWeights(parts.sight);
  try {
    for (;;) {
      const view = await see(
        parts,
        `${manifest.image} to be Healthy`,
        (seen) => isServing(seen, manifest) || waitsForPromotion(seen, parts.sight.rollout),
      );
      if (isServing(view, manifest)) return `weight ${weights.seen.join(' → ')}, ${manifest.image} is Healthy`;
      await measurement?.enough(view.weight?.highest ?? 0);
      await tell(parts, 'promote');
      await see(parts, 'the promotion to take effect', (seen) => positionOf(seen) !== positionOf(view));
    }
  } finally {
    weights.end();
  }
}

/** Rejects when a request has failed before all that was done has reached the users. */
async function judgeRequests(traffic: Traffic, image: string, patience: Patience): Promise<string> {
  const version = versionOfImage(image);
  const reading = await until(
    {
      what: `every answer to come from ${version}`,
      look() {
        const seen = traffic.reading(Date.now());
        return seen.failed > 0 || seen.percentOf[version] === 100 ? seen : null;
      },
      lastSeen: () => JSON.stringify(traffic.reading(Date.now()).percentOf),
      onChange: (listener) => traffic.onAnswer(listener),
    },
    patience,
  );
  const text = requestsText(reading);
  if (reading.failed > 0) throw new Error(`${text}:\n${traffic.failures.map(describeAnswer).join('\n')}`);
  return `${text}; the last ${reading.counted} came from ${version}`;
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

async function apply({ plane }: UnattendedParts, ...paths: readonly string[]): Promise<void> {
  await plane.mustKubectl(['apply', ...paths.flatMap((path) => ['-f', path])]);
}

async function tell({ plane, sight }: UnattendedParts, command: Command): Promise<void> {
  const { rollout } = sight;
  if (rollout === null) throw new Error(`there is no Rollout to ${command}`);
  await sendPatches(plane.client(), rollout, patchesOf(rollout, command));
}

function see(
  { sight, patience }: UnattendedParts,
  what: string,
  satisfied: (view: RolloutView) => boolean,
): Promise<RolloutView> {
  return untilSeen(sight, what, satisfied, patience);
}
