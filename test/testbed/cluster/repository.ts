/** Where this repository lies on disk, for tests that start its programs or apply its manifests. */
import { join } from 'node:path';

export const REPOSITORY = join(import.meta.dirname, '..', '..', '..');
