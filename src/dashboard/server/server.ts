/** The dashboard's server: listens, and closes without leaving anything behind. */
import type { KubeConfig } from '@kubernetes/client-node';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { realClock } from '../../runtime/clock.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { connectAs, type Connected } from './connections.ts';
import { Doorkeeper, type SignInRules } from './doorkeeper.ts';
import { Handler } from './handler.ts';
import type { Identity } from './identity.ts';
import { infoRoutes } from './info-routes.ts';
import { ownRoutes } from './own-routes.ts';
import { People } from './people.ts';
import { basePath } from './root-path.ts';
import { Router } from './router.ts';
import { StaticFiles } from './static-files.ts';
import { Streams } from './streams.ts';
import type { TlsFiles } from './tls-files.ts';
import type { Route } from './visit.ts';

export interface DashboardOptions {
  readonly address: string;
  /** 0: any that is free. */
  readonly port: number;
  /** Slashes at its ends do not matter. */
  readonly rootPath: string;
  /** With the pages as they were built; '' for those that are packed into this executable. */
  readonly pages: string;
  readonly signIn: SignInRules;
  /** Beside the names of loopback. */
  readonly allowedHosts: readonly string[];
  /** `null`: plain HTTP. */
  readonly tls: TlsFiles | null;
  readonly kubeConfig: KubeConfig;
  /** The one that is shown first to people who have none of their own. */
  readonly namespace: string;
  /** How people are connected; in their name to the cluster of `kubeConfig` when absent. */
  readonly connect?: (identity: Identity) => Connected;
  readonly logger: Logger;
}

export interface Dashboard {
  /** For a browser. */
  readonly url: string;
  readonly port: number;
  /** How many streams are open. */
  readonly streams: () => number;
  /** Cuts everything that is open. */
  close(): Promise<void>;
}

/** Listens once resolved; rejects when it cannot. */
export async function startDashboard(options: DashboardOptions): Promise<Dashboard> {
  const { address, signIn, allowedHosts, tls, kubeConfig, namespace, logger } = options;
  const clock = realClock;
  const base = basePath(options.rootPath);
  const files = await StaticFiles.load(options.pages, base);
  const connect = options.connect ?? ((identity: Identity) => connectAs(identity, kubeConfig, namespace));
  const people = new People({ clock, connect });
  const streams = new Streams(clock);
  const doorkeeper = new Doorkeeper({ clock, rules: signIn, people, path: base, tls: tls !== null });
  const router = new Router([...below('serin/v1', ownRoutes(doorkeeper)), ...below('v1', infoRoutes())]);
  // The port is known once it listens, and a forwarded port of a cluster can be any.
  const guard = { allowedHosts, port: null as number | null };
  const handler = new Handler({ base, guard, router, files, doorkeeper, streams, logger });
  const server = listenerOf(tls, (request, response) => void handler.handle(request, response));
  const port = await listen(server, address, options.port);
  if (signIn.method === 'kubeconfig') guard.port = port;
  return {
    url: `${tls === null ? 'http' : 'https'}://${address.includes(':') ? `[${address}]` : address}:${port}${base}`,
    port,
    streams: () => streams.size,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      streams.stop();
      server.closeAllConnections();
      tls?.close();
      await closed;
      await people.stop();
    },
  };
}

function below(path: string, routes: readonly Route[]): readonly Route[] {
  return routes.map((route) => ({ ...route, path: `${path}/${route.path}` }));
}

function listenerOf(tls: TlsFiles | null, listener: RequestListener): Server {
  if (tls === null) return createServer(listener);
  const server = createTlsServer(tls.context(), listener);
  tls.onChange((context) => server.setSecureContext(context));
  return server;
}

async function listen(server: Server, host: string, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, resolve);
  }).catch((error: unknown) => {
    throw new Error(`cannot listen on ${host}:${port}`, { cause: error });
  });
  return (server.address() as AddressInfo).port;
}
