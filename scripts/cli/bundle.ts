/**
 * Bundles the command line with everything that it needs: as modules for people with Node, which are loaded when a
 * command needs them, or as one script, the parts of which are evaluated when a command needs them.
 */
import { join } from 'node:path';
import { rolldown, type Plugin } from 'rolldown';
import { plugins, REPOSITORY } from '../bundling/plugins.ts';

const CLI = join(REPOSITORY, 'src/cli');

/**
 * `folder` has `main.js` and its chunks afterwards, in CommonJS: Node loads them in less time than ES modules, and an
 * ES module that imports one of Node's own reads every export of it, which alone loads all of `fetch` for `node:http`.
 */
export async function bundleModules(folder: string): Promise<void> {
  const build = await rolldown({
    input: join(CLI, 'main.ts'),
    platform: 'node',
    plugins: [...plugins],
  });
  await build.write({
    dir: folder,
    format: 'cjs',
    minify: true,
    charset: 'ascii',
    chunkFileNames: 'chunks/[name]-[hash].js',
  });
  await build.close();
}

/** A single CommonJS file, the executable's. */
export async function bundleScript(file: string): Promise<void> {
  const build = await rolldown({
    input: join(CLI, 'executable-main.ts'),
    platform: 'node',
    plugins: [noOtherPrograms, ...plugins],
  });
  await build.write({ file, format: 'cjs', minify: true, charset: 'ascii', codeSplitting: false });
  await build.close();
}

/** commander can start other programs as subcommands. We have none, and a snapshot cannot hold what starts them. */
const noOtherPrograms: Plugin = {
  name: 'no-other-programs',
  resolveId: (id, importer) =>
    id === 'node:child_process' && importer?.includes('/commander/') === true ? '\0no-programs' : null,
  load: (id) => (id === '\0no-programs' ? 'export default {};' : null),
};
