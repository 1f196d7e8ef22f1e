/** Where the pages are, as the build leaves them. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

const BUILT = join('dist', 'dashboard');
/** Beside the bundled command line, which is in `dist/cli`. */
const BESIDE = join('..', 'dashboard');

/** The nearest folder above these sources that has them; where none has, the one in which they would be built. */
export function builtPages(from = import.meta.dirname): string {
  for (let folder = from; ; folder = dirname(folder)) {
    const found = [join(folder, BESIDE), join(folder, BUILT)].find((one) => existsSync(join(one, 'index.html')));
    if (found !== undefined) return found;
    if (folder === dirname(folder)) return join(from, '..', '..', '..', BUILT);
  }
}
