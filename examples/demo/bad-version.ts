/**
 * A version that fails some of its requests, so that people can watch how its release goes back by itself. The image
 * `bad-COLOUR` of the demo fails as often as ERROR_RATE says.
 */
import type { RolloutView } from '../../src/core/view/view.ts';
import type { ControlPlane } from '../../test/testbed/cluster/control-plane.ts';
import { badImageIn, colourOf, type Colour } from './manifests.ts';
import type { Sight } from './sight.ts';
import { badImagePatch, imageAskedFor, sendPatches } from './tell.ts';
import type { Traffic } from './traffic.ts';

/** Of 100 requests. */
export const BAD_ERROR_RATE = 30;
/** One of them is neither the stable version's nor the one that is asked for. */
const BAD_COLOURS: readonly Colour[] = ['red', 'purple', 'orange'];

export interface BadVersionParts {
  readonly plane: ControlPlane;
  readonly sight: Sight;
  readonly traffic: Traffic | null;
}

/** Why no bad version can be released now, as it reads after "not now:"; `null` when one can. */
export function whyNoBadVersion(view: RolloutView | null, hasRequests: boolean): string | null {
  if (!hasRequests) return 'no requests are sent that could be measured';
  if (view === null) return 'the Rollout does not exist yet';
  return view.progress === 'underWay' ? 'a release is running' : null;
}

/** Answers are told apart by their colour, so it has one that neither side of the rollout has. */
export function badImageFor(view: RolloutView): string {
  const asked = imageAskedFor(view);
  const taken = [asked, view.stable?.images[0] ?? ''].map(colourOf);
  const colour = BAD_COLOURS.find((one) => !taken.includes(one)) ?? BAD_COLOURS[0] ?? 'red';
  return badImageIn(colour, asked);
}

/** The image that is released; `null`, and nothing is sent, when none can be released now. */
export async function releaseBadVersion({ plane, sight, traffic }: BadVersionParts): Promise<string | null> {
  const { rollout } = sight;
  const view = sight.view(Date.now());
  if (rollout === null || view === null || whyNoBadVersion(view, traffic !== null) !== null) return null;
  const image = badImageFor(view);
  await sendPatches(plane.client(), rollout, [badImagePatch(rollout, image, BAD_ERROR_RATE)]);
  return image;
}
