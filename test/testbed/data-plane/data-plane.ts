/**
 * A control plane whose pods are real HTTP servers behind a real proxy. It needs the network namespace that
 * `inside.ts` makes.
 */
import { createServer } from 'node:net';
import { join } from 'node:path';
import { startControlPlane, type ControlPlane, type ControlPlaneOptions } from '../cluster/control-plane.ts';
import type { PodTiming } from '../cluster/kubelet/pod-worker.ts';
import { startKubeletProcess } from '../cluster/kubelet/process.ts';
import { startProxy, type ProxyName } from './proxies.ts';
import type { Proxy } from './proxy.ts';

const PODS_PROGRAM = join(import.meta.dirname, 'pods-main.ts');
/**
 * What a real kubelet needs to start a small container that is on the node already. A pod's servers stop by themselves
 * after SIGTERM, so the kubelet adds no time of its own.
 */
const POD_TIMING: Partial<PodTiming> = { readyDelayMs: 200, stopMs: 0 };
const AN_ADDRESS = '10.244.255.254';

export interface DataPlaneOptions extends ControlPlaneOptions {
  readonly podTiming?: Partial<PodTiming>;
  /** Which of the pods' addresses comes first, from 1 to 65534: two data planes in one namespace need different ones. */
  readonly firstAddress?: number;
  /** Traefik by default. */
  readonly proxy?: ProxyName;
  /** The proxy serves the objects of Traefik's own API as well. */
  readonly traefikApi?: boolean;
}

export interface DataPlane extends AsyncDisposable {
  readonly plane: ControlPlane;
  readonly proxy: Proxy;
  /** Nothing of either is left afterwards. Rejects, after the clean-up, when a component had failed. */
  stop(): Promise<void>;
}

export async function startDataPlane({
  podTiming,
  firstAddress = 1,
  proxy: name = 'traefik',
  traefikApi = false,
  ...options
}: DataPlaneOptions = {}): Promise<DataPlane> {
  await assertInside();
  const plane = await startControlPlane(options);
  try {
    await startKubeletProcess(plane, { ...POD_TIMING, ...podTiming, firstAddress }, PODS_PROGRAM);
    const proxy = await startProxy(name, plane, { traefikApi });
    const stop = async (): Promise<void> => {
      await proxy.stop();
      await plane.stop();
    };
    return { plane, proxy, stop, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await plane.stop();
    throw error;
  }
}

/** Throws outside the namespace, where no pod could have its address. */
function assertInside(): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (cause) =>
      reject(
        new Error('pods have no addresses here: run this with `node test/testbed/data-plane/inside.ts -- COMMAND`', {
          cause,
        }),
      ),
    );
    server.listen({ host: AN_ADDRESS, port: 0 }, () => server.close(() => resolve()));
  });
}
