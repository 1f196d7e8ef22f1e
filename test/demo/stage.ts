/**
 * Where the demo plays: a local control plane with Serin installed and its controller running. It knows
 * nothing of what is deployed there.
 */
import { findOrBuildBinaries } from '../cluster/binaries.ts';
import { startCluster, type Cluster } from '../cluster/cluster.ts';
import { startController, type ControllerProcess } from '../cluster/controller-process.ts';
import { installSerin } from '../cluster/install.ts';
import type { Kubectl } from './advice.ts';
import type { Progress } from './progress.ts';

/** Real pods need some time to start and to stop, and a person wants to see it. */
const POD_TIMING = { readyDelayMs: 2000, stopMs: 1000 };
const LAST_LINES = 10;

export interface Stage {
  readonly cluster: Cluster;
  /** The very program that runs in the demo, for a person to run as well. */
  readonly kubectl: Kubectl;
  /** Rejects if the controller ends before {@link Stage.stop}. */
  readonly controllerFailed: Promise<never>;
  /** The end of the controller's log. */
  lastWords(): Promise<string>;
  /** Nothing of it is left afterwards. */
  stop(): Promise<void>;
}

export async function setUpStage(progress: Progress, log: (line: string) => void): Promise<Stage> {
  const binaries = await progress.during('programs', 'etcd, Kubernetes and kubectl are built', (say) =>
    findOrBuildBinaries({ log: say }),
  );
  const cluster = await progress.during('control plane', 'etcd, kube-apiserver, kube-controller-manager', (say) =>
    startCluster({ log: say, kubelet: { ...POD_TIMING, log } }),
  );
  const { plane } = cluster;
  try {
    await progress.during('install', 'kubectl apply -k deploy', () => installSerin(plane));
    const controller = await progress.during('controller', 'ready, with the rights of deploy/', () =>
      startController(plane, { flags: ['--logformat=text'] }),
    );
    let stopping = false;
    return {
      cluster,
      kubectl: { path: binaries.kubectl, kubeconfig: plane.kubeconfigPath() },
      controllerFailed: failureOf(controller, () => stopping),
      async lastWords() {
        return (await controller.log()).trimEnd().split('\n').slice(-LAST_LINES).join('\n');
      },
      async stop() {
        stopping = true;
        await cluster.stop();
      },
    };
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

async function failureOf(controller: ControllerProcess, stopping: () => boolean): Promise<never> {
  const exit = await controller.exited;
  if (stopping()) return new Promise(() => undefined);
  throw new Error(`the controller ended with ${exit}`);
}
