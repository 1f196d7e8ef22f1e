/** A runtime that serves nothing and remembers what it was asked for; it can be told to be slow with a pod. */
import type { PodRuntime } from './pod-runtime.ts';

export interface FakeRuntime extends PodRuntime {
  /** The pod of this name is not served until the returned function is called. */
  hold(name: string): () => void;
  /** The address of a pod that is started and not stopped. */
  addressOf(name: string): string | undefined;
}

export function fakeRuntime(): FakeRuntime {
  const addresses = new Map<string, string>();
  const held = new Map<string, Promise<void>>();
  return {
    async start(pod, podIP) {
      addresses.set(pod.metadata.name, podIP);
      await held.get(pod.metadata.name);
    },
    async stop(pod) {
      addresses.delete(pod.metadata.name);
      return Promise.resolve();
    },
    hold(name) {
      const { promise, resolve } = Promise.withResolvers<void>();
      held.set(name, promise);
      return resolve;
    },
    addressOf: (name) => addresses.get(name),
  };
}
