/**
 * Runs the kubelet in a process of its own, for a bench whose event loop must be free for what it measures.
 * A test does better with the kubelet in its own process, where it can steer it.
 */
import { join } from 'node:path';
import type { ControlPlane } from '../control-plane.ts';
import { KUBELET } from '../credentials.ts';
import { waitFor } from '../wait.ts';
import type { PodTiming } from './pod-worker.ts';

/** What the process is told, as JSON in its only argument. */
export interface KubeletOrder {
  readonly server: string;
  readonly caFile: string;
  readonly token: string;
  readonly options: KubeletProcessOptions;
}

export interface KubeletProcessOptions extends Partial<PodTiming> {
  readonly nodes?: number;
  readonly firstAddress?: number;
}

/** Only marks pods ready; for {@link startKubeletProcess}. */
export const LIGHT_KUBELET = join(import.meta.dirname, 'light-main.ts');

/**
 * The nodes exist when this resolves, and pods are taken up. The process ends with the control plane. `program` is
 * another main.ts, for pods with a runtime.
 */
export async function startKubeletProcess(
  plane: ControlPlane,
  options: KubeletProcessOptions = {},
  program = join(import.meta.dirname, 'main.ts'),
): Promise<void> {
  const order: KubeletOrder = { server: plane.server, caFile: plane.caFile, token: plane.token(KUBELET), options };
  const kubelet = await plane.spawn({
    name: 'kubelet',
    command: process.execPath,
    args: [program, JSON.stringify(order)],
    env: {},
  });
  const registered = async (): Promise<boolean> => {
    const { items } = await plane.client().get<{ readonly items: readonly unknown[] }>('/api/v1/nodes');
    return items.length >= (options.nodes ?? 1);
  };
  await waitFor(async () => kubelet.exit !== undefined || (await registered()), { what: 'the nodes of the kubelet' });
  if (kubelet.exit !== undefined) throw new Error(kubelet.obituary());
}
