/**
 * Installs Serin into a control plane the way a user does: `kubectl apply -k`. Afterwards the user `serin` of
 * the control plane has exactly the rights that the manifests give to the ServiceAccount serin-system/serin.
 * It starts no controller: the Deployment's pods are only simulated.
 */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { ControlPlane } from './control-plane.ts';
import { REPOSITORY } from './repository.ts';
import { waitFor } from './wait.ts';

/**
 * `kustomization` is a folder, deploy/ of this repository by default. Every CustomResourceDefinition of the
 * control plane is served when this resolves.
 */
export async function installSerin(plane: ControlPlane, kustomization = join(REPOSITORY, 'deploy')): Promise<void> {
  await plane.mustKubectl(['apply', '-k', kustomization]);
  await definitionsServed(plane);
}

/** Gives the controller the rights of a component of deploy/, as an administrator does who installs it for the whole cluster. */
export async function grantComponent(plane: ControlPlane, component: string): Promise<void> {
  const folder = await mkdtemp(join(plane.scratch, 'overlay-'));
  const path = relative(folder, join(REPOSITORY, 'deploy', 'components', component));
  await writeFile(join(folder, 'kustomization.yaml'), `components: [${path}]\n`);
  await plane.mustKubectl(['apply', '-k', folder]);
}

interface Definitions {
  readonly items: readonly {
    readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
  }[];
}

/** Resolves when every CustomResourceDefinition is established. `kubectl wait` is no help: it fails on one without any condition yet. */
export async function definitionsServed(plane: ControlPlane): Promise<void> {
  const unserved = async (): Promise<number> => {
    const { items } = JSON.parse(await plane.mustKubectl(['get', 'crd', '-o', 'json'])) as Definitions;
    return items.filter(
      ({ status }) => !status?.conditions?.some((one) => one.type === 'Established' && one.status === 'True'),
    ).length;
  };
  await waitFor(unserved, { what: 'all definitions to be served', until: (count) => count === 0 });
}
