/**
 * Bundles the command line with everything that it needs: as modules for people with Node, which are loaded when a
 * command needs them, or as one script, the parts of which are evaluated when a command needs them.
 */
import { isBuiltin } from 'node:module';
import { join, resolve } from 'node:path';
import { rolldown, type Plugin } from 'rolldown';
import manifest from '../../package.json' with { type: 'json' };

const REPOSITORY = resolve(import.meta.dirname, '../..');
const CLI = join(REPOSITORY, 'src/cli');
const UNDICI = join(REPOSITORY, 'node_modules/undici/lib/dispatcher');
const CLIENT_NODE = join(REPOSITORY, 'node_modules/@kubernetes/client-node/dist');

/**
 * `folder` has `main.js` and its chunks afterwards, in CommonJS: Node loads them in less time than ES modules, and an
 * ES module that imports one of Node's own reads every export of it, which alone loads all of `fetch` for `node:http`.
 */
export async function bundleModules(folder: string): Promise<void> {
  const build = await rolldown({
    input: join(CLI, 'main.ts'),
    platform: 'node',
    plugins: [theVersion, kubeConfigOnly, connectionsOnly, builtinsWhenNeeded],
  });
  await build.write({ dir: folder, format: 'cjs', minify: true, chunkFileNames: 'chunks/[name]-[hash].js' });
  await build.close();
}

/** A single CommonJS file, the executable's. */
export async function bundleScript(file: string): Promise<void> {
  const build = await rolldown({
    input: join(CLI, 'executable-main.ts'),
    platform: 'node',
    plugins: [theVersion, kubeConfigOnly, connectionsOnly, noOtherPrograms, builtinsWhenNeeded],
  });
  await build.write({ file, format: 'cjs', minify: true, codeSplitting: false });
  await build.close();
}

/** There is no package.json beside a bundle. */
const theVersion: Plugin = {
  name: 'the-version',
  load: (id) =>
    id === join(REPOSITORY, 'src/version.ts') ? `export const VERSION = ${JSON.stringify(manifest.version)};` : null,
};

/**
 * Of client-node only the reading of kubeconfigs is used. Its entry leads to a class for each resource of Kubernetes,
 * 1.5 MB of them, which a bundler cannot know to be of no use; a kubeconfig needs two names of them to make such classes.
 */
const kubeConfigOnly: Plugin = {
  name: 'kube-config-only',
  resolveId: (id, importer) => {
    if (id === '@kubernetes/client-node') return join(CLIENT_NODE, 'config.js');
    return id === './gen/index.js' && importer === join(CLIENT_NODE, 'config.js') ? '\0generated-client' : null;
  },
  load: (id) =>
    id === '\0generated-client'
      ? `export function createConfiguration() { throw new Error('The generated client is not bundled'); }
         export class ServerConfiguration {}`
      : null,
};

/** As undici's entry has it, for requests that name their dispatcher and their method. */
const REQUEST = `
import send from ${JSON.stringify(join(UNDICI, '../api/api-request.js'))};
export function request(url, { dispatcher, ...options }) {
  return send.call(dispatcher, { ...options, origin: url.origin, path: url.pathname + url.search });
}`;

/** Of undici only connections and requests are used, no fetch and no mocks. */
const connectionsOnly: Plugin = {
  name: 'connections-only',
  resolveId: (id) => (id === 'undici' ? '\0connections' : null),
  load: (id) =>
    id === '\0connections'
      ? ['Agent agent', 'ProxyAgent proxy-agent', 'Socks5ProxyAgent socks5-proxy-agent']
          .map((one) => one.split(' '))
          .map(([name, file]) => `export { default as ${name} } from ${JSON.stringify(join(UNDICI, `${file}.js`))};`)
          .join('\n') + REQUEST
      : null,
};

/** commander can start other programs as subcommands. We have none, and a snapshot cannot hold what starts them. */
const noOtherPrograms: Plugin = {
  name: 'no-other-programs',
  resolveId: (id, importer) =>
    id === 'node:child_process' && importer?.includes('/commander/') === true ? '\0no-programs' : null,
  load: (id) => (id === '\0no-programs' ? 'export default {};' : null),
};

const BUILTIN = '\0builtin:';

/** In a script a bundler loads all of Node's modules at once; TLS and HTTP alone take as long as the rest of a start. */
const builtinsWhenNeeded: Plugin = {
  name: 'builtins-when-needed',
  resolveId: (id, importer) => {
    if (!isBuiltin(id)) return null;
    return importer?.startsWith(BUILTIN) === true ? { id, external: true } : `${BUILTIN}${id}`;
  },
  load: (id) =>
    id.startsWith(BUILTIN) ? `module.exports = require(${JSON.stringify(id.slice(BUILTIN.length))});` : null,
};
