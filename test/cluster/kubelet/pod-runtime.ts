/**
 * What is behind a pod's IP address. The kubelet decides when pods start, become ready and stop; a runtime
 * makes something answer there. Without one, pods are only objects.
 */
import type { Pod } from './pod.ts';

export interface PodRuntime {
  /** Called once, when the pod has its node and address. The pod is not ready before this resolves. */
  start(pod: Pod, podIP: string): Promise<void>;
  /**
   * Called once after `start` was called, when preStop is over or the pod is gone: nothing answers there once
   * this resolves. It may be called before `start` has resolved. At the grace period's end it is not waited for.
   */
  stop(pod: Pod): Promise<void>;
}
