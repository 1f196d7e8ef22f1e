/**
 * Where the demo plays: a local control plane with Serin installed and its controller running. In a network namespace
 * its pods are real servers behind a real proxy; elsewhere they are only simulated.
 */
import { join } from 'node:path';
import { findOrBuildBinaries } from '../../test/testbed/cluster/binaries.ts';
import { startCluster } from '../../test/testbed/cluster/cluster.ts';
import type { ControlPlane } from '../../test/testbed/cluster/control-plane.ts';
import { startController, type ControllerProcess } from '../../test/testbed/cluster/controller-process.ts';
import { writeKubeconfig } from '../../test/testbed/cluster/credentials.ts';
import { installSerin } from '../../test/testbed/cluster/install.ts';
import { startDataPlane } from '../../test/testbed/data-plane/data-plane.ts';
import { PROXY_TITLES, type IngressProxyName } from '../../test/testbed/data-plane/proxies.ts';
import type { Proxy } from '../../test/testbed/data-plane/proxy.ts';
import type { Kubectl } from './advice.ts';
import { openDoor } from './door.ts';
import type { DoorPlan } from './inside.ts';
import type { Progress } from './progress.ts';

/** Real pods need some time to start and to stop, and a person wants to see it. Servers need it anyway to stop. */
const READY_DELAY_MS = 2000;
const STOP_MS = 1000;
const LAST_LINES = 10;

export interface Stage {
  readonly plane: ControlPlane;
  /** `null` where pods have no addresses. */
  readonly proxy: Proxy | null;
  /** For a person on the host: the very program that runs in the demo. */
  readonly kubectl: Kubectl;
  /** Rejects if the controller ends before {@link Stage.stop}. */
  readonly controllerFailed: Promise<never>;
  /** The end of the controller's log. */
  lastWords(): Promise<string>;
  /** Nothing of it is left afterwards. */
  stop(): Promise<void>;
}

type Ground = Pick<Stage, 'plane' | 'proxy' | 'stop'>;

/** The proxy is for the pods that serve; `apiDoor` is how people on the host reach the API server of a namespace; `null` outside of one. */
export async function setUpStage(
  progress: Progress,
  proxyName: IngressProxyName,
  apiDoor: DoorPlan | null,
  log: (line: string) => void,
): Promise<Stage> {
  const ground = await (apiDoor === null ? withPlayedPods(progress, log) : withServingPods(progress, proxyName));
  const { plane, proxy } = ground;
  const closers = [() => ground.stop()];
  const stop = async (): Promise<void> => {
    for (const close of closers.toReversed()) await close();
  };
  try {
    await progress.during('install', 'kubectl apply -k deploy', () => installSerin(plane));
    const controller = await progress.during('controller', 'ready, with the rights of deploy/', () =>
      startController(plane, { flags: ['--logformat=text'] }),
    );
    const kubeconfig = apiDoor === null ? plane.kubeconfigPath() : await kubeconfigThrough(apiDoor, plane);
    if (apiDoor !== null) {
      const door = await openDoor({ path: apiDoor.socket }, { host: '127.0.0.1', port: portOf(plane) });
      closers.push(() => door.close());
    }
    let stopping = false;
    return {
      plane,
      proxy,
      kubectl: { path: (await findOrBuildBinaries()).kubectl, kubeconfig },
      controllerFailed: failureOf(controller, () => stopping),
      async lastWords() {
        return (await controller.log()).trimEnd().split('\n').slice(-LAST_LINES).join('\n');
      },
      async stop() {
        stopping = true;
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function withPlayedPods(progress: Progress, log: (line: string) => void): Promise<Ground> {
  return progress.during('control plane', 'etcd, kube-apiserver, kube-controller-manager', async () => {
    const kubelet = { readyDelayMs: READY_DELAY_MS, stopMs: STOP_MS, log };
    const cluster = await startCluster({ kubelet });
    return { plane: cluster.plane, proxy: null, stop: () => cluster.stop() };
  });
}

function withServingPods(progress: Progress, proxy: IngressProxyName): Promise<Ground> {
  const what = `etcd, kube-apiserver, kube-controller-manager, ${PROXY_TITLES[proxy]}`;
  return progress.during('control plane', what, () =>
    startDataPlane({ proxy, podTiming: { readyDelayMs: READY_DELAY_MS } }),
  );
}

/** Path of a kubeconfig for the host. It is removed with the control plane. */
async function kubeconfigThrough({ port }: DoorPlan, plane: ControlPlane): Promise<string> {
  const path = join(plane.scratch, 'host.kubeconfig');
  await writeKubeconfig(path, `https://127.0.0.1:${port}`, plane.caFile, plane.token());
  return path;
}

function portOf({ server }: ControlPlane): number {
  return Number(new URL(server).port);
}

async function failureOf(controller: ControllerProcess, stopping: () => boolean): Promise<never> {
  const exit = await controller.exited;
  if (stopping()) return new Promise(() => undefined);
  throw new Error(`the controller ended with ${exit}`);
}
