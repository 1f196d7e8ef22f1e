/** The connections of all providers, by the way that they take: direct or through a proxy, with certificates checked or not. */
import { Agent, type Dispatcher, ProxyAgent, type buildConnector } from 'undici';
import { type Environment, proxyOf } from './proxy.ts';

/** Short enough that a server which closes idle connections seldom does so during a request. */
const IDLE_CONNECTION_MS = 4_000;
const CONNECTIONS_PER_HOST = 16;

export interface ConnectionOptions {
  readonly environment: Environment;
  /** PEM certificates to trust in the place of the well-known ones. */
  readonly trusted?: string;
}

export interface Connections {
  readonly dispatcherFor: (url: URL, insecure: boolean) => Dispatcher;
  /** Ends every connection; requests under way fail. */
  readonly close: () => Promise<void>;
}

export function createConnections({ environment, trusted }: ConnectionOptions): Connections {
  const dispatchers = new Map<string, Dispatcher>();
  return {
    dispatcherFor: (url, insecure) => {
      const proxy = proxyOf(url, environment);
      const key = JSON.stringify([proxy, insecure]);
      const known = dispatchers.get(key);
      if (known !== undefined) return known;
      const dispatcher = connect(proxy, {
        rejectUnauthorized: !insecure,
        ...(trusted === undefined ? {} : { ca: trusted }),
      });
      dispatchers.set(key, dispatcher);
      return dispatcher;
    },
    close: async () => {
      await Promise.all([...dispatchers.values()].map((dispatcher) => dispatcher.destroy()));
    },
  };
}

function connect(proxy: string | null, tls: buildConnector.BuildOptions): Dispatcher {
  const pool = { connections: CONNECTIONS_PER_HOST, keepAliveTimeout: IDLE_CONNECTION_MS, allowH2: false };
  return proxy === null
    ? new Agent({ ...pool, connect: tls })
    : new ProxyAgent({ ...pool, uri: proxy, requestTls: tls });
}
