/** The dashboard's server against the shared cluster, in this process, and what its pages would receive. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { inject } from 'vitest';
import { startDashboard, type Dashboard, type DashboardOptions } from '../../src/dashboard/server/server.ts';
import { loadKubeConfig } from '../../src/runtime/kubeconfig.ts';

/** With no pages, on a free port of loopback, as the administrator unless it is said otherwise. */
export async function dashboardFor(changes: Partial<DashboardOptions> = {}): Promise<Dashboard & AsyncDisposable> {
  const pages = await mkdtemp(join(tmpdir(), 'serin-pages-'));
  const server = await startDashboard({
    address: '127.0.0.1',
    port: 0,
    rootPath: 'rollouts',
    pages,
    signIn: { method: 'kubeconfig' },
    allowedHosts: [],
    tls: null,
    kubeConfig: loadKubeConfig({ kubeconfig: inject('sharedCluster').kubeconfig, context: '' }),
    namespace: 'default',
    logger: pino({ level: 'silent' }),
    ...changes,
  });
  return {
    ...server,
    async [Symbol.asyncDispose]() {
      await server.close();
      await rm(pages, { recursive: true });
    },
  };
}
