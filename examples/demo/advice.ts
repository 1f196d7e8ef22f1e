/**
 * The kubectl commands that a person may type into another terminal at this moment.
 */
import type { Rollout } from '../../src/api/schema/rollout.ts';
import type { RolloutView } from '../../src/core/view/view.ts';
import { BAD_ERROR_RATE, badImageFor } from './bad-version.ts';
import { imageAfter, type Manifests } from './manifests.ts';
import { badImagePatch, imagePatch, patchArguments, patchesOf, type RolloutPatch } from './tell.ts';

export interface Advice {
  readonly title: string;
  /** The words of each command, the program first. */
  readonly commands: readonly (readonly string[])[];
}

export interface Kubectl {
  readonly path: string;
  readonly kubeconfig: string;
}

export interface AdviceParts {
  readonly rollout: Rollout;
  readonly view: RolloutView;
  /** Whether requests are sent that an analysis can measure. */
  readonly hasRequests: boolean;
  readonly manifests: Manifests;
  readonly kubectl: Kubectl;
}

/** Empty while the rollout continues by itself. */
export function adviceFor({ rollout, view, hasRequests, manifests, kubectl }: AdviceParts): readonly Advice[] {
  const command = (args: readonly string[]): readonly string[] => [
    kubectl.path,
    `--kubeconfig=${kubectl.kubeconfig}`,
    ...args,
  ];
  const patching = (title: string, patches: readonly RolloutPatch[]): Advice => ({
    title,
    commands: patches.map((patch) => command(patchArguments(view.name, patch))),
  });
  const told = (title: string, name: 'promote' | 'abort' | 'retry'): Advice =>
    patching(title, patchesOf(rollout, name));

  if (view.progress === 'aborted') {
    const image = view.stable?.images[0] ?? '';
    const manifest = [manifests.first, manifests.second].find((one) => one.image === image);
    return [
      manifest === undefined
        ? patching('heal: set the stable image again', [imagePatch(rollout, image)])
        : { title: 'heal: apply the stable manifest again', commands: [command(['apply', '-f', manifest.path])] },
      told('retry: start the same update again', 'retry'),
    ];
  }
  if (view.progress === 'underWay' && view.waitsFor?.needsPerson === true) {
    return [
      told('promote: go on with the next step', 'promote'),
      told('abort: send all requests back to the stable pods', 'abort'),
      told('retry: after an abort, start again', 'retry'),
    ];
  }
  if (view.progress === 'settled' && view.phase === 'Healthy') {
    const image = imageAfter(view.stable?.images[0] ?? manifests.first.image);
    const bad = badImageFor(view);
    return [
      patching(`update: set ${image}`, [imagePatch(rollout, image)]),
      ...(hasRequests ? [patching(`bad version: set ${bad}`, [badImagePatch(rollout, bad, BAD_ERROR_RATE)])] : []),
    ];
  }
  return [];
}
