/**
 * What every bundle of ours leaves out, or loads only when it is needed: most of a package is never used, and what a
 * process has loaded it keeps in memory.
 */
import { isBuiltin } from 'node:module';
import { join, resolve } from 'node:path';
import type { Plugin } from 'rolldown';
import manifest from '../../package.json' with { type: 'json' };

export const REPOSITORY = resolve(import.meta.dirname, '../..');
const UNDICI = join(REPOSITORY, 'node_modules/undici/lib/dispatcher');
const CLIENT_NODE = join(REPOSITORY, 'node_modules/@kubernetes/client-node/dist');

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

/** prom-client asks it for the current span when a metric of the process has exemplars, which none of ours has. */
const noTracing: Plugin = {
  name: 'no-tracing',
  resolveId: (id) => (id === '@opentelemetry/api' ? '\0no-tracing' : null),
  load: (id) => (id === '\0no-tracing' ? 'export {};' : null),
};

/**
 * Node keeps a script in two bytes a character as soon as one of them is beyond ASCII. The bundler escapes those of
 * strings (`charset`); a comment that has to stay, such as a licence, is spelled without.
 */
const asciiLicences: Plugin = {
  name: 'ascii-licences',
  transform: (code) =>
    code.includes('/*!')
      ? {
          code: code.replaceAll(/\/\*![^]*?\*\//g, (comment) => comment.normalize('NFD').replaceAll(/[^\0-\x7f]/g, '')),
          map: null,
        }
      : null,
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

/** In the order in which they are asked. */
export const plugins: readonly Plugin[] = [
  theVersion,
  kubeConfigOnly,
  connectionsOnly,
  noTracing,
  asciiLicences,
  builtinsWhenNeeded,
];
