/**
 * What is behind a pod's IP address. The kubelet decides when pods start, become ready and stop; a runtime
 * makes something answer there. Without one, pods are only objects.
 */
import type { Pod } from './pod.ts';

export interface PodRuntime {
  /**
   * Called when the pod's containers start, first or again. The pod is not ready before this resolves; afterwards
   * `setServing` removes its readiness and restores it.
   */
  start(pod: Pod, podIP: string, setServing: (serving: boolean) => void): Promise<void>;
  /**
   * Called once after each `start`, when preStop is over, the containers have ended or the pod is gone: nothing
   * answers there once this resolves, which takes no longer than `graceMs`. It may be called before `start` has
   * resolved.
   */
  stop(pod: Pod, graceMs: number): Promise<void>;
}
