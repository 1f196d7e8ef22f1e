/**
 * One data plane and one controller for the files of this suite that kill nothing, and the table of what was measured,
 * printed at the end.
 */
import type { TestProject } from 'vitest/node';
import { accessTo } from '../apiserver/global-setup.ts';
import { startController } from '../cluster/controller-process.ts';
import { installSerin } from '../cluster/install.ts';
import { startDataPlane } from '../data-plane/data-plane.ts';
import type { Proxy } from '../data-plane/proxy.ts';
import { Ledger } from './ledger.ts';

/** What a test needs of the proxy, as plain values: the tests run in a process of their own. */
export type ProxyAccess = Pick<Proxy, 'name' | 'address' | 'logPath' | 'propagationMs'>;

declare module 'vitest' {
  interface ProvidedContext {
    sharedProxy: ProxyAccess;
    controllerLog: string;
    ledger: string;
  }
}

export function proxyAccess({ name, address, logPath, propagationMs }: Proxy): ProxyAccess {
  return { name, address, logPath, propagationMs };
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const ledger = await Ledger.create();
  const dataPlane = await startDataPlane({ horizontalPodAutoscaler: true });
  try {
    await installSerin(dataPlane.plane);
    const controller = await startController(dataPlane.plane, { flags: ['--loglevel=debug'] });
    project.provide('sharedCluster', await accessTo(dataPlane.plane, controller));
    project.provide('sharedProxy', proxyAccess(dataPlane.proxy));
    project.provide('controllerLog', controller.logPath);
    project.provide('ledger', ledger.path);
  } catch (error) {
    await dataPlane.stop();
    throw error;
  }
  return async () => {
    await dataPlane.stop();
    process.stdout.write(await ledger.close());
  };
}
