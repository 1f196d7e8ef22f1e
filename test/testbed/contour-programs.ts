/**
 * Builds Contour and unpacks Envoy, where they are not there yet. They are not among `programs.ts`, because only the last
 * suite needs them, and because not every machine can have them: then this says why, and is no failure.
 *
 *     node test/testbed/contour-programs.ts
 */
import { findOrBuildContour } from './data-plane/contour/programs.ts';

try {
  await findOrBuildContour();
} catch (error) {
  process.stderr.write(`Not built: Contour, because ${error instanceof Error ? error.message : String(error)}\n`);
}
