/** Where the pages are, as the build leaves them. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isSea } from 'node:sea';

const BUILT = join('dist', 'dashboard');
/** Beside the modules of the bundled command line. */
const BESIDE = 'dashboard';

/**
 * The nearest folder above these sources that has them; where none has, the one in which they would be built. '' in an
 * executable, which carries them.
 */
export function builtPages(from = import.meta.dirname): string {
  if (isSea()) return '';
  for (let folder = from; ; folder = dirname(folder)) {
    const found = [join(folder, BESIDE), join(folder, BUILT)].find((one) => existsSync(join(one, 'index.html')));
    if (found !== undefined) return found;
    if (folder === dirname(folder)) return join(from, '..', '..', '..', BUILT);
  }
}
