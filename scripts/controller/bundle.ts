/**
 * Bundles the controller with everything that it needs. What few clusters use (the packages of AWS) are chunks, which
 * are loaded when a metric needs them.
 */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { plugins, REPOSITORY } from '../bundling/plugins.ts';

/** The file to run. */
export const CONTROLLER_MAIN = 'main.js';

/**
 * `folder` holds the bundle afterwards, and nothing else: CommonJS as that of the command line. Functions keep their
 * names, so that a stack can be read. The map beside it says which line of the sources a column is; the process does not
 * load it, because that takes 60 MiB.
 */
export async function bundleController(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  const build = await rolldown({ input: join(REPOSITORY, 'src/main.ts'), platform: 'node', plugins: [...plugins] });
  await build.write({
    dir: folder,
    format: 'cjs',
    minify: {
      compress: true,
      mangle: { toplevel: true, keepNames: { function: true, class: true } },
      codegen: { removeWhitespace: true },
    },
    sourcemap: 'hidden',
    charset: 'ascii',
    chunkFileNames: 'chunks/[name]-[hash].js',
  });
  await build.close();
  await writeFile(join(folder, 'package.json'), '{"type":"commonjs"}\n');
}
