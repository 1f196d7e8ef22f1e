/**
 * Installs Serin into a control plane the way a user does: `kubectl apply -k`. Afterwards the user `serin` of
 * the control plane has exactly the rights that the manifests give to the ServiceAccount serin-system/serin.
 * It starts no controller: the Deployment's pods are only played.
 */
import { join } from 'node:path';
import type { ControlPlane } from './control-plane.ts';
import { REPOSITORY } from './repository.ts';

/**
 * `kustomization` is a folder, deploy/ of this repository by default. Every CustomResourceDefinition of the
 * control plane is served when this resolves.
 */
export async function installSerin(plane: ControlPlane, kustomization = join(REPOSITORY, 'deploy')): Promise<void> {
  await plane.mustKubectl(['apply', '-k', kustomization]);
  const definitions = (await plane.mustKubectl(['get', 'crd', '-o', 'name'])).split('\n').filter((name) => name !== '');
  if (definitions.length === 0) return;
  await plane.mustKubectl(['wait', '--for=condition=Established', '--timeout=60s', ...definitions]);
}
