/** Connects to the API server as one person. Nothing is ever sent in another name. */
import { KubeConfig } from '@kubernetes/client-node';
import type { Cluster } from '../../clients/cluster.ts';
import type { ClientOptions } from '../../runtime/client-options.ts';
import { Client } from '../../runtime/client.ts';
import { realClock } from '../../runtime/clock.ts';
import { Transport } from '../../runtime/transport.ts';
import { VERSION } from '../../version.ts';
import type { Identity } from './identity.ts';

/** What a person does is far below; it only keeps one person's loop from flooding the API server. */
const LIMIT = { qps: 50, burst: 300 };
const NO_METRICS = { apiRequests: { inc: () => undefined }, clientThrottleSeconds: { inc: () => undefined } };
/** A person's watches are seven for each namespace that is open, and one for each list. */
const CONNECTIONS = 256;

export interface Connected {
  readonly cluster: Cluster;
  /** Calls back when the API server does not accept the credentials any more. */
  readonly onRefused: (refused: () => void) => void;
}

/** `kubeConfig` leads to the cluster; its user is the server's own, which only ever asks as somebody else. */
export function connectAs(identity: Identity, kubeConfig: KubeConfig, namespace: string): Connected {
  const transport = new Transport(configFor(identity, kubeConfig), realClock, { connections: CONNECTIONS });
  let refused = (): void => undefined;
  const headers = impersonation(identity);
  const sender: ClientOptions['transport'] = {
    send: async (request) => {
      const response = await transport.send({ ...request, headers: { ...request.headers, ...headers } });
      if (response.status === 401) refused();
      return response;
    },
  };
  const userAgent = `serin-dashboard/${VERSION}`;
  const client = new Client({ transport: sender, clock: realClock, metrics: NO_METRICS, userAgent, ...LIMIT });
  return {
    cluster: { client, clock: realClock, namespace, close: () => transport.close() },
    onRefused: (callback) => (refused = callback),
  };
}

/** With a token nothing of the server's own credentials is left. */
function configFor(identity: Identity, kubeConfig: KubeConfig): KubeConfig {
  if (identity.method !== 'token') return kubeConfig;
  const cluster = kubeConfig.getCurrentCluster();
  if (cluster === null) throw new Error('The kubeconfig has no current cluster');
  const config = new KubeConfig();
  const context = { name: 'person', cluster: cluster.name, user: 'person' };
  const users = [{ name: 'person', token: identity.token }];
  config.loadFromOptions({ clusters: [cluster], users, contexts: [context], currentContext: context.name });
  return config;
}

function impersonation(identity: Identity): Readonly<Record<string, string | readonly string[]>> {
  if (identity.method !== 'proxy') return {};
  const { user, groups } = identity;
  return { 'Impersonate-User': user, ...(groups.length === 0 ? {} : { 'Impersonate-Group': groups }) };
}
