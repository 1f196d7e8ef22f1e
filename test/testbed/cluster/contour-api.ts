/**
 * What Contour reads, in a control plane: its own definitions and those of the Gateway API that it is built against (the
 * experimental channel of 1.3), both from its module.
 */
import { join } from 'node:path';
import type { ControlPlane } from './control-plane.ts';
import { moduleFolder } from './go-module.ts';
import { definitionsServed } from './install.ts';

const DEFINITIONS = [join('contour', '01-crds.yaml'), join('gateway', '00-crds.yaml')];

/** They are served when this resolves, which Contour wants before it starts. */
export async function installContourApi(plane: ControlPlane): Promise<void> {
  const folder = join(await moduleFolder('github.com/projectcontour/contour', 'contour'), 'examples');
  // The largest do not fit into the annotation that a client-side apply writes.
  await plane.mustKubectl(['apply', '--server-side', ...DEFINITIONS.flatMap((file) => ['-f', join(folder, file)])]);
  await definitionsServed(plane);
}
