/** How the demo deploys its application: with the manifests as they are, and with an analysis where it can measure. */
import type { ControlPlane } from '../../test/testbed/cluster/control-plane.ts';
import type { Manifests } from './manifests.ts';

/** The first version is on its way. `kubectl apply` of either Rollout keeps the analysis, which is in neither manifest. */
export async function deployFirst(plane: ControlPlane, manifests: Manifests, isMeasured: boolean): Promise<void> {
  const { surroundings, first, analysis, rolloutName } = manifests;
  const paths = [...(isMeasured ? [analysis.template] : []), ...surroundings, first.path];
  await plane.mustKubectl(['apply', ...paths.flatMap((path) => ['-f', path])]);
  if (!isMeasured) return;
  await plane.mustKubectl(['patch', 'rollout', rolloutName, '--type=merge', '--patch-file', analysis.rolloutPatch]);
}
