/**
 * The Gateway API in a control plane: its own definitions, from the Go module that the pinned Traefik is built against.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ControlPlane } from './control-plane.ts';
import { moduleFolder } from './go-module.ts';
import { definitionsServed, grantComponent } from './install.ts';

/** The folder holds one file that is no definition: a policy for upgrades. */
const DEFINITION = /^gateway\.networking\.k8s\.io_(?!vap_).*\.yaml$/;

/** The definitions of the standard channel are served when this resolves. */
export async function installGatewayApi(plane: ControlPlane): Promise<void> {
  const folder = join(await moduleFolder('sigs.k8s.io/gateway-api', 'traefik'), 'config', 'crd', 'standard');
  const files = (await readdir(folder)).filter((file) => DEFINITION.test(file));
  // The largest do not fit into the annotation that a client-side apply writes.
  await plane.mustKubectl(['apply', '--server-side', ...files.flatMap((file) => ['-f', join(folder, file)])]);
  await definitionsServed(plane);
}

/** Gives the controller the rights to routes, as an administrator does who installs it for the whole cluster. */
export function grantGatewayApi(plane: ControlPlane): Promise<void> {
  return grantComponent(plane, 'gateway-api');
}
