/**
 * The demo with a person: deploys, changes the image once, and from then on only shows what the person does, by keys, on
 * the page or with kubectl.
 */
import type { Command } from '../../src/core/view/commands.ts';
import type { RolloutView } from '../../src/core/view/view.ts';
import type { ControlPlane } from '../../test/testbed/cluster/control-plane.ts';
import { adviceFor, type Kubectl } from './advice.ts';
import { releaseBadVersion, whyNoBadVersion } from './bad-version.ts';
import { deployFirst } from './deploy-first.ts';
import { imageAfter, imageIn, type Colour, type Manifests } from './manifests.ts';
import type { Prompt } from './show.ts';
import type { Sight } from './sight.ts';
import { imageAskedFor, imagePatch, patchesOf, sendPatches } from './tell.ts';
import type { Traffic } from './traffic.ts';
import { untilSeen, type Patience } from './until.ts';

export interface AttendedParts {
  readonly plane: ControlPlane;
  readonly sight: Sight;
  readonly traffic: Traffic | null;
  readonly manifests: Manifests;
  readonly kubectl: Kubectl;
}

/** The first deployment is Healthy and serves, and its image has been changed, when this resolves. */
export async function openForPerson(parts: AttendedParts, patience: Patience): Promise<void> {
  const { plane, sight, traffic, manifests } = parts;
  await deployFirst(plane, manifests, traffic !== null);
  await untilSeen(sight, 'the first deployment to be Healthy', ({ phase }) => phase === 'Healthy', patience);
  await traffic?.begin(patience.signal);
  await plane.mustKubectl(['apply', '-f', manifests.second.path]);
}

const COMMAND_OF_KEY: Readonly<Record<string, Command>> = { p: 'promote', a: 'abort', r: 'retry' };

/** What the person can do now, by commands and, if there is a keyboard, by keys. */
export function promptFor(parts: AttendedParts, view: RolloutView | null, hasKeyboard: boolean): Prompt {
  const { rollout } = parts.sight;
  const hasRequests = parts.traffic !== null;
  const advice =
    view === null || rollout === null
      ? []
      : adviceFor({ rollout, view, hasRequests, manifests: parts.manifests, kubectl: parts.kubectl });
  if (!hasKeyboard) return { advice, keys: [{ key: 'Ctrl-C', does: 'ends', useful: true }] };
  const commands = Object.entries(COMMAND_OF_KEY).map(([key, command]) => ({
    key,
    does: command,
    useful: view?.commands.includes(command) === true,
  }));
  const whyNot = whyNoBadVersion(view, hasRequests);
  return {
    advice,
    keys: [
      ...commands,
      { key: 'n', does: 'new image', useful: view !== null },
      { key: 'b', does: 'bad version', useful: whyNot === null, ...(whyNot === null ? {} : { whyNot }) },
      { key: 'q', does: 'quit', useful: true },
    ],
  };
}

/** Runs the command of a key; a key that has none now does nothing. */
export async function actOnKey(parts: AttendedParts, key: string): Promise<void> {
  const command = COMMAND_OF_KEY[key];
  if (command !== undefined) await tellCommand(parts, command);
  else if (key === 'n') await changeImage(parts, imageAfter);
  else if (key === 'b') await releaseBadVersion(parts);
}

/** False, and nothing is sent, when the command is not possible now. */
export async function tellCommand({ plane, sight }: AttendedParts, command: Command): Promise<boolean> {
  const { rollout } = sight;
  if (rollout === null || sight.view(Date.now())?.commands.includes(command) !== true) return false;
  await sendPatches(plane.client(), rollout, patchesOf(rollout, command));
  return true;
}

/** False, and nothing is sent, when the spec already has this colour. */
export function changeColour(parts: AttendedParts, colour: Colour): Promise<boolean> {
  return changeImage(parts, (image) => imageIn(colour, image));
}

async function changeImage({ plane, sight }: AttendedParts, next: (image: string) => string): Promise<boolean> {
  const { rollout } = sight;
  const view = sight.view(Date.now());
  if (rollout === null || view === null) return false;
  const image = next(imageAskedFor(view));
  if (image === imageAskedFor(view)) return false;
  await sendPatches(plane.client(), rollout, [imagePatch(rollout, image)]);
  return true;
}
