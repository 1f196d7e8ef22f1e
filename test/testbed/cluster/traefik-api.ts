/** Traefik's own API in a control plane: its definitions, from the module of the pinned Traefik. */
import { join } from 'node:path';
import type { ControlPlane } from './control-plane.ts';
import { moduleFolder } from './go-module.ts';
import { definitionsServed } from './install.ts';

const DEFINITIONS = join('docs', 'content', 'reference', 'dynamic-configuration', 'kubernetes-crd-definition-v1.yml');

/** They are served when this resolves. */
export async function installTraefikApi(plane: ControlPlane): Promise<void> {
  const folder = await moduleFolder('github.com/traefik/traefik/v3', 'traefik');
  // The largest do not fit into the annotation that a client-side apply writes.
  await plane.mustKubectl(['apply', '--server-side', '-f', join(folder, DEFINITIONS)]);
  await definitionsServed(plane);
}
