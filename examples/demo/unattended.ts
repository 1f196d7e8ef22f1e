/**
 * The demo without a person: an update that is promoted at every pause, one that is aborted and healed, and a bad one
 * that goes back by itself. It uses the same commands as a person, and judges by what the cluster shows and what the
 * users of the application got.
 */
import { describeAnswer } from '../../test/testbed/data-plane/answers.ts';
import { playBadRelease } from './bad-chapters.ts';
import { deployFirst } from './deploy-first.ts';
import { versionOfImage, type RolloutManifest } from './manifests.ts';
import { requestsText } from './measured.ts';
import { measure, type Measurement } from './measurement.ts';
import { positionOf, waitsForPromotion } from './pause.ts';
import { apply, chapter, isGivenUp, isServing, runs, see, tell, type UnattendedParts } from './story.ts';
import type { Traffic } from './traffic.ts';
import { until, type Patience } from './until.ts';
import { followWeights } from './weights.ts';

/** Resolves when every part of the story has succeeded; rejects with the first that did not. */
export async function playUnattended(parts: UnattendedParts): Promise<void> {
  const { manifests, plane, sight, traffic, patience } = parts;
  const { first, second } = manifests;
  await chapter(parts, 'deploy', async () => {
    await deployFirst(plane, manifests, traffic !== null);
    await see(parts, `${first.image} to be Healthy`, (view) => isServing(view, first));
    await traffic?.begin(patience.signal);
    return `${first.image} is Healthy`;
  });
  const measurement = traffic === null ? null : measure({ sight, traffic, patience }, second.image);
  await chapter(parts, 'update', () => update(parts, second));
  await chapter(parts, 'promote', () => promoteThrough(parts, second, measurement));
  if (measurement !== null) await chapter(parts, 'measured', () => measurement.judge());
  await chapter(parts, 'update again', () => update(parts, first));
  await chapter(parts, 'abort', async () => {
    await tell(parts, 'abort');
    await see(parts, 'the abort to set the weight to 0', isGivenUp);
    return `weight 0, ${second.image} serves alone`;
  });
  await chapter(parts, 'heal', async () => {
    await apply(parts, second);
    await see(parts, `${second.image} to be Healthy again`, (view) => isServing(view, second));
    return `the stable manifest applied again, ${second.image} is Healthy`;
  });
  if (traffic === null) return;
  await chapter(parts, 'requests', () => judgeRequests(traffic, second.image, patience));
  await playBadRelease(parts, traffic);
}

async function update(parts: UnattendedParts, manifest: RolloutManifest): Promise<string> {
  await apply(parts, manifest);
  const view = await see(
    parts,
    `${manifest.image} to pause until a person promotes it`,
    (seen) => waitsForPromotion(seen, parts.sight.rollout) && runs(seen.canary, manifest.image),
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
