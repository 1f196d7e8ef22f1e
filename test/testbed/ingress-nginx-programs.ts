/**
 * Builds the real ingress-nginx, where it is not there yet. It is not among `programs.ts`, because only the last suite
 * needs it, and because not every machine can have it: then this says why, and is no failure.
 *
 *     node test/testbed/ingress-nginx-programs.ts
 */
import { findOrBuildIngressNginx } from './data-plane/ingress-nginx/programs.ts';

try {
  await findOrBuildIngressNginx();
} catch (error) {
  process.stderr.write(`Not built: ingress-nginx, because ${error instanceof Error ? error.message : String(error)}\n`);
}
