/** The kubeconfig with what the command line says otherwise, as kubectl merges them. */
import type { Cluster, Context, KubeConfig, User } from '@kubernetes/client-node';
import { loadKubeConfig } from '../runtime/kubeconfig.ts';
import { CommandError } from './errors.ts';
import type { GlobalOptions } from './global-options.ts';

export function chosenKubeConfig(options: GlobalOptions): KubeConfig {
  const loaded = loadKubeConfig(options);
  const named = loaded.getContextObject(loaded.getCurrentContext());
  const cluster = clusterOf(loaded, options, options.cluster || (named?.cluster ?? ''));
  const user = userOf(loaded, options, options.user || (named?.user ?? ''));
  // A context of its own: the names of the kubeconfig keep their meaning.
  const context: Context = { ...named, name: 'command-line', cluster: cluster.name, user: user.name };
  loaded.loadFromOptions({ clusters: [cluster], users: [user], contexts: [context], currentContext: context.name });
  return loaded;
}

function clusterOf(loaded: KubeConfig, options: GlobalOptions, name: string): Cluster {
  const known = loaded.getCluster(name);
  if (known === null && options.server === '')
    throw new CommandError(`The kubeconfig has no cluster ${JSON.stringify(name)}`);
  const authority = options['certificate-authority'];
  const serverName = options['tls-server-name'];
  const { caData, caFile, ...rest } = known ?? { name, server: '', skipTLSVerify: false };
  const skips = options['insecure-skip-tls-verify'];
  return {
    ...rest,
    // A server that is not verified needs no authority, and kubectl refuses both together.
    ...(skips ? {} : authority === '' ? defined({ caData, caFile }) : { caFile: authority }),
    skipTLSVerify: skips || rest.skipTLSVerify,
    server: options.server || rest.server,
    ...(serverName === '' ? {} : { tlsServerName: serverName }),
  };
}

function userOf(loaded: KubeConfig, options: GlobalOptions, name: string): User {
  const known = loaded.getUser(name);
  if (known === null && options.user !== '')
    throw new CommandError(`The kubeconfig has no user ${JSON.stringify(name)}`);
  const { token, 'client-certificate': certFile, 'client-key': keyFile, as: impersonateUser } = options;
  const { certData, certFile: ownCertFile, keyData, keyFile: ownKeyFile, ...rest } = known ?? { name };
  return {
    // A token of the command line takes the place of every other credential.
    ...(token === '' ? rest : { name, token }),
    ...(certFile === '' ? defined({ certData, certFile: ownCertFile }) : { certFile }),
    ...(keyFile === '' ? defined({ keyData, keyFile: ownKeyFile }) : { keyFile }),
    ...(impersonateUser === '' ? {} : { impersonateUser }),
  };
}

/** Without the keys that have no value. */
function defined<T extends object>(fields: T): { [Key in keyof T]?: NonNullable<T[Key]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value != null)) as never;
}
