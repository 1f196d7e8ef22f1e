/**
 * Simulates scheduler and kubelet for the pods of a control plane: they get a node and an address, become ready,
 * run, end and are deleted as on a real node, as far as a controller can see it through the API.
 * Nothing is executed; what answers behind the addresses is a {@link PodRuntime}, if there is one.
 */
import type { ApiClient } from '../api-client.ts';
import { registerNodes } from './nodes.ts';
import type { Pod } from './pod.ts';
import { followPods } from './pod-feed.ts';
import { PodIps } from './pod-ips.ts';
import type { PodRuntime } from './pod-runtime.ts';
import { PodWorker } from './pod-worker.ts';
import type { PodTiming } from './pod-worker.ts';
import { isToBeScheduled, pickNode } from './scheduler.ts';
import type { Node } from './scheduler.ts';

const DEFAULT_TIMING: PodTiming = { readyDelayMs: 0, stopMs: 50, crashBackoffMs: 1_000 };

export interface KubeletOptions extends Partial<PodTiming> {
  /** How many nodes it plays: node-1, node-2, ... One by default. */
  readonly nodes?: number;
  readonly runtime?: PodRuntime;
  /** Which of the pods' addresses comes first, from 1 to 65534: real pods of two kubelets in one network need different ones. */
  readonly firstAddress?: number;
  /** What went wrong with a pod, a line at a time; stderr by default. */
  readonly log?: (line: string) => void;
}

/** The nodes are registered and pods are taken up when this resolves. The client stays the caller's. */
export async function startKubelet(client: ApiClient, options: KubeletOptions = {}): Promise<Kubelet> {
  const kubelet = new Kubelet(client, await registerNodes(client, options.nodes ?? 1), options);
  kubelet.begin();
  return kubelet;
}

/** Use {@link startKubelet} to get one. */
export class Kubelet implements AsyncDisposable {
  readonly #client: ApiClient;
  readonly #nodes: readonly Node[];
  readonly #options: KubeletOptions;
  readonly #timing: PodTiming;
  readonly #ips: PodIps;
  readonly #workers = new Map<string, PodWorker>();
  readonly #uids = new Map<string, string>();
  readonly #stopping = new AbortController();
  #feed: Promise<void> = Promise.resolve();
  #turn = 0;

  constructor(client: ApiClient, nodes: readonly Node[], options: KubeletOptions) {
    this.#client = client;
    this.#nodes = nodes;
    this.#options = options;
    this.#ips = new PodIps(options.firstAddress);
    this.#timing = {
      readyDelayMs: options.readyDelayMs ?? DEFAULT_TIMING.readyDelayMs,
      stopMs: options.stopMs ?? DEFAULT_TIMING.stopMs,
      crashBackoffMs: options.crashBackoffMs ?? DEFAULT_TIMING.crashBackoffMs,
    };
  }

  /** Called once, by {@link startKubelet}. */
  begin(): void {
    const sink = { seen: (pod: Pod) => this.#seen(pod), gone: (uid: string) => this.#gone(uid) };
    this.#feed = followPods(this.#client, sink, this.#stopping.signal);
  }

  /** Overrules the probes of a pod that runs here; undefined gives it back to them. Throws for a pod it does not run. */
  setReady(namespace: string, name: string, ready: boolean | undefined): void {
    const worker = this.#workers.get(this.#uids.get(`${namespace}/${name}`) ?? '');
    if (worker === undefined) throw new Error(`the kubelet runs no pod ${namespace}/${name}`);
    worker.setReady(ready);
  }

  /** Nothing is written any more, and every runtime has let go of its pods, when this resolves. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#feed;
    await Promise.all([...this.#workers.values()].map((worker) => worker.dispose()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #seen(pod: Pod): void {
    const { uid } = pod.metadata;
    const worker = this.#workers.get(uid);
    if (worker !== undefined) {
      worker.update(pod);
      return;
    }
    const node = this.#nodeFor(pod);
    if (node === undefined || isOver(pod)) return;
    const created = new PodWorker(pod, {
      client: this.#client,
      runtime: this.#options.runtime,
      timing: this.#timing,
      node,
      podIP: this.#addressFor(pod),
      log: this.#options.log ?? ((line) => process.stderr.write(`[kubelet] ${line}\n`)),
    });
    this.#workers.set(uid, created);
    this.#uids.set(created.key, uid);
    void created.run();
  }

  #nodeFor(pod: Pod): Node | undefined {
    if (isToBeScheduled(pod)) return pickNode(pod, this.#nodes, this.#turn++);
    return this.#nodes.find(({ name }) => name === pod.spec.nodeName);
  }

  #addressFor(pod: Pod): string {
    const address = pod.status?.podIP;
    if (address === undefined) return this.#ips.take();
    // It was running here before this kubelet began: its address is in use already.
    this.#ips.reserve(address);
    return address;
  }

  #gone(uid: string): void {
    const worker = this.#workers.get(uid);
    if (worker === undefined) return;
    this.#workers.delete(uid);
    if (this.#uids.get(worker.key) === uid) this.#uids.delete(worker.key);
    void this.#release(worker);
  }

  async #release(worker: PodWorker): Promise<void> {
    await worker.dispose();
    this.#ips.release(worker.podIP);
  }
}

/** A pod that has ended never runs again, but its deletion still has to be completed. */
function isOver(pod: Pod): boolean {
  const ended = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
  return ended && pod.metadata.deletionTimestamp === undefined;
}
