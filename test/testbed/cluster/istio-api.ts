/** Istio's objects in a control plane: its definitions, from a pinned module. Nothing serves them. */
import { join } from 'node:path';
import type { ControlPlane } from './control-plane.ts';
import { moduleFolder } from './go-module.ts';
import { definitionsServed } from './install.ts';

const DEFINITIONS = join('kubernetes', 'customresourcedefinitions.gen.yaml');

/** They are served when this resolves. */
export async function installIstioApi(plane: ControlPlane): Promise<void> {
  const folder = await moduleFolder('istio.io/api', 'istio');
  // The largest do not fit into the annotation that a client-side apply writes.
  await plane.mustKubectl(['apply', '--server-side', '-f', join(folder, DEFINITIONS)]);
  await definitionsServed(plane);
}
