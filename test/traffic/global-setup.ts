/**
 * One data plane and one controller for the files of this suite that kill nothing, the turns of all cases, and the
 * table of what was measured, printed at the end.
 */
import { availableParallelism } from 'node:os';
import type { TestProject } from 'vitest/node';
import { accessTo } from '../apiserver/global-setup.ts';
import type { ControlPlane } from '../testbed/cluster/control-plane.ts';
import { startController } from '../testbed/cluster/controller-process.ts';
import { grantGatewayApi } from '../testbed/cluster/gateway-api.ts';
import { installSerin } from '../testbed/cluster/install.ts';
import { startDataPlane, type DataPlane } from '../testbed/data-plane/data-plane.ts';
import { chosenProxy } from '../testbed/data-plane/proxies.ts';
import type { Proxy } from '../testbed/data-plane/proxy.ts';
import { startPulse } from '../testbed/data-plane/pulse.ts';
import { extent } from './extent.ts';
import { Ledger } from './ledger.ts';
import { writeMeasured } from './measured-page.ts';
import { Turns } from './turns.ts';

/** Of 205 requests a second each; the load, the proxy and the pods share the processors. */
const CASES_PER_PROCESSOR = 1;

/** What a test needs of the proxy, as plain values: the tests run in a process of their own. */
export interface ProxyAccess extends Omit<Proxy, 'stop'> {
  /** The file of its beats. */
  readonly pulseLog: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    sharedProxy: ProxyAccess;
    controllerLog: string;
    ledger: string;
    turns: string;
  }
}

/** The proxy's pulse is watched from now on; `stop` comes before the data plane's. */
export async function watchProxy(
  plane: ControlPlane,
  proxy: Proxy,
): Promise<{ access: ProxyAccess; stop(): Promise<void> }> {
  const pulseLog = `${proxy.logPath}.pulse.jsonl`;
  const pulse = await startPulse(plane.client(), proxy, pulseLog);
  // Without a function in it, which cannot be handed to another process.
  const { stop: _stop, ...plain } = proxy;
  return { access: { ...plain, pulseLog }, stop: () => pulse.stop() };
}

/** Serin is installed with the rights that the proxy of the data plane asks for. */
export async function installFor({ plane, proxy }: DataPlane): Promise<void> {
  await installSerin(plane);
  if (proxy.reads === 'routes') await grantGatewayApi(plane);
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await using stack = new AsyncDisposableStack();
  const ledger = await Ledger.create();
  const proxyName = chosenProxy();
  stack.defer(async () => {
    const { table, files } = await ledger.close();
    process.stdout.write(table);
    if (process.env.SERIN_TRAFFIC_PAGE === 'write') await writeMeasured(files, { proxy: proxyName, extent: extent() });
  });
  const dataPlane = stack.use(await startDataPlane({ proxy: proxyName, horizontalPodAutoscaler: true }));
  const turns = await Turns.open(CASES_PER_PROCESSOR * availableParallelism());
  stack.defer(() => turns.close());
  await installFor(dataPlane);
  const controller = await startController(dataPlane.plane, { flags: ['--loglevel=debug'] });
  const proxy = await watchProxy(dataPlane.plane, dataPlane.proxy);
  stack.defer(() => proxy.stop());
  project.provide('sharedCluster', await accessTo(dataPlane.plane, controller));
  project.provide('sharedProxy', proxy.access);
  project.provide('controllerLog', controller.logPath);
  project.provide('ledger', ledger.path);
  project.provide('turns', turns.path);
  const started = stack.move();
  return () => started.disposeAsync();
}
