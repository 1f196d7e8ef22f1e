/**
 * A control plane together with a kubelet: what most tests, the demo and the bench start from.
 */
import { startControlPlane } from './control-plane.ts';
import type { ControlPlane, ControlPlaneOptions } from './control-plane.ts';
import { KUBELET } from './credentials.ts';
import { startKubelet } from './kubelet/kubelet.ts';
import type { Kubelet, KubeletOptions } from './kubelet/kubelet.ts';

export interface ClusterOptions extends ControlPlaneOptions {
  readonly kubelet?: KubeletOptions;
}

export interface Cluster extends AsyncDisposable {
  readonly plane: ControlPlane;
  readonly kubelet: Kubelet;
  /** Nothing of either is left afterwards. Rejects, after the clean-up, when a component had failed. */
  stop(): Promise<void>;
}

export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const plane = await startControlPlane(options);
  try {
    const kubelet = await startKubelet(plane.client(KUBELET), options.kubelet);
    const stop = async (): Promise<void> => {
      await kubelet.stop();
      await plane.stop();
    };
    return { plane, kubelet, stop, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await plane.stop();
    throw error;
  }
}
