/**
 * Plays the life of one pod: binds it, starts its containers, reports its status, and takes it through
 * preStop and its grace period to its final deletion.
 *
 * It writes as little as it can: whatever changes while a write is under way, or without time passing,
 * goes into one status patch. A pod without delays costs a binding, one status and one deletion.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { ApiError } from '../api-client.ts';
import type { ApiClient } from '../api-client.ts';
import { CRASH, READY, STOP_SECONDS, numberFrom } from './annotations.ts';
import { outcomeOf } from './command.ts';
import { scriptOf } from './container-script.ts';
import { Container } from './container.ts';
import { podPath } from './pod.ts';
import type { ContainerSpec, Pod, PodCondition } from './pod.ts';
import type { PodRuntime } from './pod-runtime.ts';
import { podStatus } from './pod-status.ts';
import { readinessOf } from './readiness.ts';
import type { Node } from './scheduler.ts';
import { timestamp } from './timestamp.ts';

const RETRY_MS = 200;

export interface PodTiming {
  /** From a container's start until it is ready, at the least. */
  readonly readyDelayMs: number;
  /** What a container needs to stop after preStop. */
  readonly stopMs: number;
  readonly crashBackoffMs: number;
}

export interface PodWorkerParts {
  readonly client: ApiClient;
  readonly runtime: PodRuntime | undefined;
  readonly timing: PodTiming;
  readonly node: Node;
  readonly podIP: string;
  readonly log: (line: string) => void;
}

export class PodWorker {
  readonly #parts: PodWorkerParts;
  readonly #containers: readonly Container[];
  readonly #startTime = timestamp();
  readonly #disposal = new AbortController();
  #pod: Pod;
  #lastConditions: readonly PodCondition[];
  #lastWritten: string | undefined;
  #bound = false;
  #serving: boolean;
  #runtimeStarted = false;
  #runtimeLife = 0;
  #readyOverride: boolean | undefined;
  #graceEndsAt: number | undefined;
  #stopsAt = 0;
  #stopTimer: NodeJS.Timeout | undefined;
  #finishing = false;
  #publishing = false;
  #publishAgain = false;

  constructor(pod: Pod, parts: PodWorkerParts) {
    this.#pod = pod;
    this.#parts = parts;
    this.#lastConditions = pod.status?.conditions ?? [];
    this.#serving = parts.runtime === undefined;
    this.#containers = pod.spec.containers.map(
      (container) =>
        new Container(
          container,
          {
            script: scriptOf(pod, container),
            readiness: readinessOf(container, parts.timing.readyDelayMs),
            restartPolicy: pod.spec.restartPolicy,
            crashBackoffMs: parts.timing.crashBackoffMs,
          },
          () => this.#containerChanged(),
        ),
    );
  }

  get podIP(): string {
    return this.#parts.podIP;
  }

  /** Namespace and name, as `NAMESPACE/NAME`. */
  get key(): string {
    return `${this.#pod.metadata.namespace}/${this.#pod.metadata.name}`;
  }

  /** Call once. The pod's life goes on by itself until {@link dispose}. */
  async run(): Promise<void> {
    if (this.#pod.metadata.deletionTimestamp !== undefined) {
      // It was stopping under an earlier kubelet, and nothing of it runs here.
      await this.#delete();
      return;
    }
    // The runtime starts while the binding is under way, so that a quick one costs no second status.
    void this.#startRuntime();
    if (this.#pod.spec.nodeName === undefined) await this.#bind();
    if (this.#disposal.signal.aborted) return;
    this.#bound = true;
    for (const container of this.#containers) container.start();
    this.#terminateIfAsked();
  }

  /** The pod has a new version. */
  update(pod: Pod): void {
    const crash = pod.metadata.annotations?.[CRASH];
    const crashes = crash !== undefined && crash !== this.#pod.metadata.annotations?.[CRASH];
    this.#pod = pod;
    if (!this.#bound) return;
    if (crashes) for (const container of this.#containers) container.crash();
    this.#terminateIfAsked();
    this.#publish();
  }

  /** Overrules the probes while `ready` is not undefined. The pod's annotation has the last word. */
  setReady(ready: boolean | undefined): void {
    this.#readyOverride = ready;
    this.#publish();
  }

  /** The pod is gone or the kubelet stops: nothing more is written, and the runtime has let go when this resolves. */
  async dispose(): Promise<void> {
    this.#disposal.abort();
    clearTimeout(this.#stopTimer);
    for (const container of this.#containers) container.dispose();
    await this.#stopRuntime(0);
  }

  /** The runtime serves what runs: it stops when a container ends, and starts when all run again. */
  #containerChanged(): void {
    if (this.#parts.runtime !== undefined && this.#bound && !this.#finishing) {
      const running = this.#containers.every((container) => container.reading().state.kind === 'running');
      if (!running && this.#runtimeStarted) void this.#stopRuntime(0);
      else if (running && !this.#runtimeStarted) void this.#startRuntime();
    }
    this.#publish();
  }

  async #bind(): Promise<void> {
    const { name, namespace, uid } = this.#pod.metadata;
    await this.#write(async (client) => {
      try {
        await client.create(`${podPath(this.#pod)}/binding`, {
          apiVersion: 'v1',
          kind: 'Binding',
          metadata: { name, namespace, uid },
          target: { apiVersion: 'v1', kind: 'Node', name: this.#parts.node.name },
        });
      } catch (error) {
        // A conflict says that it is bound already: the answer to an earlier attempt was lost.
        if (!(error instanceof ApiError && error.status === 409)) throw error;
      }
    });
  }

  #publish(): void {
    // Clients that wait for its exit code read the status before the last deletion; afterwards it is gone.
    if (!this.#bound || this.#finishing) return;
    this.#publishAgain = true;
    if (!this.#publishing) void this.#publishUntilTold();
  }

  async #publishUntilTold(): Promise<void> {
    this.#publishing = true;
    // What else happens in this turn of the event loop belongs to the same status.
    await Promise.resolve();
    while (this.#publishAgain && !this.#disposal.signal.aborted) {
      this.#publishAgain = false;
      await this.#writeStatus();
    }
    this.#publishing = false;
  }

  async #writeStatus(): Promise<void> {
    const status = podStatus({
      pod: this.#pod,
      containers: this.#containers.map((container) => container.reading()),
      podIP: this.#parts.podIP,
      hostIP: this.#parts.node.address,
      startTime: this.#startTime,
      readyOverride: this.#wantedReadiness(),
      serving: this.#serving,
      lastConditions: this.#lastConditions,
    });
    this.#lastConditions = status.conditions;
    const text = JSON.stringify(status);
    if (text === this.#lastWritten) return;
    this.#lastWritten = text;
    // The UID in the patch makes the server refuse it when another pod has taken the name.
    const patch = { metadata: { uid: this.#pod.metadata.uid }, status };
    await this.#write((client) => client.patch(`${podPath(this.#pod)}/status`, 'strategic-merge', patch));
  }

  #wantedReadiness(): boolean | undefined {
    const annotation = this.#pod.metadata.annotations?.[READY];
    return annotation === undefined ? this.#readyOverride : annotation === 'true';
  }

  #terminateIfAsked(): void {
    if (this.#pod.metadata.deletionTimestamp === undefined || this.#finishing) return;
    const now = performance.now();
    const graceEndsAt = now + (this.#pod.metadata.deletionGracePeriodSeconds ?? 0) * 1_000;
    if (this.#graceEndsAt === undefined) {
      this.#graceEndsAt = graceEndsAt;
      this.#stopsAt = now + this.#stopDurationMs();
    } else if (graceEndsAt >= this.#graceEndsAt) return;
    // A second deletion may shorten the grace period, never lengthen it.
    else this.#graceEndsAt = graceEndsAt;
    clearTimeout(this.#stopTimer);
    const waitMs = Math.min(this.#stopsAt, this.#graceEndsAt) - now;
    if (waitMs <= 0) void this.#finish();
    else {
      this.#stopTimer = setTimeout(() => void this.#finish(), waitMs);
      this.#publish();
    }
  }

  #stopDurationMs(): number {
    const isRunning = (index: number): boolean => this.#containers[index]?.reading().state.kind === 'running';
    const running = this.#pod.spec.containers.filter((_, index) => isRunning(index));
    if (running.length === 0) return 0;
    const stopSeconds = numberFrom(this.#pod, STOP_SECONDS);
    const stopMs = stopSeconds === undefined ? this.#parts.timing.stopMs : stopSeconds * 1_000;
    return Math.max(...running.map(preStopMs)) + stopMs;
  }

  async #finish(): Promise<void> {
    // Our own final deletion is told to us as a shortened grace period.
    this.#finishing = true;
    const graceLeftMs = Math.max(0, (this.#graceEndsAt ?? 0) - performance.now());
    // A runtime that breaks its promise must not keep the pod for ever.
    await Promise.race([this.#stopRuntime(graceLeftMs), delay(graceLeftMs, undefined, { ref: false })]);
    if (this.#disposal.signal.aborted) return;
    if ((this.#pod.metadata.finalizers ?? []).length > 0) {
      // The Job controller, for example, wants to read how it ended before it is deleted.
      for (const container of this.#containers) container.stop();
      await this.#writeStatus();
    }
    await this.#delete();
  }

  async #delete(): Promise<void> {
    const preconditions = { uid: this.#pod.metadata.uid };
    await this.#write((client) => client.delete(podPath(this.#pod), { gracePeriodSeconds: 0, preconditions }));
  }

  async #startRuntime(): Promise<void> {
    const startable = this.#pod.spec.containers.every((container) => {
      const { kind } = scriptOf(this.#pod, container);
      return kind === 'runs' || kind === 'exits';
    });
    if (this.#parts.runtime === undefined || !startable) return;
    this.#runtimeStarted = true;
    const life = ++this.#runtimeLife;
    const setServing = (serving: boolean): void => {
      if (life !== this.#runtimeLife) return;
      this.#serving = serving;
      this.#publish();
    };
    try {
      await this.#parts.runtime.start(this.#pod, this.#parts.podIP, setServing);
      setServing(true);
    } catch (error) {
      this.#parts.log(`${podPath(this.#pod)} does not serve: ${String(error)}`);
    }
  }

  async #stopRuntime(graceMs: number): Promise<void> {
    if (!this.#runtimeStarted) return;
    this.#runtimeStarted = false;
    this.#runtimeLife += 1;
    // Without grace it is gone at once; else it may serve to the end, and so may its readiness last.
    if (graceMs === 0) this.#serving = false;
    try {
      await this.#parts.runtime?.stop(this.#pod, graceMs);
    } catch (error) {
      this.#parts.log(`${podPath(this.#pod)} does not stop: ${String(error)}`);
    }
  }

  /**
   * Made, or pointless, when this resolves. A conflict is tried again like an outage: when it says that another
   * pod has taken the name, the news that this one is gone ends the attempts.
   */
  async #write(attempt: (client: ApiClient) => Promise<unknown>): Promise<void> {
    while (!this.#disposal.signal.aborted) {
      try {
        await attempt(this.#parts.client);
        return;
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return;
        if (error instanceof ApiError && error.status < 500 && ![409, 429].includes(error.status)) {
          this.#parts.log(String(error));
          return;
        }
        await delay(RETRY_MS);
      }
    }
  }
}

function preStopMs({ lifecycle }: ContainerSpec): number {
  const { sleep, exec } = lifecycle?.preStop ?? {};
  if (sleep !== undefined) return sleep.seconds * 1_000;
  const outcome = outcomeOf(exec?.command ?? []);
  if (outcome.kind === 'runs') return Infinity;
  return outcome.kind === 'exits' ? outcome.afterSeconds * 1_000 : 0;
}
